import pytest

from cabinet.domain import pins
from cabinet.domain.pins import as_typed, comparable, new_pin, normalised


@pytest.mark.parametrize(
    "typed", ["sarapul1", "SARAPUL1", " Sara pul1 ", "sаrаpul1", "ＳＡＲＡＰＵＬ１", "\tsarapul1\n"]
)
def test_a_pin_is_one_however_it_is_typed(typed: str) -> None:
    assert normalised(typed) == "sarapul1"


@pytest.mark.parametrize(
    ("cyrillic", "latin"), [("АВЕКМНОРСТУХ", "abekmhopctyx"), ("авекмнорстух", "abekmhopctyx")]
)
def test_look_alikes_are_mapped_in_both_cases(cyrillic: str, latin: str) -> None:
    assert normalised(cyrillic) == latin


def test_a_former_password_keeps_its_capitals_and_inner_spaces() -> None:
    assert as_typed("  Сарапул 1 ") == "Сарапул 1"
    assert as_typed("е\u0308") == "ё"


def test_a_new_pin_is_of_the_unambiguous_alphabet_and_is_its_own_normal_form() -> None:
    made = {new_pin() for _ in range(200)}
    assert len(made) == 200
    assert all(len(pin) == 8 and set(pin) <= set(pins.ALPHABET) for pin in made)
    assert all(normalised(pin.upper()) == pin for pin in made)
    assert not set("0oil") & set(pins.ALPHABET)


@pytest.mark.parametrize("secret", ["", "я" * 37, "x" * 73, "a\0b", "\ud800"])
def test_what_bcrypt_would_cut_compares_with_nothing(secret: str) -> None:
    assert comparable(secret) == ""


@pytest.mark.parametrize("secret", ["x", "я" * 36, "x" * 72])
def test_what_bcrypt_reads_whole_is_compared(secret: str) -> None:
    assert comparable(secret) == secret
