"""Addresses: the same one however it is written, and no other."""

from hypothesis import assume, given
from hypothesis import strategies as st

from cabinet.domain.pin_requests import Match, compare_address

STREET = ("г. Ижевск", "ул. Песочная")
LETTERS = st.sampled_from(["", *"абвгдежзиклмнпрстуш"])
NUMBERS = st.integers(1, 300).map(str)
BLOCKS = st.one_of(st.just(""), st.builds("{} {}".format, st.sampled_from(["к.", "стр."]), st.integers(1, 9)))
HOUSES = st.builds(
    lambda number, letter, block: f"{number}{letter} {block}".strip(), NUMBERS, LETTERS, BLOCKS
)
FLATS = st.builds("{}{}".format, NUMBERS, st.sampled_from(["", "а", "б"]))
WAYS = st.sampled_from(
    [
        "г. Ижевск, ул. Песочная, д. {house}, кв. {flat}",
        "ИЖЕВСК ПЕСОЧНАЯ {house}, {flat}",
        "426000, Удмуртская Республика, Ижевск г, Песочная ул., дом № {house}, квартира {flat}",
    ]
)


@given(HOUSES, FLATS, WAYS)
def test_an_address_is_the_same_however_it_is_written(house: str, flat: str, way: str) -> None:
    typed = way.format(house=house, flat=flat)
    assert compare_address(typed, *STREET, house, flat) is Match.SAME
    assert compare_address(typed.upper(), *STREET, house.upper(), flat) is Match.SAME


@given(HOUSES, FLATS, HOUSES, FLATS, WAYS)
def test_another_house_or_flat_is_never_the_same(
    house: str, flat: str, other_house: str, other_flat: str, way: str
) -> None:
    assume((house, flat) != (other_house, other_flat))
    typed = way.format(house=other_house, flat=other_flat)
    assert compare_address(typed, *STREET, house, flat) is Match.DIFFERS


@given(HOUSES, FLATS, WAYS, st.sampled_from([*"бгдкпсшя", "1", "2", "/2", " корп. 2"]))
def test_whatever_is_added_to_a_house_makes_it_another(house: str, flat: str, way: str, more: str) -> None:
    typed = way.format(house=house + more, flat=flat)
    assert compare_address(typed, *STREET, house, flat) is Match.DIFFERS
