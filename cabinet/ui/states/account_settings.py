"""An account's own name, and taking it out of the cabinet."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import id_of, text_of
from cabinet.domain.permissions import Permission
from cabinet.services import customer_accounts
from cabinet.services.customer_accounts import AccountRow
from cabinet.ui import routes
from cabinet.ui.session import asked, handler, run

_MOST = 50_000  # too long a name is said to be so, not taken for none


class AccountSettingsState(rx.State):
    """The settings of the account that the page's query names."""

    problems: dict[str, str] = {}
    busy: bool = False
    saved: int = 0
    account: AccountRow = AccountRow()

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        self.problems, self.saved, self.account = {}, 0, AccountRow()
        self.account = await run(self, customer_accounts.get_account, id_of(asked(self, "account")))

    @handler(Permission.PROFILE, busy=True)
    async def save(self, form: dict[str, Any]) -> None:
        typed = text_of(form, "alias", _MOST)
        self.account = await run(self, customer_accounts.rename_account, id_of(self.account.id), typed)
        self.problems, self.saved = {}, self.saved + 1

    @handler(Permission.PROFILE)
    async def unlink(self) -> Any:
        await run(self, customer_accounts.unlink_account, id_of(self.account.id))
        self.account = AccountRow()
        return rx.redirect(routes.SETTINGS)
