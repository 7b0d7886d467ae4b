from decimal import Decimal

import pytest

from cabinet.domain.volume import DialValue, ReadingMalformed, Volume, VolumeMalformed, grouped


@pytest.mark.parametrize(
    ("typed", "cubic_metres", "shown"),
    [
        ("6,000", "6", "6"),
        ("207.837", "207.837", "207,837"),
        ("-13,9", "-13.9", "−13,900"),
        ("1 234,5", "1234.5", "1234,500"),
        ("0", "0", "0"),
        ("999999999.999", "999999999.999", "999999999,999"),
    ],
)
def test_a_volume_is_read_and_shown(typed: str, cubic_metres: str, shown: str) -> None:
    volume = Volume.parse(typed)
    assert volume == Volume(Decimal(cubic_metres))
    assert str(volume) == shown


@pytest.mark.parametrize("typed", ["", "1,2345", "1e3", "+1", "--1", "1,", ",1", "NaN", "٣", "1" * 10, "м³"])
def test_what_is_no_volume_is_refused(typed: str) -> None:
    with pytest.raises(VolumeMalformed):
        Volume.parse(typed)


@pytest.mark.parametrize("typed", ["06928", "6928", " 6 928 ", "6928,4", "6928.412", "6928,", "0000006928"])
def test_a_dial_is_read_however_it_is_typed(typed: str) -> None:
    assert DialValue.parse(typed, 5) == DialValue(6928)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-1", "+1", "100000", "1e3", "12a", "12,3456", "1,2,3", "６９２８", "٦٩٢٨", "1" * 4000, "½"],
)
def test_what_is_no_dial_is_refused_with_its_capacity(typed: str) -> None:
    with pytest.raises(ReadingMalformed) as raised:
        DialValue.parse(typed, 5)
    assert (raised.value.field, raised.value.facts) == ("value", {"capacity": 5})


@pytest.mark.parametrize(
    ("value", "capacity", "shown"),
    [
        (6928, 5, "06\u00a0928"),
        (0, 5, "00\u00a0000"),
        (99999999, 8, "99\u00a0999\u00a0999"),
        (1240, 4, "1\u00a0240"),
    ],
)
def test_a_dial_is_shown_with_its_zeros_in_threes(value: int, capacity: int, shown: str) -> None:
    assert DialValue(value).shown(capacity) == shown


def test_digits_are_grouped_from_the_right() -> None:
    assert [grouped("1" * n).count("\u00a0") for n in range(8)] == [0, 0, 0, 0, 1, 1, 1, 2]
