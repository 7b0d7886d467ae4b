"""The home page: the landing for visitors, the cabinet for those who are signed in."""

import reflex as rx

from cabinet.services import customer_accounts, home, profile
from cabinet.services.customer_accounts import AccountRow
from cabinet.services.home import HomeRow
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asking, handler, picked, run


class HomeState(rx.State):
    """The home page."""

    problems: dict[str, str] = {}
    loaded: bool = False
    member: bool = False
    has_supplier: bool = False
    accounts: list[AccountRow] = []
    home: HomeRow = HomeRow()

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems = {}
        self.member = (await asking(self)).actor.user_id is not None
        if self.member:
            self.has_supplier = bool((await run(self, profile.get_profile)).supplier_id)
            self.accounts = await run(self, customer_accounts.list_accounts)
            self.home = HomeRow()
            if self.accounts:
                self.home = await run(self, home.get_home, picked(self, self.accounts))
        self.loaded = True
