"""The second step of signing in."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.domain.second_factors import SecondStepGone
from cabinet.services import recovery_codes, second_factors, sign_in, totp
from cabinet.services.second_factors import SecondStepRow
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, handler, run


class SecondStepState(rx.State):
    """The page after a right password; `ticket` lives for the moment between a right code and the cookie.

    Attributes:
        row: what may be entered.
        gone: nothing is waited for.
        by_recovery: a recovery code is being entered instead of the app's.
    """

    problems: dict[str, str] = {}
    busy: bool = False
    row: SecondStepRow = SecondStepRow(totp=True)
    gone: bool = False
    by_recovery: bool = False
    ticket: str = ""
    after: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.ticket, self.by_recovery = {}, "", False
        self.after = asked(self, "next")
        try:
            self.row, self.gone = await run(self, second_factors.get_second_step), False
        except SecondStepGone:
            self.gone = True

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> None:
        if self.by_recovery:
            ticket = await run(self, recovery_codes.sign_in_by_recovery_code, text_of(form, "recovery", 80))
        else:
            ticket = await run(self, totp.sign_in_by_totp, text_of(form, "code", 40))
        self.problems, self.ticket = {}, ticket

    @handler(PUBLIC)
    async def switch(self) -> None:
        """The other kind of code."""
        self.problems, self.by_recovery = {}, not self.by_recovery

    @handler(PUBLIC)
    async def send_code(self) -> Any:
        """«Прислать код», for whoever has added a passkey only."""
        await run(self, sign_in.ask_code_instead)
        self.problems = {}
        return rx.redirect(routes.confirm(self.after))
