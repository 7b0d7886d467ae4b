"""Постановление № 549, п. 31: the average for three months at most, then the norm."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cabinet.domain.charges import ChargeLine, ChargeMethod, Service
from cabinet.domain.missing_readings import average_volume, method_without_reading
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import Volume
from tests.unit.test_charges import LINE

NOVEMBER = BillingPeriod(2026, 11)
METHODS = {"m": ChargeMethod.METERED, "a": ChargeMethod.AVERAGE, "n": ChargeMethod.NORM}


def history(methods: str, newest: BillingPeriod) -> list[ChargeLine]:
    """A line for each letter, the last one of the newest month."""
    back = range(1 - len(methods), 1)
    return [
        replace(LINE, period=newest.plus(n), method=METHODS[x]) for n, x in zip(back, methods, strict=True)
    ]


@pytest.mark.parametrize(
    ("methods", "told"),
    [
        ("m", "a"),
        ("mmma", "a"),
        ("mmaa", "a"),
        ("maaa", "n"),
        ("aaa", "n"),
        ("aa", "a"),  # the account is two months old
        ("maam", "a"),
        ("mmmn", "n"),  # the norm stays until a reading comes
        ("mnma", "a"),
    ],
)
def test_the_average_is_charged_three_times_in_a_row_and_then_the_norm(methods: str, told: str) -> None:
    assert method_without_reading(history(methods, NOVEMBER.plus(-1)), (), NOVEMBER) is METHODS[told]


def test_a_month_that_is_not_charged_yet_counts_unless_its_reading_came() -> None:
    lines, october = history("mmaa", NOVEMBER.plus(-2)), NOVEMBER.plus(-1)
    assert method_without_reading(lines, (), NOVEMBER) is ChargeMethod.NORM
    assert method_without_reading(lines, {october}, NOVEMBER) is ChargeMethod.AVERAGE


@pytest.mark.parametrize("newest", [NOVEMBER, NOVEMBER.plus(1), NOVEMBER.plus(-3), NOVEMBER.plus(-30)])
def test_nothing_is_foretold_of_what_is_charged_or_long_not_heard_of(newest: BillingPeriod) -> None:
    assert method_without_reading(history("mmm", newest), (), NOVEMBER) is None
    assert method_without_reading([], (), NOVEMBER) is None


def test_maintenance_is_no_gas() -> None:
    lines = [replace(x, service=Service.MAINTENANCE) for x in history("mmm", NOVEMBER.plus(-1))]
    assert method_without_reading(lines, (), NOVEMBER) is None
    assert average_volume(lines) is None


def line(period: BillingPeriod, reading_from: int | None, reading_to: int | None, volume: str) -> ChargeLine:
    return replace(
        LINE, period=period, reading_from=reading_from, reading_to=reading_to, volume=Volume(Decimal(volume))
    )


def test_the_average_is_of_the_metered_months_of_a_year() -> None:
    months = [line(NOVEMBER.plus(-n), 100, 110, str(n)) for n in range(1, 15)]
    assert average_volume(months) == Volume(Decimal("6.5"))  # 1 to 12
    months[0] = replace(months[0], method=ChargeMethod.AVERAGE)
    assert average_volume(months) == Volume(Decimal("7.5"))  # 2 to 13
    assert average_volume(months[:2]) == Volume(Decimal(2))
    assert average_volume(months[:1]) is None


def test_a_reading_after_silent_months_is_of_all_of_them() -> None:
    after = [line(NOVEMBER.plus(-6), 100, 110, "10"), line(NOVEMBER.plus(-3), 110, 155, "45")]
    silent = [replace(LINE, period=NOVEMBER.plus(-n), method=ChargeMethod.AVERAGE) for n in (4, 5)]
    assert average_volume([*silent, *after]) == Volume(Decimal("13.75"))  # 55 in 4 months


def test_a_new_meter_does_not_go_on_from_the_old_one() -> None:
    changed = [line(NOVEMBER.plus(-4), 900, 910, "10"), line(NOVEMBER.plus(-1), 0, 20, "20")]
    assert average_volume(changed) == Volume(Decimal(15))
    unknown = [replace(x, reading_from=None, reading_to=None) for x in changed]
    assert average_volume(unknown) == Volume(Decimal(15))
