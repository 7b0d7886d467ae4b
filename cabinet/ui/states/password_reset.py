"""A new password by a code."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.domain.passwords import TYPED
from cabinet.services import password_reset
from cabinet.texts import entrance as texts
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run
from cabinet.ui.states.human_check import with_pass


class ResetState(rx.State):
    """The page of a new password: first the login, then the code and the password; `again` once another is wanted."""

    problems: dict[str, str] = {}
    busy: bool = False
    sent_words: str = ""
    ticket: str = ""
    again: bool = False

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.sent_words, self.ticket, self.again = {}, "", "", False

    @handler(PUBLIC, busy=True)
    async def ask(self, form: dict[str, Any]) -> None:
        async def act(human_pass: str) -> str:
            command = password_reset.AskReset.parse(form, human_pass)
            sent_to = await run(self, password_reset.ask_reset, command)
            return texts.sent(command.login.kind, sent_to)

        self.sent_words = await with_pass(self, act)
        self.problems = {}

    @handler(PUBLIC, busy=True)
    async def save(self, form: dict[str, Any]) -> Any:
        code, password = text_of(form, "code", 40), text_of(form, "password", TYPED)
        entered = await run(self, password_reset.set_password, code, password)
        self.problems, self.ticket = {}, entered.ticket
        return rx.redirect(routes.LOGIN_SECOND) if entered.second_step else None

    @handler(PUBLIC)
    async def restart(self) -> None:
        self.problems, self.sent_words, self.again = {}, "", True
