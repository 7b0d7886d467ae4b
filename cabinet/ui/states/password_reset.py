"""A new password by a code."""

from typing import Any

import reflex as rx

from cabinet.domain.errors import NotFound
from cabinet.domain.forms import text_of
from cabinet.domain.passwords import TYPED
from cabinet.services import password_reset
from cabinet.services.confirmations import ConfirmationRow
from cabinet.texts import entrance as texts
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run
from cabinet.ui.states.human_check import with_pass


class ResetState(rx.State):
    """The page of a new password: first the login, then the code and the password; `again` while another is wanted."""

    problems: dict[str, str] = {}
    busy: bool = False
    sent_words: str = ""
    resend_in: int = 0
    resent: bool = False
    ticket: str = ""
    again: bool = False

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.ticket, self.resent = {}, "", False
        try:
            self._show(await run(self, password_reset.get_awaited))
        except NotFound:
            self.sent_words = ""

    @handler(PUBLIC, busy=True)
    async def ask(self, form: dict[str, Any]) -> None:
        async def act(human_pass: str) -> ConfirmationRow:
            command = password_reset.AskReset.parse(form, human_pass)
            return await run(self, password_reset.ask_reset, command)

        row = await with_pass(self, act)
        self.problems, self.resent, self.again = {}, False, False
        self._show(row)

    @handler(PUBLIC, busy=True)
    async def save(self, form: dict[str, Any]) -> Any:
        self.resent = False
        code, password = text_of(form, "code", 40), text_of(form, "password", TYPED)
        entered = await run(self, password_reset.set_password, code, password)
        self.problems, self.ticket = {}, entered.ticket
        return rx.redirect(routes.LOGIN_SECOND) if entered.second_step else None

    @handler(PUBLIC)
    async def resend(self) -> None:
        self.resent = False
        self._show(await run(self, password_reset.resend_code))
        self.problems, self.resent = {}, True

    @handler(PUBLIC)
    async def restart(self) -> None:
        """«Изменить адрес или номер»."""
        self.problems, self.again = {}, True

    def _show(self, row: ConfirmationRow) -> None:
        self.sent_words = texts.sent(row.channel, row.sent_to)
        self.resend_in = row.resend_in
