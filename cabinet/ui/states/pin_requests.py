"""Requests for a PIN: the form with its documents, and the page of a request that was sent."""

from dataclasses import replace
from typing import Any, Final

import reflex as rx

from cabinet.domain import documents as rules
from cabinet.domain.account_search import is_named
from cabinet.domain.errors import CabinetError, NotFound
from cabinet.domain.forms import id_of, text_of
from cabinet.domain.permissions import Permission
from cabinet.services import documents, pin_requests
from cabinet.services.documents import DocumentRow
from cabinet.services.pin_requests import KnownOfSender, SendRequest, StatusRow, SupplierChoice
from cabinet.texts import errors
from cabinet.texts import pin_requests as texts
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, asking, carried, handler, run
from cabinet.ui.states.human_check import with_pass

_FORGET: Final = "import('/upload.js').then(m => m.forget('pin-request')).catch(() => '')"
_REFUSALS: Final[dict[str, type[CabinetError]]] = {
    kind.code: kind for kind in rules.DocumentRefused.__subclasses__()
}


class PinRequestState(rx.State):
    """The form. `said` is for the live region of the files."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    visitor: bool = True
    suppliers: list[SupplierChoice] = []
    found: list[SupplierChoice] = []
    documents: list[DocumentRow] = []
    own: list[StatusRow] = []
    known: KnownOfSender = KnownOfSender()
    said: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.said = {}, ""
        actor = (await asking(self)).actor
        self.visitor = actor.user_id is None
        self.suppliers = self.found = await run(self, pin_requests.list_choices)
        self.documents = await run(self, documents.list_attached)
        user, subscriber = (x in actor.granted for x in (Permission.PROFILE, Permission.ACCOUNT_VIEW))
        self.own = await run(self, pin_requests.list_own) if user else []
        known = await run(self, pin_requests.know_sender) if subscriber else KnownOfSender()
        self.known = replace(known, number=asked(self, "number") or known.number)
        self.loaded = True

    @handler(PUBLIC)
    async def find_supplier(self, typed: Any) -> None:
        name = text_of({"typed": typed}, "typed")
        self.found = [x for x in self.suppliers if is_named(name, x.name)]

    @handler(PUBLIC)
    async def uploaded(self, code: Any) -> None:
        """upload.js has sent a file, or not: the code of what was wrong, "" otherwise."""
        before = len(self.documents)
        self.documents = await run(self, documents.list_attached)
        self.problems, self.said = after_upload(self.problems, code, self.documents[before:])

    @handler(PUBLIC)
    async def remove(self, document_id: Any) -> None:
        self.documents = await run(self, documents.detach_document, str(document_id))
        self.problems, self.said = {}, texts.REMOVED

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        async def act(human_pass: str) -> str:
            visitor = (await asking(self)).actor.user_id is None
            command = SendRequest.parse(form, human_pass, visitor=visitor)
            return (await run(self, pin_requests.send_request, command)).token

        token = await with_pass(self, act)
        self.problems, self.documents = {}, []
        return [rx.call_script(_FORGET), rx.redirect(routes.pin_status(token))]

    @handler(Permission.PROFILE)
    async def open_own(self, request_id: Any) -> Any:
        token = await run(self, pin_requests.open_own, id_of(str(request_id)))
        return rx.redirect(routes.pin_status(token))


class PinStatusState(rx.State):
    """A request that was sent, by its link."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    row: StatusRow = StatusRow()
    token: str = ""
    documents: list[DocumentRow] = []
    said: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.said, self.token = {}, "", carried(self)
        self.row, self.loaded = StatusRow(), True
        try:
            self.row = await run(self, pin_requests.view_status, self.token)
        except NotFound:
            self.token = ""
        self.documents = self.row.documents

    @handler(PUBLIC)
    async def uploaded(self, code: Any) -> None:
        """As on the form."""
        before = len(self.documents)
        self.documents = await run(self, documents.list_attached, self.token)
        self.problems, self.said = after_upload(self.problems, code, self.documents[before:])

    @handler(PUBLIC)
    async def remove(self, document_id: Any) -> None:
        self.documents = await run(self, documents.detach_document, str(document_id), self.token)
        self.problems, self.said = {}, texts.REMOVED

    @handler(PUBLIC, busy=True)
    async def send(self) -> None:
        self.row = await run(self, pin_requests.send_again, self.token)
        self.problems, self.documents = {}, []

    @handler(PUBLIC, busy=True)
    async def withdraw(self) -> None:
        self.row = await run(self, pin_requests.withdraw, self.token)
        self.problems, self.documents = {}, []


def after_upload(
    problems: dict[str, str], code: object, added: list[DocumentRow]
) -> tuple[dict[str, str], str]:
    """The problems of the form with the file's own, and words for the live region."""
    others = {field: words for field, words in problems.items() if field not in {"", "document"}}
    if code == "":
        return others, texts.ADDED.format(pages=added[-1].title) if added else ""
    return {**others, "document": upload_problem(code)}, ""


def upload_problem(code: object) -> str:
    """Words for a code that the upload's address gives; whatever else was sent means that nothing arrived."""
    if not isinstance(code, str):
        return texts.LOST
    if code in _REFUSALS:
        return errors.of(code, "document", {})
    if code == "too_many":
        return texts.TOO_OFTEN
    known = code in {"busy", "human_check.browser_unknown", "pin_request.moved"}
    return errors.of(code, "", {}) if known else texts.LOST
