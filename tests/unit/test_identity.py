import pytest

from cabinet.domain.identity import (
    AccountNumberMalformed,
    Login,
    LoginKind,
    LoginMalformed,
    account_number,
    latinised,
    masked_address,
    serial_key,
    spaced_number,
)


@pytest.mark.parametrize(
    "typed",
    [
        "+7(912)745-10-20",
        "8 912 745-10-20",
        "89127451020",
        "79127451020",
        "9127451020",
        "+7 912 745 10 20",
        " 8-912-745-10-20 ",
        "8 (912) 745–10—20",
        "8\u00a0912\u00a0745\u201110\u201120",
        "+７９１２７４５１０２０",
        "912.745.10.20",
    ],
)
def test_a_phone_is_one_however_it_is_written(typed: str) -> None:
    assert Login.parse(typed) == Login(LoginKind.PHONE, "+79127451020")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.ru", "anna@example.ru"),
        (" Anna.Petrova+gas@Example.RU ", "anna.petrova+gas@example.ru"),
        ("Анна@Почта.рф", "анна@xn--80a1acny.xn--p1ai"),
        ("a@xn--80a1acny.xn--p1ai", "a@xn--80a1acny.xn--p1ai"),
        ("a@example.ru.", "a@example.ru"),
        ("STRASSE@ex-ample.de", "strasse@ex-ample.de"),
        ("Straße@example.de", "straße@example.de"),
        ("STRAẞE@example.de", "straße@example.de"),
        ("ß" * 40 + "@example.ru", "ß" * 40 + "@example.ru"),
        ("anna@Straße.de", "anna@xn--strae-oqa.de"),
        ("anna@STRAẞE.de", "anna@xn--strae-oqa.de"),
        ("anna@strasse.de", "anna@strasse.de"),
        ("anna@βόλος.com", "anna@xn--nxasmm1c.com"),
        ("anna@ﬁß。de", "anna@xn--fi-hia.de"),
        ("o'neil@example.ie", "o'neil@example.ie"),
        ("a＠example.ru", "a@example.ru"),
    ],
)
def test_an_email_is_kept_in_small_letters_with_a_domain_of_letters_digits_and_hyphens(
    typed: str, kept: str
) -> None:
    assert Login.parse(typed) == Login(LoginKind.EMAIL, kept)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "anna", "8912745102", "891274510200", "84951234567", "+1 912 745 10 20", "٩١٢٧٤٥١٠٢٠",
        "anna@", "@example.ru", "anna@example", "an na@example.ru", "anna@exa mple.ru", "a@b@example.ru",
        "anna@-example.ru", "anna@example-.ru", "anna@example..ru", "anna@exa_mple.ru", "anna@.ru",
        "a" * 65 + "@example.ru", "a@" + "b" * 64 + ".ru", "a@" + ".".join(["b" * 60] * 5),
        "a\0@example.ru", "a\n@example.ru", "a,b@example.ru", "<a@example.ru>", '"a"@example.ru', "a\ud800@example.ru",
        "a@\ud800.ru", "a@ß" + "b" * 60 + ".ru", "a@ß\u202e.ru", "a@ß<b.ru",
    ],
)  # fmt: skip
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(LoginMalformed) as raised:
        Login.parse(typed)
    assert raised.value.field == "login"


@pytest.mark.parametrize(
    ("typed", "masked", "shown"),
    [
        ("89127451020", "+7 912 •••-••-20", "+7 912 745-10-20"),
        ("Irina@mail.ru", "i•••@mail.ru", "irina@mail.ru"),
        ("а@почта.рф", "а•••@почта.рф", "а@почта.рф"),
        ("a@xn--a.ru", "a•••@xn--a.ru", "a@xn--a.ru"),
        ("a@straße.de", "a•••@straße.de", "a@straße.de"),
        ("a@xn--a.почта.рф", "a•••@xn--a.почта.рф", "a@xn--a.почта.рф"),
    ],
)
def test_a_login_is_masked_for_others_and_readable_for_its_owner(typed: str, masked: str, shown: str) -> None:
    login = Login.parse(typed)
    assert (login.masked, login.shown) == (masked, shown)


@pytest.mark.parametrize(
    "typed", ["370000015838", "3700 0001 5838", "3700-0001-5838", " 3700\u00a00001–5838 "]
)
def test_an_account_number_loses_its_spaces_and_dashes(typed: str) -> None:
    assert account_number(typed) == "370000015838"


@pytest.mark.parametrize("typed", ["", "37000001583", "3700000158381", "37000001583A", "٣٧٠٠٠٠٠١٥٨٣٨"])
def test_a_number_of_another_pattern_is_refused(typed: str) -> None:
    with pytest.raises(AccountNumberMalformed):
        account_number(typed)


def test_each_supplier_has_its_own_pattern() -> None:
    assert account_number("УК 17-04", r"УК\d{4}") == "УК1704"
    with pytest.raises(AccountNumberMalformed):
        account_number("370000015838", r"УК\d{4}")


def test_a_number_is_shown_in_fours_as_on_the_bill() -> None:
    assert spaced_number("370000015838") == "3700\u00a00001\u00a05838"


@pytest.mark.parametrize("typed", ["04666666", " 0466 6666 ", "04\u00a0666\u202f666"])
def test_leading_zeros_of_a_serial_number_count_and_spaces_do_not(typed: str) -> None:
    assert serial_key(typed) == serial_key("04666666") != serial_key("4666666")


@pytest.mark.parametrize("typed", ["НВ-12К", "нв-12к", "HB-12K", "hb-12k", " HВ -12k"])
def test_a_serial_number_is_one_in_both_alphabets_and_cases(typed: str) -> None:
    assert serial_key(typed) == "hb-12k"


def test_letters_without_a_latin_twin_stay() -> None:
    assert latinised(" Шайба Ф ") == "Шaйбa Ф"


@pytest.mark.parametrize(
    ("place", "masked"),
    [
        (("г. Ижевск", "ул. Песочная", "12"), "г. Ижевск, ул. П•••••••, д. 1•"),
        (("с. Шаркан", "Труда", "117А"), "с. Шаркан, Т••••, д. 1•••"),
        (("г. Ижевск", "Красная площадь", "1"), "г. Ижевск, К••••••••••••••, д. 1•"),
        (("г. Ижевск", "пер. Я", ""), "г. Ижевск, пер. Я•, д. •"),
    ],
)
def test_an_address_shows_a_letter_and_a_digit_to_strangers(place: tuple[str, str, str], masked: str) -> None:
    assert masked_address(*place) == masked
