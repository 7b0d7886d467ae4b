"""Requests for a PIN with a document: sent by anybody, followed by a link or from the cabinet."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Self

from cabinet.domain import limits
from cabinet.domain.codes import digest
from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.human_check import HumanCheckNeeded, Purpose
from cabinet.domain.identity import NOBODY, Login, LoginKind, account_number, spaced_number
from cabinet.domain.period import local_day
from cabinet.domain.permissions import PUBLIC, AccessLevel, Actor, Permission
from cabinet.domain.pin_requests import (
    DocumentKind,
    DocumentMissing,
    DocumentReason,
    RequestStatus,
    check_card_date,
    moved,
    parse_address,
    parse_card_date,
    parse_email,
    parse_phone,
)
from cabinet.persistence.pin_requests import PinRequest
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import documents, human_check
from cabinet.services.deps import Deps
from cabinet.services.documents import LINK, DocumentRow, row_of
from cabinet.services.notifications import queue_message
from cabinet.texts import consent, dates
from cabinet.texts import pin_requests as texts

PURPOSE: Final = Purpose.PIN_REQUEST
CLAIMS_KEPT: Final = timedelta(days=90)
_MOST: Final = 10
_ANY_NUMBER: Final = r"[0-9A-Za-zА-Яа-я/]{4,32}"


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a person claims; compared with the register by the desk only."""

    supplier_id: str
    number: str
    address: str
    phone: Login
    email: Login
    kind: DocumentKind
    card_issued_on: date | None
    human_pass: str

    @classmethod
    def parse(cls, form: dict[str, Any], human_pass: str, *, visitor: bool) -> Self:
        """Of the page's form; a visitor needs a pass of the human check.

        Raises:
            Several: whatever does not hold.
        """
        parser = Parser()
        phone = parser.take(lambda: parse_phone(text_of(form, "phone")), NOBODY)
        email = parser.take(lambda: parse_email(text_of(form, "email")), NOBODY)
        number = parser.take(lambda: account_number(text_of(form, "number"), _ANY_NUMBER), "")
        address = parser.take(lambda: parse_address(text_of(form, "address")), "")
        kind = next((x for x in DocumentKind if x == text_of(form, "kind")), None)
        parser.need(present=kind is not None, problem=FieldMissing(field="kind"))
        is_card = kind is DocumentKind.HOUSEHOLD_CARD
        issued = (
            parser.take(lambda: parse_card_date(text_of(form, "card_date")), date.min) if is_card else None
        )
        parser.need(present=bool(human_pass) or not visitor, problem=HumanCheckNeeded())
        parser.finish()
        supplier = text_of(form, "supplier")
        return cls(supplier, number, address, phone, email, kind or DocumentKind.PASSPORT, issued, human_pass)


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A request as its sender sees it; nothing of the register.

    Attributes:
        pill: ok, warn, error or info.
        replaceable: another document is asked for.
        withdrawable: it may still be taken back.
    """

    id: str = ""
    title: str = ""
    account: str = ""
    status: str = ""
    pill: str = "info"
    note: str = ""
    sent_on: str = ""
    replaceable: bool = False
    withdrawable: bool = False
    documents: list[DocumentRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was just sent: its status, and the link that the letter has too."""

    status: StatusRow
    token: str


@dataclass(frozen=True, slots=True)
class SupplierChoice:
    """A supplier to ask for a PIN; `desk` is where its settlement centre is, "" when it has not said."""

    id: str
    name: str
    desk: str


@dataclass(frozen=True, slots=True)
class KnownOfSender:
    """What the form of somebody signed in begins with; "" for what is not known."""

    phone: str = ""
    email: str = ""
    number: str = ""


def know_sender(deps: Deps, actor: Actor) -> KnownOfSender:
    """The login, and the number of the one account that is connected for paying only."""
    actor.require(Permission.ACCOUNT_VIEW)
    with deps.snapshot() as tx:
        login = tx.users.get_for(actor).as_login
        linked = tx.customer_accounts.list_for(actor)
    basic = [x.account.number for x in linked if x.level is AccessLevel.BASIC]
    return KnownOfSender(
        phone=login.shown if login.kind is LoginKind.PHONE else "",
        email=login.shown if login.kind is LoginKind.EMAIL else "",
        number=basic[0] if len(basic) == 1 else "",
    )


