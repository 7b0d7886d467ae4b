"""Confirming a phone or an e-mail by a code or a link."""

from typing import Any

import reflex as rx

from cabinet.domain.errors import NotFound
from cabinet.domain.forms import text_of
from cabinet.services import confirmations
from cabinet.services.confirmations import ConfirmationRow
from cabinet.texts import entrance as texts
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, handler, run


class ConfirmationState(rx.State):
    """The page of confirmation; `ticket` lives for the moment between a right code and the cookie."""

    problems: dict[str, str] = {}
    busy: bool = False
    sent_words: str = ""
    resend_in: int = 0
    resent: bool = False
    by_link: bool = False
    done_elsewhere: bool = False
    ticket: str = ""
    loaded: bool = False

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.ticket, self.resent = {}, "", False
        self.by_link = bool(asked(self, "token"))
        try:
            self._show(await run(self, confirmations.get_confirmation))
        except NotFound:
            self.sent_words = ""
        self.loaded = True

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        self.resent = False
        if self.by_link:
            entered = await run(self, confirmations.confirm_link, asked(self, "token"))
        else:
            entered = await run(self, confirmations.confirm_code, text_of(form, "code", 40))
        self.problems = {}
        self.ticket = entered.ticket
        self.done_elsewhere = not entered.ticket and not entered.second_step
        return rx.redirect(routes.LOGIN_SECOND) if entered.second_step else None

    @handler(PUBLIC)
    async def resend(self) -> None:
        self._show(await run(self, confirmations.resend_code))
        self.problems, self.resent = {}, True

    def _show(self, row: ConfirmationRow) -> None:
        self.sent_words = texts.sent(row.channel, row.sent_to)
        self.resend_in = row.resend_in
