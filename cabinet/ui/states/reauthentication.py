"""«Подтвердите, что это вы»."""

from typing import Any

import reflex as rx

from cabinet.domain.own_paths import own_path
from cabinet.domain.permissions import Permission
from cabinet.services import reauthentication
from cabinet.services.reauthentication import Reauthenticate
from cabinet.ui import routes
from cabinet.ui.session import asked, handler, run


class ReauthenticationState(rx.State):
    """The page that other pages send to and that sends back; it keeps nothing of what was typed."""

    problems: dict[str, str] = {}
    busy: bool = False
    asks_code: bool = False

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems = {}
        self.asks_code = await run(self, reauthentication.asks_code)

    @handler(Permission.PROFILE, busy=True)
    async def confirm(self, form: dict[str, Any]) -> Any:
        await run(self, reauthentication.reauthenticate, Reauthenticate.parse(form))
        self.problems = {}
        return rx.redirect(own_path(asked(self, "next"), routes.SETTINGS), replace=True)
