"""A calculation takes what held in its billing period, never what holds today."""

from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.dated_values import EVERYWHERE, holding
from cabinet.domain.period import BillingPeriod
from cabinet.domain.readings import ReadingWindow
from tests.property.test_readings import days, periods, windows


@dataclass(frozen=True)
class Row:
    region: str
    valid_from: date


UDMURTIA = "Удмуртская Республика"
places = st.sampled_from([EVERYWHERE, UDMURTIA, "Пермский край"])
rows = st.lists(st.builds(Row, places, days), unique=True, max_size=12)


@given(rows, places, days)
def test_what_holds_has_begun_and_nothing_of_its_place_began_since(
    known: list[Row], region: str, day: date
) -> None:
    held = holding(known, region, day)
    ours = [x for x in known if x.region == region and x.valid_from <= day]
    theirs = [x for x in known if x.region == EVERYWHERE and x.valid_from <= day]
    assert held == max(ours or theirs, key=lambda x: x.valid_from, default=None)


@given(rows, rows, places, days)
def test_later_rows_and_those_of_other_regions_change_nothing(
    known: list[Row], more: list[Row], region: str, day: date
) -> None:
    strange = [x for x in more if x.valid_from > day or x.region not in {region, EVERYWHERE}]
    assert holding([*known, *strange], region, day) == holding(known, region, day)


@given(
    st.permutations(
        [Row(EVERYWHERE, date(2026, 7, 1)), Row(UDMURTIA, date(2026, 1, 1)), Row(UDMURTIA, date(2026, 7, 1))]
    )
)
def test_the_order_of_rows_says_nothing(known: list[Row]) -> None:
    assert holding(known, UDMURTIA, date(2026, 6, 30)) == Row(UDMURTIA, date(2026, 1, 1))
    assert holding(known, UDMURTIA, date(2026, 7, 1)) == Row(UDMURTIA, date(2026, 7, 1))
    assert holding(known, "Пермский край", date(2026, 7, 1)) == Row(EVERYWHERE, date(2026, 7, 1))
    assert holding(known, "", date(2026, 6, 30)) is None


@given(windows, days)
def test_the_day_of_a_calculation_lies_in_the_billing_period_of_the_reading(
    window: ReadingWindow, today: date
) -> None:
    period = window.period_for(today)
    day = period.nearest(today)
    assert BillingPeriod.of(day) == period
    assert day == today or BillingPeriod.of(today) != period


@given(periods, periods)
def test_months_between_periods_lead_from_one_to_the_other(one: BillingPeriod, other: BillingPeriod) -> None:
    assert one.plus(other.months_since(one)) == other
