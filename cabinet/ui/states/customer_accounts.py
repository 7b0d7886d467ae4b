"""The list of connected accounts, and connecting another."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.domain.permissions import Permission
from cabinet.services import customer_accounts
from cabinet.services.customer_accounts import AccountPreview, AccountRow, LinkAccount
from cabinet.ui import routes
from cabinet.ui.session import asked, handler, run


class AccountsState(rx.State):
    """The list of accounts."""

    problems: dict[str, str] = {}
    loaded: bool = False
    accounts: list[AccountRow] = []

    @handler(Permission.ACCOUNT_VIEW)
    async def load(self) -> None:
        self.problems = {}
        self.accounts = await run(self, customer_accounts.list_accounts_with_dues)
        self.loaded = True


class NewAccountState(rx.State):
    """Connecting an account: its number, «Это мой счёт», then the access; `again` once another number is wanted."""

    problems: dict[str, str] = {}
    busy: bool = False
    preview: AccountPreview = AccountPreview()
    mine: bool = False
    access: str = ""
    proof_kind: str = "serial"
    again: bool = False

    @handler(Permission.ACCOUNT_LINK)
    async def load(self) -> None:
        self._restart()
        number = asked(self, "number")
        if number:
            self.preview = await run(self, customer_accounts.find_account, number)
            self.mine, self.access = True, "extended"

    @handler(Permission.ACCOUNT_LINK, busy=True)
    async def find(self, form: dict[str, Any]) -> None:
        self._restart()
        self.preview = await run(self, customer_accounts.find_account, text_of(form, "number", 60))

    @handler(Permission.ACCOUNT_LINK)
    async def accept(self) -> None:
        self.mine = bool(self.preview.number)

    @handler(Permission.ACCOUNT_LINK)
    async def restart(self) -> None:
        self._restart()
        self.again = True

    @handler(Permission.ACCOUNT_LINK)
    async def choose_access(self, value: str) -> None:
        self.access = "extended" if value == "extended" else "basic"

    @handler(Permission.ACCOUNT_LINK)
    async def choose_proof(self, value: str) -> None:
        self.proof_kind = "pin" if value == "pin" else "serial"

    @handler(Permission.ACCOUNT_LINK, busy=True)
    async def submit(self, form: dict[str, Any]) -> Any:
        command = LinkAccount.parse(form, self.preview.number)
        linked = await run(self, customer_accounts.link_account, command)
        self._restart()
        return rx.redirect(routes.home(linked.id))

    def _restart(self) -> None:
        self.problems, self.preview, self.mine = {}, AccountPreview(), False
        self.access, self.proof_kind, self.again = "", "serial", False
