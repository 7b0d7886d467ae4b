import string

from hypothesis import assume, given
from hypothesis import strategies as st

from cabinet.domain import pins
from cabinet.domain.identity import Login, LoginKind, LoginMalformed, account_number, serial_key
from cabinet.domain.passwords import (
    PasswordCommon,
    PasswordLikeLogin,
    PasswordLong,
    PasswordShort,
    checked,
)
from cabinet.domain.pins import as_typed, comparable, normalised

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
_SPACES = " \u00a0\u202f\t"
_CYRILLIC = str.maketrans("ABEKMHOPCTYXaeopcyxkmtbh", "АВЕКМНОРСТУХаеорсухкмтвн")
typed = st.text(string.ascii_letters + string.digits + _RUSSIAN + "-./" + _SPACES, max_size=30)
pin_texts = st.text(pins.ALPHABET, min_size=1, max_size=20)
phones = st.integers(9_000_000_000, 9_999_999_999).map(str)
locals_ = st.text(string.ascii_letters + string.digits + "._+'-", min_size=1, max_size=64)
labels = st.text(string.ascii_lowercase + string.digits + "абвгдежя", min_size=1, max_size=12)


@given(st.text(max_size=60))
def test_any_text_is_a_login_or_is_refused_and_a_login_stays_itself(text: str) -> None:
    try:
        login = Login.parse(text)
    except LoginMalformed:
        return
    assert Login.parse(login.value) == login


@given(phones, st.sampled_from(["", "7", "+7", "8"]), st.lists(st.integers(0, 10), max_size=5), st.data())
def test_a_phone_survives_any_spacing(phone: str, code: str, places: list[int], data: st.DataObject) -> None:
    signs = list(phone)
    for place in places:
        signs.insert(place, data.draw(st.sampled_from([" ", "-", "(", ")", "\u00a0", "–"])))
    login = Login.parse(code + "".join(signs))
    assert login == Login(LoginKind.PHONE, f"+7{phone}")
    assert Login.parse(login.shown) == login
    assert phone[3:8] not in login.masked


@given(locals_, st.lists(labels, min_size=2, max_size=4))
def test_an_email_is_itself_in_any_case_and_its_shown_form_reads_back(local: str, host: list[str]) -> None:
    address = f"{local}@{'.'.join(host)}"
    login = Login.parse(address)
    assert login.value.isascii()
    assert Login.parse(login.value) == Login.parse(login.shown) == login
    assert Login.parse(f" {address.upper()} ") == login
    assert login.masked.startswith(f"{local[0].lower()}•••@")


@given(
    st.integers(0, 10**12 - 1), st.lists(st.tuples(st.integers(0, 12), st.sampled_from([*_SPACES, "-", "–"])))
)
def test_an_account_number_survives_any_spacing(number: int, noise: list[tuple[int, str]]) -> None:
    signs = list(f"{number:012d}")
    for place, sign in noise:
        signs.insert(place, sign)
    assert account_number("".join(signs)) == f"{number:012d}"
    assert account_number(account_number("".join(signs))) == f"{number:012d}"


@given(typed)
def test_normal_forms_stay_themselves(text: str) -> None:
    assert serial_key(serial_key(text)) == serial_key(text)
    assert normalised(normalised(text)) == normalised(text)
    assert as_typed(as_typed(text)) == as_typed(text)


@given(typed)
def test_case_layout_and_spaces_make_no_difference(text: str) -> None:
    for form in (serial_key, normalised):
        assert form(text.upper()) == form(text.lower()) == form(text)
        assert form(text.translate(_CYRILLIC)) == form(text)
        assert form("".join(text.split())) == form(text)


@given(pin_texts, st.data())
def test_a_pin_is_found_under_capitals_russian_letters_and_spaces(pin: str, data: st.DataObject) -> None:
    signs = [
        data.draw(
            st.sampled_from([c, c.upper(), c.translate(_CYRILLIC), c.upper().translate(_CYRILLIC), c + " "])
        )
        for c in pin
    ]
    assert normalised("".join(signs)) == pin


@given(pin_texts, pin_texts)
def test_different_pins_stay_different(one: str, other: str) -> None:
    assume(one != other)
    assert normalised(one) != normalised(other)


@given(st.text(max_size=100))
def test_no_text_breaks_a_comparison(text: str) -> None:
    secret = comparable(normalised(text))
    assert secret in {"", normalised(text)}
    assert len(secret.encode()) <= 72
    assert serial_key(text) == serial_key(f" {text} ")


@given(st.text(max_size=300), st.text(max_size=40))
def test_a_password_that_is_taken_is_within_the_limits_and_stays_itself(password: str, login: str) -> None:
    try:
        kept = checked(password, login)
    except (PasswordShort, PasswordLong, PasswordCommon, PasswordLikeLogin):
        return
    assert 8 <= len(kept) <= 256
    assert checked(kept, login) == kept
