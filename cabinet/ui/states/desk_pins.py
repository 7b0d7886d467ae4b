"""The counter: finding an account and issuing its PIN."""

from typing import Any

import reflex as rx

from cabinet.domain.codes import new_token
from cabinet.domain.forms import id_of, text_of
from cabinet.domain.permissions import Permission
from cabinet.services import desk_pins
from cabinet.services.desk_pins import DeskAccount, FoundAccount, IssueAtDesk, IssuedPin
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run


class DeskPinsState(rx.State):
    """The page of the counter; `key` names one form, so that a double click issues one PIN."""

    problems: dict[str, str] = {}
    busy: bool = False
    searched: bool = False
    found: list[FoundAccount] = []
    account: DeskAccount = DeskAccount()
    key: str = ""
    issued: IssuedPin = IssuedPin()

    @handler(Permission.ACCOUNT_FIND)
    async def load(self) -> None:
        self._clear()

    @handler(PUBLIC)
    async def leave(self) -> None:
        """The page is left: the person and the PIN that were seen on it are not kept."""
        self._clear()

    @handler(Permission.ACCOUNT_FIND, busy=True)
    async def search(self, form: dict[str, Any]) -> None:
        found = await run(self, desk_pins.find_accounts, text_of(form, "query"))
        self.problems, self.searched, self.found = {}, True, found
        self._close()
        if len(found) == 1:
            await self._open(found[0].id)

    @handler(Permission.ACCOUNT_FIND)
    async def open(self, account_id: str) -> None:
        self.problems = {}
        await self._open(account_id)

    @handler(Permission.PIN_ISSUE, busy=True)
    async def issue(self, form: dict[str, Any]) -> None:
        command = IssueAtDesk.parse(form, id_of(self.account.id), self.key)
        issued = await run(self, desk_pins.issue_at_desk, command)
        self.problems = {}
        if not (issued.again and self.issued.pin):  # a second click leaves what the first has shown
            self.issued = issued

    async def _open(self, account_id: object) -> None:
        self._close()
        self.account = await run(self, desk_pins.view_account, id_of(str(account_id)))
        self.key = new_token()

    def _clear(self) -> None:
        self.problems, self.searched, self.found = {}, False, []
        self._close()

    def _close(self) -> None:
        self.account, self.issued, self.key = DeskAccount(), IssuedPin(), ""