def list_choices(deps: Deps, actor: Actor) -> list[SupplierChoice]:
    """The suppliers of this portal, by name."""
    actor.require(PUBLIC)
    with deps.snapshot() as tx:
        return [SupplierChoice(str(x.id), x.name, x.desk_address) for x in tx.suppliers.list_all()]


def send_request(deps: Deps, actor: Actor, command: SendRequest) -> Sent:
    """Send the form with its documents; a letter with the link goes to the e-mail address.

    The answer, its time and its letter are the same whether there is such an account or not.

    Raises:
        FieldMissing: no supplier was chosen.
        AccountNumberMalformed: not of the supplier's pattern.
        CardTooOld: the household card has run out by the supplier's calendar.
        DocumentMissing: no file was added.
        HumanCheckNeeded: a visitor's check was not passed.
        TooMany: too many requests from this browser or address, for this account or to this address.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        supplier = _supplier(tx, command.supplier_id)
        number = account_number(command.number, supplier.account_pattern)
        now = deps.clock.now()
        if command.card_issued_on:
            check_card_date(command.card_issued_on, local_day(now, supplier.timezone))
        draft = (
            tx.pin_requests.find_draft(actor, lock=True) if actor.user_id or actor.visitor.device else None
        )
        if draft is None or not tx.documents.list_of(draft.id):
            raise DocumentMissing
        _count(deps, tx, actor, command, f"{supplier.id}:{number}")
        if actor.user_id is None:
            human_check.spend_pass(deps, tx, actor.visitor, PURPOSE, command.human_pass)
        draft.supplier_id, draft.number, draft.address = supplier.id, number, actor.visitor.address
        _fill(deps, draft, command)
        tell(deps, tx, draft, "pin_request_received")
        tx.audit.record(actor, now, "pin_request.sent", draft.id, kind=command.kind.value)
        return Sent(_row(tx, draft), token_of(deps, draft))


def _fill(deps: Deps, draft: PinRequest, command: SendRequest) -> None:
    draft.status = moved(RequestStatus(draft.status), RequestStatus.RECEIVED)
    draft.token_digest = digest(deps.secret_key, LINK, token_of(deps, draft))
    draft.claimed_address, draft.phone, draft.email = (
        command.address,
        command.phone.value,
        command.email.value,
    )
    draft.document_kind, draft.card_issued_on = command.kind, command.card_issued_on
    draft.consent_version = consent.VERSION
    draft.sent_at = draft.waiting_since = deps.clock.now()


def _supplier(tx: UnitOfWork, supplier_id: str) -> Supplier:
    """The chosen one, or the only one that there is."""
    known = tx.suppliers.list_all()
    chosen = next((x for x in known if str(x.id) == supplier_id), None)
    if chosen is None and len(known) == 1 and not supplier_id:
        chosen = known[0]
    if chosen is None:
        raise FieldMissing(field="supplier")
    return chosen


def _count(deps: Deps, tx: UnitOfWork, actor: Actor, command: SendRequest, account: str) -> None:
    now = deps.clock.now()
    tx.attempts.reserve(limits.PIN_REQUEST_ADDRESS, actor.visitor.network, now)
    tx.attempts.reserve(limits.PIN_REQUEST_DEVICE, actor.user_id or actor.visitor.device, now)
    tx.attempts.reserve(limits.PIN_REQUEST_ACCOUNT, account, now)
    tx.attempts.reserve(limits.PIN_REQUEST_EMAIL, command.email.value, now)


def token_of(deps: Deps, request: PinRequest) -> str:
    """The token of a request's link: the same in every letter, and not to be had from the database alone."""
    return digest(deps.secret_key, "pin_request.token", request.name)


