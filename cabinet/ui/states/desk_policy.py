"""The supplier's dated rules and prices."""

from typing import Any

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import desk_policy
from cabinet.services.desk_policy import AddPolicy, AddPrice, AddValue, PolicyPage
from cabinet.ui.session import handler, run


class DeskPolicyState(rx.State):
    """The page of rules; `times` counts what was added, to tell of it anew and to empty the forms."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    times: int = 0
    policy: PolicyPage = PolicyPage()

    @handler(Permission.POLICY_EDIT)
    async def load(self) -> None:
        self.problems, self.times = {}, 0
        self.policy = await run(self, desk_policy.view_policy)
        self.loaded = True

    @handler(Permission.POLICY_EDIT, busy=True)
    async def add_rules(self, form: dict[str, Any]) -> None:
        await run(self, desk_policy.add_dated, AddPolicy.parse(form))
        await self._added()

    @handler(Permission.POLICY_EDIT, busy=True)
    async def add_price(self, form: dict[str, Any]) -> None:
        await run(self, desk_policy.add_dated, AddPrice.parse(form))
        await self._added()

    @handler(Permission.POLICY_EDIT, busy=True)
    async def add_value(self, form: dict[str, Any]) -> None:
        await run(self, desk_policy.add_dated, AddValue.parse(form))
        await self._added()

    async def _added(self) -> None:
        self.problems, self.times = {}, self.times + 1
        self.policy = await run(self, desk_policy.view_policy)
