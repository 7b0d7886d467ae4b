from decimal import Decimal

import pytest

from cabinet.domain.money import ZERO, Money
from cabinet.domain.penalties import penalty, yearly_rate

DEBT, RATE = Money(1_000_000), Decimal("0.095")


@pytest.mark.parametrize(
    ("days", "kopecks"),
    [
        (-5, 0),
        (0, 0),
        (30, 0),
        (31, 317),  # 3.17 ₽ a day
        (32, 633),
        (90, 19000),  # 190.00 ₽ for the days 31–90
        (91, 19731),  # then 7.31 ₽ a day
        (92, 20462),
        (365, 19000 + 200962),
    ],
)
def test_ten_thousand_roubles_cost_what_the_law_says(days: int, kopecks: int) -> None:
    assert penalty(DEBT, days, RATE) == Money(kopecks)


def test_nothing_is_owed_for_no_debt() -> None:
    assert penalty(ZERO, 400, RATE) == ZERO
    assert penalty(Money(-100), 400, RATE) == ZERO


def test_the_whole_is_rounded_once_half_up() -> None:
    assert penalty(Money(100), 31, Decimal("1.5")) == Money(1)
    assert penalty(Money(1), 90, RATE) == ZERO


def test_the_rate_is_the_key_rate_under_the_cap() -> None:
    cap = Decimal("0.095")
    assert yearly_rate(Decimal("0.21"), cap) == cap
    assert yearly_rate(Decimal("0.05"), cap) == Decimal("0.05")
