"""The desk's journal."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.domain.permissions import Permission
from cabinet.services import desk_audit
from cabinet.services.desk_audit import AuditRow, SearchAudit
from cabinet.ui import routes
from cabinet.ui.session import handler, run

_FIELDS = ("who", "action", "account", "since", "until")


class DeskAuditState(rx.State):
    """The page of the journal; `link` gives the same rows as a file."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    link: str = ""
    rows: list[AuditRow] = []

    @handler(Permission.AUDIT_VIEW)
    async def load(self) -> None:
        await self._search({})

    @handler(Permission.AUDIT_VIEW, busy=True)
    async def search(self, form: dict[str, Any]) -> None:
        await self._search(form)

    async def _search(self, form: dict[str, Any]) -> None:
        query = SearchAudit.parse(form)
        self.rows = await run(self, desk_audit.search_audit, query)
        asked = {x: text_of(form, x, 120) for x in _FIELDS}
        self.link = routes.with_query(routes.API_DESK_AUDIT, **asked)
        self.problems, self.loaded = {}, True
