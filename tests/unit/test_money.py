from decimal import Decimal

import pytest

from cabinet.domain.money import ZERO, Money, MoneyMalformed


@pytest.mark.parametrize(
    ("typed", "kopecks"),
    [
        ("0", 0),
        ("282,20", 28220),
        ("282.2", 28220),
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234.5", 123450),
        ("-12", -1200),
        ("−12,01", -1201),
        ("+12", 1200),
        ("282.2 ₽", 28220),
        ("282,20 руб.", 28220),
        ("999999999999,99", 99999999999999),
        ("007,5", 750),
    ],
)
def test_a_sum_is_read_as_people_and_registers_write_it(typed: str, kopecks: int) -> None:
    assert Money.parse(typed) == Money(kopecks)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "₽", "-", "1e3", "1,234,50", "1,2345", "1,234", ",5", "5,", "--5", "+-5", "0x10", "NaN", "inf",
        "١٢", "１２", "1_000", "9999999999999", "1" * 31, "12 рублей", "\0", "1;2", "\ud800",
    ],
)  # fmt: skip
def test_what_is_no_sum_is_refused(typed: str) -> None:
    with pytest.raises(MoneyMalformed):
        Money.parse(typed)


@pytest.mark.parametrize(
    ("roubles", "kopecks"),
    [("0.005", 1), ("0.004999", 0), ("1.115", 112), ("-0.005", -1), ("-0.0049", 0), ("2.675", 268)],
)
def test_halves_of_a_kopeck_round_away_from_zero(roubles: str, kopecks: int) -> None:
    assert Money.from_roubles(Decimal(roubles)) == Money(kopecks)


@pytest.mark.parametrize(
    ("kopecks", "shown"),
    [
        (0, "0,00"),
        (5, "0,05"),
        (-5, "−0,05"),
        (123450, "1\u00a0234,50"),
        (-100, "−1,00"),
        (123456789012, "1\u00a0234\u00a0567\u00a0890,12"),
    ],
)
def test_a_sum_is_shown_with_no_break_spaces_and_a_true_minus(kopecks: int, shown: str) -> None:
    assert str(Money(kopecks)) == shown


def test_sums_add_negate_compare_and_know_nothing() -> None:
    assert Money(150) - Money(200) == -Money(50)
    assert abs(Money(-50)) + Money(50) == Money(100)
    assert Money(-1) < ZERO < Money(1)
    assert not ZERO
    assert Money(-1)
    assert Money(12345).roubles == Decimal("123.45")
