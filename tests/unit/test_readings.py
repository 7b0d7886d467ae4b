from datetime import date

import pytest

from cabinet.domain.readings import (
    Dial,
    DialFall,
    ReadingBelowPrevious,
    ReadingTooLarge,
    ReadingWindow,
    is_unusual,
)
from cabinet.domain.volume import DialValue

USUAL, SPANNING = ReadingWindow(15, 25), ReadingWindow(25, 3)


@pytest.mark.parametrize(
    ("day", "opened", "period"),
    [
        (date(2026, 11, 1), False, "2026-11"),
        (date(2026, 11, 14), False, "2026-11"),
        (date(2026, 11, 15), True, "2026-11"),
        (date(2026, 11, 25), True, "2026-11"),
        (date(2026, 11, 26), False, "2026-12"),
        (date(2026, 12, 31), False, "2027-01"),
    ],
)
def test_after_the_window_a_reading_is_of_the_next_month(day: date, opened: bool, period: str) -> None:
    assert (USUAL.is_open(day), str(USUAL.period_for(day))) == (opened, period)


@pytest.mark.parametrize(
    ("day", "opened", "period"),
    [
        (date(2026, 10, 24), False, "2026-10"),
        (date(2026, 10, 25), True, "2026-10"),
        (date(2026, 10, 31), True, "2026-10"),
        (date(2026, 11, 3), True, "2026-10"),
        (date(2026, 11, 4), False, "2026-11"),
        (date(2027, 1, 1), True, "2026-12"),
        (date(2028, 2, 29), True, "2028-02"),
    ],
)
def test_a_window_over_a_months_end_is_of_the_month_it_opens_in(day: date, opened: bool, period: str) -> None:
    assert (SPANNING.is_open(day), str(SPANNING.period_for(day))) == (opened, period)


def test_consumption_is_the_difference_and_zero_is_a_reading() -> None:
    dial = Dial(5, DialValue(3349))
    assert dial.consumption(DialValue(3359), 10_000) == 10
    assert dial.consumption(DialValue(3349), 10_000) == 0
    assert dial.consumption(DialValue(13349), 10_000) == 10_000
    assert Dial(5, None).consumption(DialValue(99999), 1) is None


def test_less_than_before_is_refused_with_the_dial_that_was() -> None:
    with pytest.raises(ReadingBelowPrevious) as raised:
        Dial(5, DialValue(3349)).consumption(DialValue(3348), 10_000)
    assert (raised.value.field, raised.value.facts) == ("value", {"previous": "03\u00a0349"})


def test_a_dial_that_rolled_over_goes_on_when_that_is_declared_and_believable() -> None:
    dial = Dial(5, DialValue(99_990))
    assert dial.consumption(DialValue(12), 10_000, DialFall.ROLLOVER) == 22
    with pytest.raises(ReadingTooLarge) as raised:
        Dial(5, DialValue(3349)).consumption(DialValue(3348), 10_000, DialFall.ROLLOVER)
    assert raised.value.facts == {"volume": 99_999, "most": 10_000}


def test_the_dial_of_another_meter_begins_a_count() -> None:
    assert Dial(5, DialValue(99_990)).consumption(DialValue(12), 10_000, DialFall.REPLACED) is None
    assert Dial(5, DialValue(3349)).consumption(DialValue(3348), 10_000, DialFall.REPLACED) is None


def test_more_than_anybody_burns_is_refused_with_the_volume() -> None:
    with pytest.raises(ReadingTooLarge) as raised:
        Dial(5, DialValue(3349)).consumption(DialValue(13350), 10_000)
    assert raised.value.facts == {"volume": 10_001, "most": 10_000}


@pytest.mark.parametrize(
    ("volume", "usual", "asked"),
    [(30, 10, False), (31, 10, True), (1000, 0, False), (0, 10, False), (4, 1, True)],
)
def test_more_than_three_times_the_usual_is_asked_about(volume: int, usual: int, asked: bool) -> None:
    assert is_unusual(volume, usual) is asked


@pytest.mark.parametrize(
    ("window", "day", "closes_on"),
    [
        ((15, 25), date(2026, 11, 20), date(2026, 11, 25)),
        ((15, 25), date(2026, 11, 25), date(2026, 11, 25)),
        ((25, 3), date(2026, 12, 30), date(2027, 1, 3)),
        ((25, 3), date(2027, 1, 2), date(2027, 1, 3)),
        ((20, 31), date(2027, 2, 20), date(2027, 2, 28)),
    ],
)
def test_a_window_tells_its_last_day(window: tuple[int, int], day: date, closes_on: date) -> None:
    assert ReadingWindow(*window).closes_on(day) == closes_on


@pytest.mark.parametrize(
    ("window", "day", "opens_on", "over"),
    [
        (USUAL, date(2026, 11, 1), date(2026, 11, 15), False),
        (USUAL, date(2026, 11, 20), date(2026, 11, 20), False),
        (USUAL, date(2026, 12, 26), date(2027, 1, 15), True),
        (SPANNING, date(2026, 11, 4), date(2026, 11, 25), False),
        (SPANNING, date(2027, 1, 2), date(2027, 1, 2), False),
        (ReadingWindow(31, 3), date(2027, 2, 28), date(2027, 3, 1), False),
        (ReadingWindow(30, 30), date(2027, 2, 1), date(2027, 3, 30), False),
    ],
)
def test_a_window_tells_when_it_opens_and_whether_the_months_own_is_over(
    window: ReadingWindow, day: date, opens_on: date, over: bool
) -> None:
    assert (window.opens_on(day), window.is_over(day)) == (opens_on, over)


@pytest.mark.parametrize(
    ("from_day", "day", "opens_on"),
    [
        (15, date(2026, 11, 14), date(2026, 11, 15)),
        (15, date(2026, 11, 15), date(2026, 12, 15)),
        (15, date(2026, 12, 26), date(2027, 1, 15)),
        (31, date(2027, 1, 31), date(2027, 2, 28)),
        (1, date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_a_window_tells_its_next_opening(from_day: int, day: date, opens_on: date) -> None:
    assert ReadingWindow(from_day, 31).next_opening(day) == opens_on
