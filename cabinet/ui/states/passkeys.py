"""Passkeys as pages see them: the list, one of them, and signing in by one."""

from typing import Any, Final

import reflex as rx
from reflex_base.event import EventSpec

from cabinet.domain.forms import id_of
from cabinet.domain.own_paths import own_path
from cabinet.domain.passkeys import AGAIN, answer_of
from cabinet.domain.permissions import Permission
from cabinet.services import passkeys
from cabinet.services.passkeys import PasskeyRow, RenamePasskey, SignInByPasskey
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, handler, run

_MODULE: Final = "import('/passkeys.js').then(m => m.{call}).catch(() => ({{answer: ''}}))"
_ABLE: Final = "import('/passkeys.js').then(m => m.able()).catch(() => false)"


def script(call: str, **more: Any) -> EventSpec:
    """Call a function of passkeys.js, which is loaded at its first use; no data ever goes this way."""
    return rx.call_script(_MODULE.format(call=call), **more)


class PasskeysState(rx.State):
    """The list of the settings; `options` is what the browser is asked for while it makes a passkey."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    options: str = ""
    times: int = 0
    added: int = 0
    removed: bool = False
    rows: list[PasskeyRow] = []

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.options, self.added = {}, "", 0
        self.removed = asked(self, "removed") == "1"
        self.rows = await run(self, passkeys.list_passkeys)
        self.loaded = True

    @handler(Permission.PROFILE, busy=True)
    async def add(self) -> Any:
        self.problems, self.added, self.removed, self.times = {}, 0, False, self.times + 1
        self.options = await run(self, passkeys.begin_add)
        return script("make()", callback=PasskeysState.finish)

    @handler(Permission.PROFILE)
    async def finish(self, sent: Any) -> None:
        answer = answer_of(sent)
        if not answer:
            return
        await run(self, passkeys.finish_add, answer)
        self.problems, self.added = {}, self.added + 1
        self.rows = await run(self, passkeys.list_passkeys)


class PasskeyState(rx.State):
    """The passkey that the page's query names."""

    problems: dict[str, str] = {}
    busy: bool = False
    saved: int = 0
    row: PasskeyRow = PasskeyRow()

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.saved, self.row = {}, 0, PasskeyRow()
        self.row = await run(self, passkeys.get_passkey, id_of(asked(self, "id")))

    @handler(Permission.PROFILE, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        command = RenamePasskey.parse(form)
        self.row = await run(self, passkeys.rename_passkey, id_of(self.row.id), command)
        self.problems, self.saved = {}, self.saved + 1

    @handler(Permission.PROFILE)
    async def remove(self) -> Any:
        await run(self, passkeys.remove_passkey, id_of(self.row.id))
        self.row = PasskeyRow()
        return rx.redirect(routes.with_query(routes.SETTINGS_PASSKEYS, removed="1"), replace=True)


class PasskeySignInState(rx.State):
    """«Войти с ключом доступа»; `ticket` lives for the moment between a right answer and the cookie."""

    problems: dict[str, str] = {}
    busy: bool = False
    times: int = 0
    options: str = ""
    ticket: str = ""
    after: str = ""

    @handler(PUBLIC)
    async def load(self) -> Any:
        self.problems, self.options, self.ticket = {}, "", ""
        self.after = asked(self, "next")
        return rx.call_script(_ABLE, callback=PasskeySignInState.arrive)

    @handler(PUBLIC)
    async def arrive(self, able: Any) -> Any:
        """Whether the browser can offer passkeys among the suggestions for the login."""
        return await self._offer() if able is True else None

    @handler(PUBLIC, busy=True)
    async def begin(self) -> Any:
        """The button was pressed."""
        self.problems, self.times = {}, self.times + 1
        self.options = await run(self, passkeys.begin_sign_in)
        return script("prove()", callback=PasskeySignInState.finish)

    @handler(PUBLIC)
    async def finish(self, sent: Any) -> Any:
        command = SignInByPasskey.parse(sent)
        if command.answer == AGAIN:
            return await self._offer()
        if command.answer:
            self.ticket = await run(self, passkeys.sign_in_by_passkey, command)
            self.problems = {}
        return None

    async def _offer(self) -> Any:
        self.options = await run(self, passkeys.begin_sign_in)
        return script("offer()", callback=PasskeySignInState.finish)


class PasskeyConfirmState(rx.State):
    """A passkey instead of the password at «Подтвердите, что это вы»; `offered` to who has one."""

    problems: dict[str, str] = {}
    busy: bool = False
    times: int = 0
    options: str = ""
    offered: bool = False

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.options = {}, ""
        self.offered = bool(await run(self, passkeys.list_passkeys))

    @handler(Permission.PROFILE, busy=True)
    async def begin(self) -> Any:
        self.problems, self.times = {}, self.times + 1
        self.options = await run(self, passkeys.begin_confirm)
        return script("prove()", callback=PasskeyConfirmState.finish)

    @handler(Permission.PROFILE)
    async def finish(self, sent: Any) -> Any:
        answer = answer_of(sent)
        if not answer:
            return None
        await run(self, passkeys.finish_confirm, answer)
        self.problems = {}
        return rx.redirect(own_path(asked(self, "next"), routes.SETTINGS), replace=True)


class PasskeyStepState(rx.State):
    """A passkey as the second step of signing in."""

    problems: dict[str, str] = {}
    busy: bool = False
    times: int = 0
    options: str = ""
    ticket: str = ""
    after: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.options, self.ticket = {}, "", ""
        self.after = asked(self, "next")

    @handler(PUBLIC, busy=True)
    async def begin(self) -> Any:
        self.problems, self.times = {}, self.times + 1
        self.options = await run(self, passkeys.begin_second_step)
        return script("prove()", callback=PasskeyStepState.finish)

    @handler(PUBLIC)
    async def finish(self, sent: Any) -> None:
        answer = answer_of(sent)
        if answer:
            self.ticket = await run(self, passkeys.finish_second_step, answer)
            self.problems = {}
