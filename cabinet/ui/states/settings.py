"""НАСТРОЙКИ."""

from typing import Any

import reflex as rx

from cabinet.domain.account_search import is_named
from cabinet.domain.forms import id_of, text_of
from cabinet.domain.permissions import Permission
from cabinet.services import customer_accounts, profile
from cabinet.services.customer_accounts import AccountRow
from cabinet.services.profile import ProfileRow, SupplierRow
from cabinet.ui.session import handler, run


class SettingsState(rx.State):
    """The settings page."""

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    saved: bool = False
    times: int = 0
    profile: ProfileRow = ProfileRow()
    suppliers: list[SupplierRow] = []
    found: list[SupplierRow] = []
    accounts: list[AccountRow] = []
    unlinked: list[AccountRow] = []

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.saved = {}, False
        self.profile = await run(self, profile.get_profile)
        self.suppliers = self.found = await run(self, profile.list_suppliers)
        await self._load_accounts()
        self.loaded = True

    @handler(Permission.PROFILE)
    async def find_supplier(self, typed: str) -> None:
        name = text_of({"typed": typed}, "typed")
        self.found = [x for x in self.suppliers if is_named(name, f"{x.name} {x.region}")]

    @handler(Permission.PROFILE, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        self.saved = False
        self.profile = await run(self, profile.choose_supplier, text_of(form, "supplier"))
        self.problems, self.saved, self.times = {}, True, self.times + 1

    @handler(Permission.PROFILE)
    async def restore(self, account_id: str) -> None:
        await run(self, customer_accounts.restore_account, id_of(str(account_id)))
        self.problems = {}
        await self._load_accounts()

    async def _load_accounts(self) -> None:
        self.accounts = await run(self, customer_accounts.list_accounts_with_dues)
        self.unlinked = await run(self, customer_accounts.list_unlinked_accounts)
