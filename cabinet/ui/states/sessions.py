"""Where the cabinet is open."""

import reflex as rx

from cabinet.domain.forms import id_of
from cabinet.domain.permissions import Permission
from cabinet.services import sessions
from cabinet.services.sessions import SessionRow
from cabinet.texts import settings as texts
from cabinet.ui.session import handler, run


class SessionsState(rx.State):
    """The part of НАСТРОЙКИ that ends sessions; `times` counts what was done, to tell of it anew."""

    problems: dict[str, str] = {}
    rows: list[SessionRow] = []
    ended: str = ""
    times: int = 0

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.ended = {}, ""
        self.rows = await run(self, sessions.list_sessions)

    @handler(Permission.PROFILE)
    async def end(self, session_id: str) -> None:
        await run(self, sessions.revoke_session, id_of(str(session_id)))
        await self._tell(texts.ENDED)

    @handler(Permission.PROFILE)
    async def end_others(self) -> None:
        await run(self, sessions.revoke_other_sessions)
        await self._tell(texts.OTHERS_ENDED)

    async def _tell(self, words: str) -> None:
        self.problems, self.ended, self.times = {}, words, self.times + 1
        self.rows = await run(self, sessions.list_sessions)
