"""Messages that failed."""

import reflex as rx

from cabinet.domain.forms import id_of
from cabinet.domain.permissions import Permission
from cabinet.services import desk_messages, notifications
from cabinet.services.desk_messages import FailedMessage
from cabinet.ui.session import handler, run


class DeskMessagesState(rx.State):
    """The page of messages that failed; `times` counts what was done, to tell of it anew."""

    problems: dict[str, str] = {}
    loaded: bool = False
    times: int = 0
    rows: list[FailedMessage] = []

    @handler(Permission.MESSAGE_MANAGE)
    async def load(self) -> None:
        self.problems, self.times = {}, 0
        self.rows = await run(self, desk_messages.list_failed)
        self.loaded = True

    @handler(Permission.MESSAGE_MANAGE)
    async def retry(self, message_id: str) -> None:
        await run(self, notifications.retry_message, id_of(str(message_id)))
        await self._told()

    @handler(Permission.MESSAGE_MANAGE)
    async def retry_all(self) -> None:
        await run(self, notifications.retry_all)
        await self._told()

    async def _told(self) -> None:
        self.problems, self.times = {}, self.times + 1
        self.rows = await run(self, desk_messages.list_failed)
