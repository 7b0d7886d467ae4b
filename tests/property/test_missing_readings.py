from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.charges import ChargeLine, ChargeMethod
from cabinet.domain.missing_readings import AVERAGE_MONTHS, average_volume, method_without_reading
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import Volume
from tests.property.test_readings import periods
from tests.unit.test_charges import LINE

methods = st.lists(st.sampled_from(ChargeMethod), min_size=1, max_size=14)


@given(periods, methods, st.integers(1, 2), st.booleans())
def test_a_fourth_month_in_a_row_is_never_charged_by_the_average(
    period: BillingPeriod, history: list[ChargeMethod], since: int, read: bool
) -> None:
    newest = period.plus(-since)
    lines = [replace(LINE, period=newest.plus(-n), method=x) for n, x in enumerate(history)]
    between = {newest.plus(1)} if read and since > 1 else set()
    told = method_without_reading(lines, between, period)
    tail = [ChargeMethod.METERED if read else ChargeMethod.AVERAGE] * (since - 1) + history
    silent = next((n for n, x in enumerate(tail) if x is not ChargeMethod.AVERAGE), len(tail))
    stopped = tail[silent] if silent < len(tail) else ChargeMethod.METERED
    goes_on = silent < AVERAGE_MONTHS and stopped is ChargeMethod.METERED
    assert told is (ChargeMethod.AVERAGE if goes_on else ChargeMethod.NORM)


@given(periods, st.lists(st.tuples(st.integers(0, 500), st.booleans()), min_size=1, max_size=12))
def test_however_often_the_dial_was_read_the_average_of_a_year_is_the_same(
    period: BillingPeriod, months: list[tuple[int, bool]]
) -> None:
    """The first and the last month are read; what the silent ones burnt comes with the next reading."""
    dial = last = 1000
    lines: list[ChargeLine] = []
    for n, (burnt, silent) in enumerate(months):
        dial += burnt
        if silent and 0 < n < len(months) - 1:
            lines.append(replace(LINE, period=period.plus(n), method=ChargeMethod.AVERAGE))
            continue
        volume = Volume(Decimal(dial - last))
        lines.append(replace(LINE, period=period.plus(n), reading_from=last, reading_to=dial, volume=volume))
        last = dial
    average = average_volume(lines)
    assert average is not None
    exact = Fraction(sum(burnt for burnt, _ in months), len(months))
    assert abs(Fraction(average.cubic_metres) - exact) <= Fraction(1, 2000)
