"""Whatever a letter's bytes are, reading it ends soon and small."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from cabinet.domain.documents import by_magic
from cabinet.domain.html_text import text_of_html
from cabinet.domain.pin_letters import (
    Lack,
    PinLetter,
    find_accounts,
    find_address,
    find_phone,
    understand,
)
from cabinet.domain.pin_requests import DocumentKind
from cabinet.domain.received_letters import MOST_BYTES, MOST_TEXT, Fault, read_head, read_letter
from tests import hostile_letters as letters

PATTERN = r"\d{12}"


def asked(raw: bytes) -> PinLetter | None:
    letter = read_letter(raw)
    return None if letter.head.automatic or not letter.head.sender else understand(letter, PATTERN)


@pytest.mark.parametrize("name", letters.REQUESTS)
def test_a_request_in_an_odd_shape_is_understood(name: str) -> None:
    found = asked(letters.REQUESTS[name]())
    assert found
    assert (found.account, found.phone, found.lacks) == (letters.ACCOUNT, "+79127451020", ())
    assert found.address.startswith("г. Ижевск, ул. Песочная, д. 86")
    assert len(found.files) == 1
    assert by_magic(found.files[0].content)


@pytest.mark.parametrize("name", letters.LACKING)
def test_what_is_missing_is_told(name: str) -> None:
    found = asked(letters.LACKING[name]())
    assert found
    assert found.lacks


@pytest.mark.parametrize("name", letters.NOT_REQUESTS)
def test_what_is_no_request_is_left_alone(name: str) -> None:
    assert asked(letters.NOT_REQUESTS[name]()) is None


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("zip bomb", (Lack.DOCUMENT, Lack.ARCHIVE)),
        ("winmail.dat", (Lack.DOCUMENT, Lack.WINMAIL)),
        ("a program", (Lack.DOCUMENT, Lack.KIND)),
        ("a letter inside a letter inside the letter", (Lack.DOCUMENT, Lack.KIND)),
        ("a forwarded letter with five hundred parts", (Lack.LETTER_COMPLEX,)),
        ("two accounts", (Lack.ACCOUNTS,)),
        ("no address and no phone", (Lack.ADDRESS, Lack.PHONE)),
        ("four files", (Lack.FILES,)),
        ("500 files", (Lack.LETTER_COMPLEX,)),
    ],
)
def test_it_is_told_by_its_name(name: str, lacks: tuple[Lack, ...]) -> None:
    found = asked(letters.LACKING[name]())
    assert found
    assert found.lacks == lacks


WORST: dict[str, Callable[[], bytes]] = {
    "lines": lambda: b"From: a@b.ru\r\n\r\n" + b"\n" * 690_000,
    "nested, with lines": lambda: (
        b"From: a@b.ru\r\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(19)
        )
        + b"\n" * 600_000
    ),
    "one line": lambda: b"From: a@b.ru\r\n\r\n" + b"a" * (MOST_BYTES - 100),
    "beyond ASCII": lambda: b"From: a@b.ru\r\n\r\n" + (b"\xc0" * 70 + b"\r\n") * (MOST_BYTES // 73),
    "a file": lambda: letters.good(files={"a.jpg": letters.PHOTO + bytes(18_000_000)}),
}


@pytest.mark.parametrize("name", WORST)
def test_reading_the_worst_letters_takes_seconds_of_the_processor(name: str) -> None:
    raw = WORST[name]()
    began = time.process_time()
    letter = read_letter(raw)
    assert time.process_time() - began < 15
    assert len(letter.text) <= MOST_TEXT


def test_reading_takes_a_few_times_the_size_of_the_letter() -> None:
    raw = letters.good(files={"a.jpg": letters.PHOTO + bytes(3_000_000)})
    tracemalloc.start()
    read_letter(raw)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 6 * len(raw)


def test_a_letter_that_is_too_large_is_not_looked_into() -> None:
    letter = read_letter(letters.of_size(MOST_BYTES + 1))
    assert letter.faults == {Fault.LARGE}
    assert (letter.text, letter.files, letter.head.sender) == ("", (), letters.ANNA)


def test_the_head_alone_tells_who_writes() -> None:
    head = read_head(
        letters.good(Authentication_Results="mx.example.ru; spf=pass; dkim=fail (bad) ; dmarc=none")
    )
    assert (head.sender, head.subject) == (letters.ANNA, "Запрос пин-кода")
    assert (head.authenticator, head.authentication) == ("mx.example.ru", "dkim=fail dmarc=none spf=pass")
    assert not head.automatic


def test_only_the_topmost_verdict_counts() -> None:
    forged = letters.good().replace(
        b"From:",
        b"Authentication-Results: mx; dkim=fail\r\nAuthentication-Results: mx; dkim=pass\r\nFrom:",
        1,
    )
    assert read_head(forged).authentication == "dkim=fail"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("л/с 370000015838", "370000015838"),
        ("Л/С № 3700 0001 5838", "370000015838"),
        ("лс: 3700-0001-5838.", "370000015838"),
        ("лицевой счёт 370000015838,", "370000015838"),
        ("Номер лицевого счета — 3700 00015838 тел 89127451020", "370000015838"),
        ("370000015838", "370000015838"),
        ("счёт 370000015838 89127451020", "370000015838"),
        ("ИНН 183100000000\nл/с 370000015838", "370000015838"),
    ],
)
def test_an_account_is_found_however_it_is_written(said: str, number: str) -> None:
    assert find_accounts(said, PATTERN) == [number]


@pytest.mark.parametrize("said", ["", "л/с", "л/с 37000001583", "л/с 3700000158381", "тел. 8 912 745 10 20"])
def test_no_account_is_found_where_there_is_none(said: str) -> None:
    assert find_accounts(said, PATTERN) == []


@pytest.mark.parametrize(
    "said",
    [
        "+7 912 745-10-20",
        "8(912)7451020",
        "тел.89127451020",
        "моб. 9127451020;",
        "8-912-745-10-20 (Анна)",
        "+7 (912) 745 10 20",
    ],
)
def test_a_phone_is_found_however_it_is_written(said: str) -> None:
    assert find_phone(said) == "+79127451020"


@pytest.mark.parametrize("said", ["", "370000015838", "8 3412 45-10-20", "99127451020123"])
def test_no_phone_is_found_where_there_is_none(said: str) -> None:
    assert find_phone(said) == ""


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Мой адрес: Ижевск, Песочная 86-12", "Ижевск, Песочная 86-12"),
        ("прошу пин-код по адресу г. Ижевск, ул. Песочная, д. 86", "г. Ижевск, ул. Песочная, д. 86"),
        ("улица Песочная, дом 86, кв 12", "улица Песочная, дом 86, кв 12"),
        ("Адрес: " + "д" * 500 + ", 1", "д" * 240),
        ("Адрес эл. почты: anna@example.ru", ""),
        ("", ""),
    ],
)
def test_an_address_is_found(said: str, address: str) -> None:
    assert find_address(said) == address


def test_the_document_is_known_by_its_words_or_its_name() -> None:
    found = asked(letters.good(words=letters.WORDS.replace("Скан паспорта приложен.", "")))
    assert found
    assert found.document is DocumentKind.PASSPORT
    found = asked(letters.good(words=letters.WORDS + "Поквартирная карточка", files={"a.jpg": letters.PHOTO}))
    assert found
    assert found.document is DocumentKind.HOUSEHOLD_CARD
    plain = letters.WORDS.replace("Скан паспорта приложен.", "")
    found = asked(letters.good(words=plain, files={"a.jpg": letters.PHOTO}))
    assert found
    assert found.document is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<br>b", "a\nb"),
        ("<p>a</p><p>b&amp;&nbsp;c</p>", "a\nb& c"),
        ("<script>x</script>y<style>z", "y"),
        ("a < b", "a < b"),
        ("<!-- x -->y", "y"),
        ("<scrip\0t>x", "x"),
    ],
)
def test_the_words_of_html(markup: str, text: str) -> None:
    assert text_of_html(markup) == text
