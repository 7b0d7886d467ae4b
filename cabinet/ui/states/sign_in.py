"""Signing in."""

from typing import Any

import reflex as rx

from cabinet.services import sign_in
from cabinet.texts import errors
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, handler, run


class SignInState(rx.State):
    """The sign-in page; `ticket` lives for the moment between a right password and the cookie."""

    problems: dict[str, str] = {}
    busy: bool = False
    ticket: str = ""
    after: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.ticket = ""
        self.after = asked(self, "next")
        late = asked(self, "problem") == "ticket"
        self.problems = {"": errors.WORDS["ticket.unknown"]} if late else {}

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        outcome = await run(self, sign_in.sign_in, sign_in.SignIn.parse(form))
        self.problems = {}
        self.ticket = outcome.ticket
        return None if outcome.ticket else rx.redirect(routes.CONFIRM)
