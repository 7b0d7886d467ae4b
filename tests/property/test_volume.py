from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.charges import amount_for, counted_volume
from cabinet.domain.volume import DialValue, ReadingMalformed, Volume, VolumeMalformed, grouped

capacities = st.integers(4, 8)
volumes = st.builds(Volume, st.decimals(-999_999_999, 999_999_999, places=3))
prices = st.decimals("0.00001", 1000, places=5)
factors = st.decimals("0.8", "1.2", places=5)


@given(volumes)
def test_a_volume_that_is_printed_reads_back(volume: Volume) -> None:
    assert Volume.parse(str(volume).replace("−", "-")) == volume


@given(st.text(max_size=20))
def test_any_text_is_a_volume_or_is_refused_by_name(text: str) -> None:
    try:
        volume = Volume.parse(text)
    except VolumeMalformed:
        return
    assert abs(volume.cubic_metres) < 10**9


@given(st.text(max_size=20) | st.text("0123456789 ,.", max_size=12), capacities)
def test_any_text_is_a_dial_or_is_refused_by_name(text: str, capacity: int) -> None:
    try:
        value = DialValue.parse(text, capacity)
    except ReadingMalformed:
        return
    assert 0 <= value.cubic_metres < 10**capacity


@given(capacities, st.data())
def test_a_dial_that_is_shown_reads_back(capacity: int, data: st.DataObject) -> None:
    value = DialValue(data.draw(st.integers(0, 10**capacity - 1)))
    assert DialValue.parse(value.shown(capacity), capacity) == value
    assert DialValue.parse(f"{value.cubic_metres},{data.draw(st.integers(0, 999)):03d}", capacity) == value
    assert len(value.shown(capacity).replace("\u00a0", "")) == capacity


@given(capacities, st.data())
def test_consumption_is_what_was_burnt_wherever_the_dial_stood(capacity: int, data: st.DataObject) -> None:
    whole = 10**capacity
    start, burnt = data.draw(st.integers(0, whole - 1)), data.draw(st.integers(0, whole - 1))
    assert DialValue((start + burnt) % whole).since(DialValue(start), capacity) == burnt


@given(st.integers(0, 99_999), factors)
def test_a_coefficient_is_applied_before_rounding_to_a_litre(burnt: int, factor: Decimal) -> None:
    volume = counted_volume(burnt, factor)
    assert abs(Fraction(volume.cubic_metres) - burnt * Fraction(factor)) <= Fraction(1, 2000)
    assert volume.cubic_metres == round(volume.cubic_metres, 3)


@given(volumes, prices)
def test_the_price_of_a_volume_is_rounded_once(volume: Volume, price: Decimal) -> None:
    exact = Fraction(volume.cubic_metres) * Fraction(price) * 100
    assert abs(amount_for(volume, price).kopecks - exact) <= Fraction(1, 2)


@given(st.text("0123456789", max_size=20))
def test_grouping_moves_no_digit(digits: str) -> None:
    groups = grouped(digits).split("\u00a0")
    assert "".join(groups) == digits
    assert all(len(group) == 3 for group in groups[1:])
    assert len(groups[0]) <= 3
