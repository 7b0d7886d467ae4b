"""What several pages ask of the rows that they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabinet.services.customer_accounts import AccountRow


def basic_number(accounts: list[AccountRow], account_id: int) -> str:
    """The bare number of one's own account when it is connected for paying only; "" otherwise."""
    return next((x.bare_number for x in accounts if x.id == str(account_id) and not x.extended), "")
