"""Signing in."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.domain.human_check import HumanCheckNeeded
from cabinet.services import sign_in
from cabinet.services.sign_in import SignIn, SignInOutcome, SignInWrong
from cabinet.texts import errors
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, handler, run
from cabinet.ui.states.human_check import with_pass


class SignInState(rx.State):
    """The sign-in page; `ticket` lives for the moment between a right password and the cookie.

    `human` draws the box «Я не робот»: too many tries failed from here, or at the login.
    """

    problems: dict[str, str] = {}
    human: bool = False
    busy: bool = False
    ticket: str = ""
    after: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.ticket = ""
        self.after = asked(self, "next")
        self.human = await run(self, sign_in.asks_human, "")
        late = asked(self, "problem") == "ticket"
        self.problems = {"": errors.WORDS["ticket.unknown"]} if late else {}

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        async def act(human_pass: str) -> SignInOutcome:
            return await run(self, sign_in.sign_in, SignIn.parse(form, human_pass))

        try:
            outcome = await with_pass(self, act, spent_by=SignInWrong)
        except (SignInWrong, HumanCheckNeeded):
            self.human = await run(self, sign_in.asks_human, text_of(form, "login"))
            raise
        self.problems, self.ticket = {}, outcome.ticket
        if outcome.second_step:
            return rx.redirect(routes.login_second(self.after))
        return None if outcome.ticket else rx.redirect(routes.confirm(self.after))
