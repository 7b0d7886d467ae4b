"""What to be told of."""

from typing import Any

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import notices
from cabinet.services.notices import ChooseNotices, NoticesRow
from cabinet.ui.session import handler, run


class NoticesState(rx.State):
    """The page of notifications."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    saved: int = 0
    row: NoticesRow = NoticesRow()

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.saved = {}, 0
        self.row = await run(self, notices.get_notices)
        self.loaded = True

    @handler(Permission.PROFILE, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        self.row = await run(self, notices.choose_notices, ChooseNotices.parse(form))
        self.problems, self.saved = {}, self.saved + 1
