import pytest

from cabinet.domain.money import ZERO, Money
from cabinet.domain.payments import (
    LEAST,
    MOST,
    TRANSITIONS,
    Entry,
    Ledger,
    PaymentFinal,
    PaymentOutOfRange,
    PaymentStatus,
    checked_amount,
    moved,
    payment_entries,
    statement_entries,
)

ALLOWED = {
    ("created", "pending"),
    ("created", "succeeded"),
    ("created", "failed"),
    ("pending", "succeeded"),
    ("pending", "failed"),
}


@pytest.mark.parametrize("status", PaymentStatus)
@pytest.mark.parametrize("to", PaymentStatus)
def test_a_payment_goes_forward_only(status: PaymentStatus, to: PaymentStatus) -> None:
    if (status, to) in ALLOWED:
        assert moved(status, to) is to
        return
    with pytest.raises(PaymentFinal):
        moved(status, to)


def test_every_status_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(PaymentStatus)


@pytest.mark.parametrize("amount", [LEAST, Money(28220), MOST])
def test_from_one_rouble_to_half_a_million_may_be_paid(amount: Money) -> None:
    assert checked_amount(amount) == amount


@pytest.mark.parametrize("kopecks", [-100, 0, 99, 50_000_001])
def test_less_and_more_are_refused_with_the_limits(kopecks: int) -> None:
    with pytest.raises(PaymentOutOfRange) as raised:
        checked_amount(Money(kopecks))
    assert raised.value.facts == {"least": "1,00", "most": "500\u00a0000,00"}


def test_a_payment_lowers_the_debt_by_what_the_bank_holds() -> None:
    assert payment_entries(7, Money(100)) == (
        Entry(Ledger.SUBSCRIBER, Money(-100), 7),
        Entry(Ledger.ACQUIRER, Money(100)),
    )


def test_a_statement_is_closed_by_one_contra_entry() -> None:
    entries = statement_entries({1: Money(500), 2: ZERO, 3: Money(-200)})
    assert [(x.customer_account_id, x.amount.kopecks) for x in entries] == [(1, 500), (3, -200), (None, -300)]
    assert entries[-1].ledger is Ledger.STATEMENT


def test_a_statement_that_changes_nothing_is_no_entry() -> None:
    assert statement_entries({}) == statement_entries({1: ZERO}) == []
