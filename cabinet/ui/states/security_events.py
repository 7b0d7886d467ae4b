"""«История входов и изменений»."""

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import security_events
from cabinet.services.security_events import SecurityEventRow
from cabinet.ui.session import handler, run


class SecurityEventsState(rx.State):
    """The page of what was done in the person's name."""

    problems: dict[str, str] = {}
    loaded: bool = False
    rows: list[SecurityEventRow] = []

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems = {}
        self.rows = await run(self, security_events.list_security_events)
        self.loaded = True
