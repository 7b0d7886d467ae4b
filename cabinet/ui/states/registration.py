"""Registration."""

from typing import Any

import reflex as rx

from cabinet.services import registration
from cabinet.ui import routes
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run
from cabinet.ui.states.human_check import HumanCheckState


class RegistrationState(rx.State):
    """The page of registration."""

    problems: dict[str, str] = {}
    busy: bool = False

    @handler(PUBLIC, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        human = await self.get_state(HumanCheckState)
        command = registration.Register.parse(form, human._pass_id)
        await run(self, registration.register, command)
        human._take_pass()
        self.problems = {}
        return rx.redirect(routes.CONFIRM)