def tell(deps: Deps, tx: UnitOfWork, request: PinRequest, template: str, **facts: str) -> None:
    """Queue a letter about a request, with its link, to the address that it gave."""
    queue_message(
        deps,
        tx,
        Login(LoginKind.EMAIL, request.email),
        template,
        supplier_id=request.supplier_id,
        user_id=request.user_id,
        request=texts.number(request.id or 0),
        account=spaced_number(request.number),
        link=f"{deps.address}/pin/status#token={token_of(deps, request)}",
        **facts,
    )


def view_status(deps: Deps, actor: Actor, token: str) -> StatusRow:
    """The request of a link.

    Raises:
        NotFound: there is none.
        TooMany: too many looks from this address.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        tx.attempts.reserve(limits.LOOKUP_ADDRESS, actor.visitor.network, deps.clock.now())
        return _row(tx, tx.pin_requests.get_by_token(digest(deps.secret_key, LINK, token)))


def list_own(deps: Deps, actor: Actor) -> list[StatusRow]:
    """A signed-in user's requests, newest first."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        return [_row(tx, x) for x in tx.pin_requests.list_own(actor, _MOST)]


def open_own(deps: Deps, actor: Actor, request_id: int) -> str:
    """The token of the link to a signed-in user's own request.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        return token_of(deps, tx.pin_requests.get_own(actor, request_id))


def send_again(deps: Deps, actor: Actor, token: str) -> StatusRow:
    """Send the request of a link once more, with the other document that was asked for.

    Raises:
        NotFound: there is none.
        RequestMoved: nothing was asked for.
        DocumentMissing: no file was added.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        request = tx.pin_requests.get_by_token(digest(deps.secret_key, LINK, token), lock=True)
        request.status = moved(RequestStatus(request.status), RequestStatus.RECEIVED)
        if not tx.documents.list_of(request.id):
            raise DocumentMissing
        request.card_issued_on = None  # that was another paper's day; the desk reads this one's
        if request.reason == DocumentReason.OTHER_KIND:
            request.document_kind = ""
        request.waiting_since, request.reason, request.approved_by = deps.clock.now(), "", None
        tx.audit.record(actor, deps.clock.now(), "pin_request.sent_again", request.id)
        return _row(tx, request)


def withdraw(deps: Deps, actor: Actor, token: str) -> StatusRow:
    """Take the request of a link back: its documents are deleted at once.

    Raises:
        NotFound: there is none.
        RequestMoved: it is over already.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        request = tx.pin_requests.get_by_token(digest(deps.secret_key, LINK, token), lock=True)
        request.status = moved(RequestStatus(request.status), RequestStatus.WITHDRAWN)
        request.decided_at = deps.clock.now()
        names = documents.forget_documents(deps, tx, actor, request)
        tell(deps, tx, request, "pin_request_withdrawn")
        tx.audit.record(actor, deps.clock.now(), "pin_request.withdrawn", request.id)
        row = _row(tx, request)
    documents.shred(deps, names)
    return row


def forget_claims(deps: Deps) -> int:
    """Blank the addresses, telephones and e-mails of requests that were decided ninety days ago; how many."""
    with deps.transaction() as tx:
        return tx.pin_requests.forget_claims(deps.clock.now() - CLAIMS_KEPT)


def _row(tx: UnitOfWork, request: PinRequest) -> StatusRow:
    if request.supplier_id is None or request.sent_at is None:
        raise NotFound
    status = RequestStatus(request.status)
    email = Login(LoginKind.EMAIL, request.email).masked if request.email else texts.FORGOTTEN
    pill, word, note = texts.status(status, request.reason, email)
    zone = tx.suppliers.get(request.supplier_id).timezone
    return StatusRow(
        id=str(request.id),
        title=texts.number(request.id or 0),
        account=spaced_number(request.number),
        status=word,
        pill=pill,
        note=note,
        sent_on=dates.day_year(local_day(request.sent_at, zone)),
        replaceable=status is RequestStatus.DOCUMENT_NEEDED,
        withdrawable=status
        in {RequestStatus.RECEIVED, RequestStatus.IN_REVIEW, RequestStatus.DOCUMENT_NEEDED},
        documents=[row_of(x) for x in tx.documents.list_of(request.id)]
        if status is RequestStatus.DOCUMENT_NEEDED
        else [],
    )
