from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cabinet.domain.charges import ChargeLine, ChargeMethod, Service, amount_for, counted_volume, due_on
from cabinet.domain.money import ZERO, Money
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import DialValue, Volume

LINE = ChargeLine(
    period=BillingPeriod(2026, 10),
    service=Service.GAS,
    method=ChargeMethod.METERED,
    reading_from=3349,
    reading_to=3359,
    coefficient=Decimal(1),
    volume=Volume(Decimal(10)),
    price=Decimal("8.13"),
    amount=Money(8130),
    recalculation=Money(-100),
    penalty=Money(5),
    opening=Money(1000),
    paid=Money(9000),
    closing=Money(35),
)


@pytest.mark.parametrize(
    ("volume", "price", "roubles"),
    [
        ("207.837", "7.328", "1523,03"),  # lines of a real bill
        ("13.918", "7.328", "101,99"),
        ("43", "8.30", "356,90"),
        ("0", "8.30", "0,00"),
        ("0.5", "0.01", "0,01"),
        ("-10", "8.13", "−81,30"),
    ],
)
def test_gas_costs_what_the_bill_says(volume: str, price: str, roubles: str) -> None:
    assert str(amount_for(Volume(Decimal(volume)), Decimal(price))).replace("\u00a0", "") == roubles


@pytest.mark.parametrize(
    ("previous", "current", "capacity", "factor", "volume"),
    [
        (3349, 3359, 5, "1", "10"),
        (3359, 3359, 5, "1", "0"),
        (99_990, 12, 5, "1", "22"),
        (9_999_999, 1, 7, "1", "2"),
        (99_999_999, 0, 8, "1", "1"),
        (99_990, 12, 5, "0.97", "21.34"),
        (0, 1, 5, "0.9685", "0.969"),  # a half rounds up
        (100, 143, 5, "0.96512", "41.5"),
    ],
)
def test_a_dial_that_rolls_over_goes_on_from_zero(
    previous: int, current: int, capacity: int, factor: str, volume: str
) -> None:
    burnt = DialValue(current).since(DialValue(previous), capacity)
    assert counted_volume(burnt, Decimal(factor)) == Volume(Decimal(volume))


@pytest.mark.parametrize(
    ("period", "day", "due"),
    [
        (BillingPeriod(2026, 1), 10, date(2026, 2, 10)),
        (BillingPeriod(2026, 10), 15, date(2026, 11, 15)),
        (BillingPeriod(2026, 12), 15, date(2027, 1, 15)),
        (BillingPeriod(2027, 1), 31, date(2027, 2, 28)),
        (BillingPeriod(2028, 1), 31, date(2028, 2, 29)),
    ],
)
def test_a_bill_is_due_on_the_policys_day_of_the_month_after(
    period: BillingPeriod, day: int, due: date
) -> None:
    assert due_on(period, day) == due


def test_a_line_balances_or_does_not() -> None:
    assert LINE.balances
    assert not replace(LINE, closing=Money(36)).balances
    assert not replace(LINE, penalty=ZERO).balances
