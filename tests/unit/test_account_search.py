"""What people say at a counter becomes a key that an index knows."""

import pytest

from cabinet.domain.account_search import Query, SearchShort, address_key, is_named, name_key, parse


@pytest.mark.parametrize(
    ("typed", "number"),
    [("3700 0001 5838", "370000015838"), ("37", "37"), (" 3700-0001 ", "37000001"), ("№ 3700", "3700")],
)
def test_digits_are_a_number(typed: str, number: str) -> None:
    assert parse(typed) == Query(number, ())


@pytest.mark.parametrize(
    ("typed", "words", "address"),
    [
        ("ул. Песочная, д. 86, кв. 12", ("ул", "песочная", "д", "86", "кв", "12"), ("песочная", "86", "12")),
        ("Песочная 86-12", ("песочная", "86", "12"), ("песочная", "86", "12")),
        ("ЁЛКИН Пётр", ("елкин", "петр"), ("елкин", "петр")),
        ("ул", ("ул",), ("ул",)),
        ("9 Января 86А", ("9", "января", "86а"), ("9", "января", "86а")),
    ],
)
def test_anything_else_is_words(typed: str, words: tuple[str, ...], address: tuple[str, ...]) -> None:
    query = parse(typed)
    assert (query.number, query.words, query.address) == ("", words, address)


@pytest.mark.parametrize("typed", ["", " ", "а", "7", "%_", "…", "\0", "_" * 500])
def test_less_than_two_letters_is_too_little(typed: str) -> None:
    with pytest.raises(SearchShort):
        parse(typed)


def test_keys_are_built_as_questions_are() -> None:
    assert name_key("Ёлкин-Берг", "Пётр", "") == "елкин берг петр"
    assert address_key("г. Ижевск", "ул. Труда", "5", "3") == "труда 5 3 ижевск"
    assert address_key("с. Ёлово", "ул.", "1", "") == "ул 1 елово"
    assert len(address_key("я" * 120, "ю" * 120, "1" * 24, "2" * 24)) <= 320
    assert len(name_key("я" * 80, "я" * 80, "я" * 80)) <= 250


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("", True),
        ("меж", True),
        ("ИЖЕВСК меж", True),
        ("удм", True),
        ("газ", False),
        ("межрегионгаз киров", False),
        ("Ижевскъ", False),
        ("%", True),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_words(typed: str, named: bool) -> None:
    assert is_named(typed, "Межрегионгаз Ижевск Удмуртская Республика") is named
