"""A new login by a code that is sent to it."""

from typing import Any

import reflex as rx

from cabinet.domain.errors import NotFound
from cabinet.domain.forms import text_of
from cabinet.domain.permissions import Permission
from cabinet.services import login_change, profile, reauthentication
from cabinet.services.confirmations import ConfirmationRow
from cabinet.services.login_change import ChangeLogin
from cabinet.texts import login_change as texts
from cabinet.ui.session import handler, run


class LoginChangeState(rx.State):
    """The page of changing the login: first the new one, then the code that was sent to it."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    now: str = ""
    sent_words: str = ""
    resend_in: int = 0
    resent: bool = False
    changed: bool = False

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.changed, self.resent, self.loaded = {}, False, False, False
        await run(self, reauthentication.ask_recent)
        self.now = (await run(self, profile.get_profile)).login
        try:
            self._show(await run(self, login_change.get_awaited))
        except NotFound:
            self.sent_words = ""
        self.loaded = True

    @handler(Permission.PROFILE, busy=True)
    async def ask(self, form: dict[str, Any]) -> None:
        self.changed = False
        self._show(await run(self, login_change.ask_login, ChangeLogin.parse(form)))
        self.problems, self.resent = {}, False

    @handler(Permission.PROFILE, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        self.resent = False
        self.now = await run(self, login_change.confirm_login, text_of(form, "code", 40))
        self.problems, self.sent_words, self.changed = {}, "", True

    @handler(Permission.PROFILE)
    async def resend(self) -> None:
        self.resent = False
        self._show(await run(self, login_change.resend_code))
        self.problems, self.resent = {}, True

    @handler(Permission.PROFILE)
    async def restart(self) -> None:
        self.problems, self.sent_words, self.resent = {}, "", False

    def _show(self, row: ConfirmationRow) -> None:
        self.sent_words = texts.sent(row.channel, row.sent_to)
        self.resend_in = row.resend_in
