"""What of the desk's menu whoever asks may open. The menu only leaves out: every page and service asks for itself."""

from typing import Final

import reflex as rx

from cabinet.domain.permissions import PUBLIC, Permission
from cabinet.ui import routes
from cabinet.ui.session import asking, handler

PERMISSION_OF: Final = {
    routes.DESK: Permission.PIN_ISSUE,
    routes.DESK_REQUESTS: Permission.REQUEST_REVIEW,
    routes.DESK_REGISTERS: Permission.REGISTER_IMPORT,
    routes.DESK_POLICY: Permission.POLICY_EDIT,
    routes.DESK_MESSAGES: Permission.MESSAGE_MANAGE,
    routes.DESK_AUDIT: Permission.AUDIT_VIEW,
    routes.DESK_TRAINING: Permission.TRAINING_VIEW,
}


class MenuState(rx.State):
    """The desk's menu: `places` are the addresses that open."""

    problems: dict[str, str] = {}
    places: list[str] = []

    @handler(PUBLIC)
    async def fill(self) -> None:
        granted = (await asking(self)).actor.granted
        self.places = [place for place, permission in PERMISSION_OF.items() if permission in granted]
