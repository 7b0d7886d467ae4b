from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.money import ZERO, Money, MoneyMalformed
from cabinet.domain.payments import payment_entries, statement_entries
from cabinet.domain.penalties import penalty

MOST = 10**14 - 1  # what may be written: twelve digits of roubles
sums = st.builds(Money, st.integers(-MOST, MOST))
debts = st.builds(Money, st.integers(1, 10**10))
rates = st.decimals("0.0001", "0.3", places=4)
late = st.integers(0, 2000)


@given(sums)
def test_what_is_printed_reads_back(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount
    assert Money.parse(f" {amount} ₽") == amount
    assert Money.from_roubles(amount.roubles) == amount


@given(st.text(max_size=30))
def test_any_text_is_a_sum_or_is_refused_by_name(text: str) -> None:
    try:
        amount = Money.parse(text)
    except MoneyMalformed:
        return
    assert Money.parse(str(amount)) == amount


@given(sums, sums, sums)
def test_sums_add_like_numbers(a: Money, b: Money, c: Money) -> None:
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + ZERO == a == ZERO - -a
    assert a - b == a + -b
    assert abs(a) == abs(-a) >= ZERO
    assert (a < b) == (b - a > ZERO)


@given(st.decimals(-(10**10), 10**10, places=6))
def test_rounding_is_off_by_half_a_kopeck_at_most_and_never_by_sign(roubles: Decimal) -> None:
    rounded = Money.from_roubles(roubles)
    assert abs(Fraction(roubles) * 100 - rounded.kopecks) <= Fraction(1, 2)
    assert Money.from_roubles(-roubles) == -rounded


@given(st.dictionaries(st.integers(1, 1000), sums, max_size=20), debts)
def test_whatever_is_posted_sums_to_zero(deltas: dict[int, Money], amount: Money) -> None:
    for entries in (statement_entries(deltas), payment_entries(1, amount)):
        assert sum(entry.amount.kopecks for entry in entries) == 0
    told = {x.customer_account_id: x.amount for x in statement_entries(deltas) if x.customer_account_id}
    assert told == {account: delta for account, delta in deltas.items() if delta}


@given(debts, late, rates)
def test_a_penalty_never_falls_with_time_and_a_month_is_free(debt: Money, days: int, rate: Decimal) -> None:
    assert penalty(debt, days, rate) <= penalty(debt, days + 1, rate)
    assert penalty(debt, min(days, 30), rate) == ZERO
    daily = Fraction(rate) / 130 * debt.kopecks
    step = penalty(debt, days + 1, rate) - penalty(debt, days, rate)
    assert step.kopecks <= daily + 1


@given(sums.filter(lambda x: x <= ZERO), late, rates)
def test_who_owes_nothing_pays_no_penalty(debt: Money, days: int, rate: Decimal) -> None:
    assert penalty(debt, days, rate) == ZERO
