"""Sums in words: what is owed, what is overpaid."""

from decimal import Decimal
from typing import Protocol


class Sum(Protocol):
    """A sum of money; what `domain.money.Money` is to this floor."""

    @property
    def kopecks(self) -> int:
        """Whole kopecks, negative when overpaid."""
        ...

    def __abs__(self) -> "Sum":
        """Without the sign."""
        ...


def roubles(amount: Sum) -> str:
    """«1 234,50 ₽»."""
    return f"{amount}\u00a0₽"


def balance(owed: Sum | None) -> str:
    """«К оплате 282,20 ₽», «Переплата 120,00 ₽», «Долга нет»; "" of what is not shown."""
    if owed is None:
        return ""
    if owed.kopecks > 0:
        return f"К оплате {roubles(owed)}"
    return f"Переплата {roubles(abs(owed))}" if owed.kopecks else "Долга нет"


def sign(owed: Sum) -> int:
    """1 for a debt, −1 for an overpayment, 0 for neither."""
    return (owed.kopecks > 0) - (owed.kopecks < 0)


def number(value: Decimal) -> str:
    """«12,5», «32»: no noughts at the end."""
    whole, _, part = f"{value:f}".partition(".")
    return f"{whole},{part.rstrip('0')}".rstrip(",")
