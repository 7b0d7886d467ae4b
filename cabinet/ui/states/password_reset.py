"""A new password by a code."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.services import password_reset
from cabinet.texts import entrance as texts
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run
from cabinet.ui.states.human_check import HumanCheckState


class ResetState(rx.State):
    """The page of a new password: first the login, then the code and the password."""

    problems: dict[str, str] = {}
    busy: bool = False
    sent_words: str = ""
    ticket: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.sent_words, self.ticket = {}, "", ""

    @handler(PUBLIC, busy=True)
    async def ask(self, form: dict[str, Any]) -> None:
        human = await self.get_state(HumanCheckState)
        command = password_reset.AskReset.parse(form, human._pass_id)
        sent_to = await run(self, password_reset.ask_reset, command)
        human._take_pass()
        self.problems = {}
        self.sent_words = texts.sent(command.login.kind, sent_to)

    @handler(PUBLIC, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        code, password = text_of(form, "code", 40), text_of(form, "password")
        entered = await run(self, password_reset.set_password, code, password)
        self.problems, self.ticket = {}, entered.ticket

    @handler(PUBLIC)
    async def restart(self) -> None:
        self.problems, self.sent_words = {}, ""
