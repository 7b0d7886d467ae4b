"""A payment's life, and the entries it leaves in the journal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.money import Money

LEAST: Final = Money(100)
MOST: Final = Money(50_000_000)


class PaymentStatus(StrEnum):
    """Where a payment stands; `TRANSITIONS` says what may follow what."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


TRANSITIONS: Final[dict[PaymentStatus, frozenset[PaymentStatus]]] = {
    PaymentStatus.CREATED: frozenset({PaymentStatus.PENDING, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED}),
    PaymentStatus.PENDING: frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.FAILED}),
    PaymentStatus.SUCCEEDED: frozenset(),
    PaymentStatus.FAILED: frozenset(),
}


class PaymentOutOfRange(InputError):
    """Less than the least or more than the most that the bank takes; facts `least`, `most`."""

    code = "payment.out_of_range"
    field = "amount"


class PaymentFinal(Conflict):
    """The payment has ended already and never goes back."""

    code = "payment.final"


class PaymentMismatch(Conflict):
    """What the acquirer says does not fit what was ordered; it is looked at by a person."""

    code = "payment.mismatch"


def checked_amount(amount: Money) -> Money:
    """The amount, when it may be paid at once.

    Raises:
        PaymentOutOfRange: below 1 ₽ or above 500 000 ₽.
    """
    if not LEAST <= amount <= MOST:
        raise PaymentOutOfRange(least=str(LEAST), most=str(MOST))
    return amount


def moved(status: PaymentStatus, to: PaymentStatus) -> PaymentStatus:
    """The next status.

    Raises:
        PaymentFinal: the table has no such step.
    """
    if to not in TRANSITIONS[status]:
        raise PaymentFinal
    return to


class Ledger(StrEnum):
    """The accounts of the double-entry journal."""

    SUBSCRIBER = "subscriber"  # per customer account: positive is owed to the supplier
    STATEMENT = "statement"  # the supplier's registers: the other side of what they say is owed
    ACQUIRER = "acquirer"  # money that the acquirer holds for the supplier


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a journal transaction; the sides of one transaction sum to zero."""

    ledger: Ledger
    amount: Money
    customer_account_id: int | None = None


def payment_entries(customer_account_id: int, amount: Money) -> tuple[Entry, Entry]:
    """A succeeded payment: the subscriber owes less, the acquirer holds more."""
    return (
        Entry(Ledger.SUBSCRIBER, -amount, customer_account_id),
        Entry(Ledger.ACQUIRER, amount),
    )


def statement_entries(deltas: dict[int, Money]) -> list[Entry]:
    """What a supplier's register changes in what accounts owe, closed by one contra entry."""
    entries = [Entry(Ledger.SUBSCRIBER, delta, account) for account, delta in deltas.items() if delta]
    total = sum(entry.amount.kopecks for entry in entries)
    return [*entries, Entry(Ledger.STATEMENT, Money(-total))] if entries else []
