from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.charges import due_on
from cabinet.domain.errors import InputError
from cabinet.domain.period import BillingPeriod
from cabinet.domain.readings import Dial, DialFall, ReadingBelowPrevious, ReadingTooLarge, ReadingWindow
from cabinet.domain.volume import DialValue

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
windows = st.builds(ReadingWindow, st.integers(1, 31), st.integers(1, 31))
periods = st.builds(BillingPeriod, st.integers(1900, 2100), st.integers(1, 12))
values = st.integers(0, 99_999).map(DialValue)
limits = st.integers(0, 99_999)
falls = st.sampled_from(DialFall)


@given(windows, days)
def test_as_days_pass_the_period_never_goes_back_and_never_jumps(window: ReadingWindow, day: date) -> None:
    today, tomorrow = window.period_for(day), window.period_for(day + timedelta(days=1))
    assert tomorrow in {today, today.plus(1)}


@given(windows, days)
def test_an_open_window_is_of_one_period_and_closing_begins_the_next(
    window: ReadingWindow, day: date
) -> None:
    following = day + timedelta(days=1)
    if window.is_open(day) and window.is_open(following) and window.from_day != following.day:
        same = window.period_for(day) == window.period_for(following)
        assert same or day.day == window.to_day or following.day == 1 > window.to_day
    if window.is_open(day) and not window.is_open(following) and day.day == window.to_day:
        assert window.period_for(following) == window.period_for(day).plus(1)


@given(windows, periods)
def test_the_period_of_an_opening_day_is_its_own_month(window: ReadingWindow, period: BillingPeriod) -> None:
    try:
        opens = date(period.year, period.month, window.from_day)
    except ValueError:  # no 31st in that month
        return
    if window.from_day > window.to_day or window.is_open(opens):
        assert window.period_for(opens) == period
        assert window.is_open(opens)


@given(st.integers(2, 31), periods)
def test_a_window_over_a_months_end_ends_in_the_month_after(from_day: int, period: BillingPeriod) -> None:
    window = ReadingWindow(from_day, from_day - 1 if from_day < 29 else 27)
    last = date(period.plus(1).year, period.plus(1).month, window.to_day)
    assert window.is_open(last)
    assert window.period_for(last) == period
    assert window.period_for(last + timedelta(days=1)) == period.plus(1)


@given(windows, days)
def test_a_reading_is_counted_in_its_month_or_a_neighbour(window: ReadingWindow, day: date) -> None:
    month, counted = BillingPeriod.of(day), window.period_for(day)
    assert counted in {month.plus(-1), month, month.plus(1)}
    if not window.is_open(day):
        assert counted >= month


@given(values, values, limits)
def test_consumption_is_the_difference_or_a_named_refusal(
    before: DialValue, now: DialValue, most: int
) -> None:
    difference = now.cubic_metres - before.cubic_metres
    outcome = consumed(5, before, now, most, None)
    assert outcome == (
        ReadingBelowPrevious if difference < 0 else ReadingTooLarge if difference > most else difference
    )


@given(st.integers(4, 8), st.data())
def test_over_its_end_a_dial_goes_on_by_what_was_burnt_or_is_not_believed(
    capacity: int, data: st.DataObject
) -> None:
    whole = 10**capacity
    before, burnt, most = (data.draw(st.integers(0, whole - 1)) for _ in range(3))
    now = DialValue((before + burnt) % whole)
    assert now == DialValue.parse(str(now.cubic_metres), capacity)
    outcome = consumed(capacity, DialValue(before), now, most, DialFall.ROLLOVER)
    assert outcome == (burnt if burnt <= most else ReadingTooLarge)


@given(values, values, limits, falls)
def test_a_declaration_means_something_only_where_the_dial_fell(
    before: DialValue, now: DialValue, most: int, fall: DialFall
) -> None:
    outcome = consumed(5, before, now, most, fall)
    if before <= now:
        assert outcome == consumed(5, before, now, most, None)
    elif fall is DialFall.REPLACED:
        assert outcome is None
    else:
        assert outcome in {ReadingTooLarge, 100_000 + now.cubic_metres - before.cubic_metres}


@given(values, limits, st.none() | falls)
def test_a_first_reading_begins_a_count_whatever_is_declared(
    now: DialValue, most: int, fall: DialFall | None
) -> None:
    assert Dial(5, None).consumption(now, most, fall) is None


def consumed(
    capacity: int, before: DialValue, now: DialValue, most: int, fall: DialFall | None
) -> int | type[InputError] | None:
    """What a dial went on by, or the rule that is broken."""
    try:
        return Dial(capacity, before).consumption(now, most, fall)
    except (ReadingBelowPrevious, ReadingTooLarge) as broken:
        return type(broken)


@given(periods, st.integers(-2000, 2000), st.integers(-2000, 2000))
def test_periods_add_like_months(period: BillingPeriod, a: int, b: int) -> None:
    assert period.plus(a).plus(b) == period.plus(a + b)
    assert period.plus(a).plus(-a) == period
    assert (period.plus(a) < period.plus(b)) == (a < b)


@given(periods)
def test_a_period_that_is_printed_reads_back_and_holds_its_days(period: BillingPeriod) -> None:
    assert BillingPeriod.parse(str(period)) == period
    assert BillingPeriod.of(period.first_day) == period
    assert BillingPeriod.of(period.plus(1).first_day - timedelta(days=1)) == period


@given(periods, st.integers(1, 31))
def test_a_bill_is_due_in_the_month_after_on_its_day_or_the_last(period: BillingPeriod, day: int) -> None:
    due = due_on(period, day)
    assert BillingPeriod.of(due) == period.plus(1)
    assert due.day == day or BillingPeriod.of(due + timedelta(days=1)) == period.plus(2)
