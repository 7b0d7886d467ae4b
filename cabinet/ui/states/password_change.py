"""A new password by the current one."""

from typing import Any

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import password_change
from cabinet.services.password_change import ChangePassword
from cabinet.ui.session import handler, run


class PasswordChangeState(rx.State):
    """The page of changing the password; it keeps neither of the two."""

    problems: dict[str, str] = {}
    busy: bool = False
    changed: bool = False

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.changed = {}, False

    @handler(Permission.PROFILE, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        await run(self, password_change.change_password, ChangePassword.parse(form))
        self.problems, self.changed = {}, True
