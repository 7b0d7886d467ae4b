"""What a request may say, where it may go, and how a typed address compares with the register's."""

from datetime import date, timedelta

import pytest

from cabinet.domain import pin_requests
from cabinet.domain.pin_requests import (
    TRANSITIONS,
    AddressMissing,
    CardDateMalformed,
    EmailMalformed,
    Match,
    PhoneMalformed,
    RequestMoved,
    RequestStatus,
    compare_address,
    month_after,
    moved,
    parse_address,
    parse_card_date,
)

REGISTER = ("г. Ижевск", "ул. Песочная", "86", "12")


@pytest.mark.parametrize(
    "typed",
    [
        "г. Ижевск, ул. Песочная, д. 86, кв. 12", "Ижевск Песочная 86-12", "УР, г.ИЖЕВСК, улица песочная 86 / 12",
        "426000, Удмуртская Республика, Ижевск, ул.Песочная,д.86,кв.12", "ижевск песочная 086, 12",
        "Ижевск, Индустриальный р-н, Песочная ул., дом № 86, кв. № 12", "Ижевск г, Песочная ул, 86, 12",
        "Россия, Удмуртская респ., г. Ижевск, Первомайский район, ул. Песочная, д.86 кв 12",
    ],
)  # fmt: skip
def test_the_same_address_however_it_is_typed(typed: str) -> None:
    assert compare_address(typed, *REGISTER) is Match.SAME


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Ижевск",
        "Ижевск, Песочная 86",
        "Ижевск, Песочная 8612",
        "Ижевск, Песочная 12-86",
        "Ижевск, Песчаная 86-12",
        "Воткинск, Песочная 86-12",
        "Ижевск, Песочная 86г-12",
        "Ижевск, Песочная 86 Г, 12",
        "Ижевск, Песочная 86-д-12",
        "Ижевск, Песочная 86Д 12",
        "Ижевск, Песочная 86с, кв. 12",
        "Ижевск, Песочная 86к2-12",
        "Ижевск, Песочная 86 корп. 2 кв. 12",
        "Ижевск, Песочная 86 стр. 1, 12",
        "Ижевск, Песочная 86/2-12",
        "Ижевск, Песочная 86-12а",
        "Ижевск, Песочная 1, 86-12",
        "Ижевск, Новая Песочная 86-12",
        "Ижевск, 2-я Песочная 86-12",
        "Ижевск, Песочная 86, 2, 12",
    ],
)
def test_another_address(typed: str) -> None:
    assert compare_address(typed, *REGISTER) is Match.DIFFERS


def test_letters_of_houses_and_yo_count_and_do_not() -> None:
    assert compare_address("ижевск, ул. Королева 7А", "Ижевск", "ул. Королёва", "7а", "") is Match.SAME
    assert compare_address("ижевск, ул. Королева 7б", "Ижевск", "ул. Королёва", "7а", "") is Match.DIFFERS
    assert compare_address("Ижевск") is Match.UNKNOWN


@pytest.mark.parametrize(
    ("house", "same", "other"),
    [
        ("86Д", ("86д", "86 Д", "д. 86-д"), ("86", "86г", "д 86")),
        ("86г", ("86 г", "дом 86Г"), ("86", "86 ш")),
        ("86 к. 2", ("86к2", "86 корп 2", "д.86, корпус № 2", "86 к 2"), ("86", "86-2", "86/2", "86 с 2")),
        ("86/2", ("86 / 2", "д. 86/2"), ("86", "86, кв. 2", "86-2", "86к2")),
        ("5 стр. 1", ("5с1", "5, строение 1"), ("5", "5к1", "5-1")),
    ],
)
def test_a_house_is_its_number_its_letter_its_block_and_its_stroke(
    house: str, same: tuple[str, ...], other: tuple[str, ...]
) -> None:
    for typed, match in [*((x, Match.SAME) for x in same), *((x, Match.DIFFERS) for x in other)]:
        assert compare_address(f"Ижевск, Песочная, {typed}", "Ижевск", "Песочная", house, "") is match, typed


def test_numbered_streets_and_quarters() -> None:
    for typed in ("Ижевск, 9 Января 5-12", "г. Ижевск, ул. 9 Января, д. 5, кв. 12"):
        assert compare_address(typed, "г. Ижевск", "ул. 9 Января", "5", "12") is Match.SAME
    assert (
        compare_address("УР, Воткинск, Удмуртская 88-77", "г. Воткинск", "ул. Удмуртская", "88", "77")
        is Match.SAME
    )
    assert (
        compare_address("УР, Воткинск, Ленина 88-77", "г. Воткинск", "ул. Удмуртская", "88", "77")
        is Match.DIFFERS
    )
    assert compare_address("Воткинск, мкр. 5, д. 12", "г. Воткинск", "5 мкр", "12", "") is Match.SAME
    assert (
        compare_address("с. Завьялово, 1-й пер., 3", "Завьяловский р-н, с. Завьялово", "1-й пер", "3", "")
        is Match.SAME
    )


@pytest.mark.parametrize("text", ["", " ", "12345", "\0\u202e", "я" * 241, "…"])
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(AddressMissing):
        parse_address(text)


def test_an_address_is_one_line() -> None:
    assert parse_address(" Ижевск,\r\n\tПесочная\u202e 86 ") == "Ижевск, Песочная 86"


def test_a_telephone_is_no_address_and_the_other_way_round() -> None:
    with pytest.raises(PhoneMalformed):
        pin_requests.parse_phone("anna@mail.ru")
    with pytest.raises(PhoneMalformed):
        pin_requests.parse_phone("112")
    with pytest.raises(EmailMalformed):
        pin_requests.parse_email("+7 912 000-00-00")
    with pytest.raises(EmailMalformed):
        pin_requests.parse_email("anna@")


@pytest.mark.parametrize("text", ["2026-11-01", "01.11.2026", " 1.11.2026 "])
def test_a_day_as_people_and_browsers_write_it(text: str) -> None:
    assert parse_card_date(text) == date(2026, 11, 1)


@pytest.mark.parametrize(
    "text", ["", "вчера", "31.02.2026", "2026-13-01", "01.11.26", "0000-01-01", "٢٠٢٦-١١-٠١", "9" * 50]
)
def test_a_day_that_is_none(text: str) -> None:
    with pytest.raises(CardDateMalformed):
        parse_card_date(text)


def test_a_month_later_is_the_same_day_or_the_last() -> None:
    day = date(2026, 1, 1)
    while day.year < 2029:
        later = month_after(day)
        assert (later.month - day.month) % 12 == 1
        assert later.day == day.day or ((later + timedelta(days=1)).day == 1 and later.day < day.day)
        day += timedelta(days=1)
    assert month_after(date.max) == date.max


def test_only_ways_of_the_table_are_open() -> None:
    for here in RequestStatus:
        for there in RequestStatus:
            if there in TRANSITIONS[here]:
                assert moved(here, there) is there
            else:
                with pytest.raises(RequestMoved):
                    moved(here, there)
    assert not any(RequestStatus.DRAFT in ways for ways in TRANSITIONS.values())
