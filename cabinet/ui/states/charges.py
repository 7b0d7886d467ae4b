"""Charges by month."""

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import charges, customer_accounts
from cabinet.services.charges import BarRow, MonthRow
from cabinet.services.customer_accounts import AccountRow
from cabinet.ui.rows import basic_number
from cabinet.ui.session import handler, picked, run


class ChargesState(rx.State):
    """The page of charges; `account` is the one they are of."""

    problems: dict[str, str] = {}
    loaded: bool = False
    account_id: str = ""
    accounts: list[AccountRow] = []
    account: AccountRow = AccountRow()
    basic_number: str = ""
    months: list[MonthRow] = []
    bars: list[BarRow] = []

    @handler(Permission.CHARGES_VIEW)
    async def load(self) -> None:
        self.problems, self.months, self.bars, self.account_id = {}, [], [], ""
        self.accounts = await run(self, customer_accounts.list_accounts)
        self.loaded = True
        account = picked(self, self.accounts)
        self.account = next((x for x in self.accounts if x.id == str(account)), AccountRow())
        self.basic_number = basic_number(self.accounts, account)
        if self.accounts and not self.basic_number:
            shown = await run(self, charges.get_charges, account)
            self.account_id, self.months, self.bars = shown.account_id, shown.months, shown.bars
