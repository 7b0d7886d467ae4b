"""Rows that generic components draw: frozen, of strings and small numbers, safe to send to a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabinet.services.customer_accounts import AccountRow


@dataclass(frozen=True)
class SummaryRow:
    """A fact: its name, its value and, when it may be changed, the address where."""

    label: str
    value: str
    href: str = ""


def basic_number(accounts: list[AccountRow], account_id: int) -> str:
    """The bare number of one's own account when it is connected for paying only; "" otherwise."""
    return next((x.bare_number for x in accounts if x.id == str(account_id) and not x.extended), "")
