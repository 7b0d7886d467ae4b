import pytest

from cabinet.domain.errors import InputError
from cabinet.domain.passwords import (
    PasswordCommon,
    PasswordLikeLogin,
    PasswordLong,
    PasswordShort,
    checked,
    keys_pressed,
)

MAIL, PHONE = "anna.petrova@example.ru", "+79127451020"


@pytest.mark.parametrize(
    "password",
    [
        "мама мыла раму",
        "12345679",
        "пробел внутри",
        "🎄🎄🎁🎁🎅🎅❄❄",
        "abcabcab",
        " 8 знаков ",
        "x" * 3 + "yzxyzxyz",
        "Aя1" * 85,
    ],
)
def test_a_phrase_of_eight_signs_is_enough(password: str) -> None:
    assert checked(password, MAIL) == password


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("", PasswordShort),
        ("семь зн", PasswordShort),
        ("é" * 7, PasswordShort),
        ("мама мыла раму " * 18, PasswordLong),
        ("11111111", PasswordCommon),
        ("12121212", PasswordCommon),
        ("12345678", PasswordCommon),
        ("qwertyui", PasswordCommon),
        ("ЙЦУКЕНГШ", PasswordCommon),
        ("anna.petrova@example.ru", PasswordLikeLogin),
        ("Anna.Petrova1", PasswordLikeLogin),
        ("a.petrova@ex", PasswordLikeLogin),
        ("my anna.petrova@example.ru", PasswordLikeLogin),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, error: type[InputError]) -> None:
    with pytest.raises(error) as raised:
        checked(password, MAIL)
    assert raised.value.field == "password"


@pytest.mark.parametrize(
    "password", ["9127451020", "89127451020", "79127451020", "+79127451020", "тел 9127451020"]
)
def test_ones_own_phone_is_no_password_however_it_is_written(password: str) -> None:
    with pytest.raises(PasswordLikeLogin):
        checked(password, PHONE)


def test_the_limits_are_told_and_signs_are_counted_composed() -> None:
    with pytest.raises(PasswordShort) as short:
        checked("й" * 3, MAIL)
    assert short.value.facts == {"least": 8}
    with pytest.raises(PasswordLong) as long:
        checked("яблоко" * 50, MAIL)
    assert long.value.facts == {"most": 256}
    assert checked("е\u0308лка-ёлка", MAIL) == "ёлка-ёлка"
    with pytest.raises(PasswordShort):
        checked("е\u0308" * 7, MAIL)


def test_a_short_local_part_may_be_within_a_password() -> None:
    assert checked("Иван и анна", "анна@example.ru")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Пароль123", "gfhjkm123"),
        ("ЙЦУКЕН", "qwerty"),
        ("зфыыцщкв", "password"),
        ("Ёж", "`;"),
        ("и\u0306ё", "q`"),
        ("Qwerty!", "qwerty!"),
    ],
)
def test_one_password_is_the_same_keys_in_either_layout(text: str, keys: str) -> None:
    assert keys_pressed(text) == keys
