"""Registration."""

from typing import Any

import reflex as rx

from cabinet.services import registration
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run
from cabinet.ui.states.human_check import with_pass


class RegistrationState(rx.State):
    """The page of registration."""

    problems: dict[str, str] = {}
    busy: bool = False

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems = {}

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        async def act(human_pass: str) -> None:
            await run(self, registration.register, registration.Register.parse(form, human_pass))

        await with_pass(self, act)
        self.problems = {}
        return rx.redirect(routes.CONFIRM)
