from datetime import UTC, date, datetime

import pytest

from cabinet.domain.period import BillingPeriod, PeriodMalformed, local_day


def test_a_period_is_read_and_written_the_same() -> None:
    assert str(BillingPeriod.parse("2026-10")) == "2026-10"


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "2026/10", "٢٠٢٦-10", "2026-10\n"],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(PeriodMalformed):
        BillingPeriod.parse(text)


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, "2026-11"), (1, "2026-12"), (2, "2027-01"), (-10, "2026-01"), (-11, "2025-12"), (-24, "2024-11")],
)
def test_months_are_counted_over_the_years(months: int, expected: str) -> None:
    assert str(BillingPeriod(2026, 11).plus(months)) == expected


def test_a_period_holds_its_days_and_knows_the_first() -> None:
    assert BillingPeriod.of(date(2026, 11, 30)).first_day == date(2026, 11, 1)
    assert BillingPeriod(2025, 12) < BillingPeriod(2026, 1)


def test_a_day_begins_when_it_begins_at_the_supplier() -> None:
    last_hours = datetime(2026, 10, 31, 20, 30, tzinfo=UTC)
    assert local_day(last_hours, "Europe/Samara") == date(2026, 11, 1)
    assert local_day(last_hours, "UTC") == date(2026, 10, 31)
