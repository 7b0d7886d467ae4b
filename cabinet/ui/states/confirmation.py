"""Confirming a phone or an e-mail by a code or a link."""

from typing import Any

import reflex as rx

from cabinet.domain.codes import CodePurpose
from cabinet.domain.errors import NotFound
from cabinet.domain.forms import text_of
from cabinet.services import confirmations
from cabinet.services.confirmations import ConfirmationRow
from cabinet.texts import entrance as texts
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, carried, handler, run


class ConfirmationState(rx.State):
    """The page of confirmation; `ticket` lives for the moment between a right code and the cookie.

    Attributes:
        entering: the code is for a cabinet that is there already, in a browser that is new to it.
        by_link: the page was opened by the link of a letter.
        done_elsewhere: that link has confirmed what was begun in another browser.
    """

    problems: dict[str, str] = {}
    busy: bool = False
    sent_words: str = ""
    entering: bool = False
    resend_in: int = 0
    resent: bool = False
    by_link: bool = False
    done_elsewhere: bool = False
    ticket: str = ""
    after: str = ""
    loaded: bool = False
    _done: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.ticket, self.resent = {}, "", False
        self.after, token = asked(self, "next"), carried(self)
        self.by_link, self.done_elsewhere = token != "", token != "" and token == self._done
        try:
            self._show(await run(self, confirmations.get_confirmation))
        except NotFound:
            self.sent_words = ""
        self.loaded = True

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        self.resent = False
        if self.by_link:
            token = carried(self)
            entered = await run(self, confirmations.confirm_link, token)
            self.done_elsewhere = not entered.ticket and not entered.second_step
            self._done = token if self.done_elsewhere else ""
        else:
            entered = await run(self, confirmations.confirm_code, text_of(form, "code", 40))
        self.problems = {}
        self.ticket = entered.ticket
        return rx.redirect(routes.login_second(self.after)) if entered.second_step else None

    @handler(PUBLIC)
    async def resend(self) -> None:
        self._show(await run(self, confirmations.resend_code))
        self.problems, self.resent = {}, True

    def _show(self, row: ConfirmationRow) -> None:
        self.entering = row.purpose == CodePurpose.DEVICE
        self.sent_words = texts.sent(row.channel, row.sent_to)
        self.resend_in = row.resend_in
