"""What a register's header and lines must be, and how its file is read."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cabinet.domain.register_lines import COLUMNS, Layout, Rules
from cabinet.domain.registers import (
    Encoding,
    Fault,
    LineRefused,
    RegisterColumnsMissing,
    RegisterColumnsRepeated,
    RegisterColumnsUnknown,
    RegisterEmpty,
    RegisterKind,
    RegisterNotText,
    RegisterUnreadable,
)
from cabinet.services import register_files
from cabinet.services.register_files import LONGEST_LINE, FileFacts, examine, read_lines
from cabinet.texts.registers import FAULTS
from tests.register_files import ACCOUNTS, CHARGES, GOOD, PAYMENTS, read_line, text_of

RULES = Rules(r"\d{12}", date(2027, 11, 20))


def read(kind: RegisterKind, **changed: str) -> dict[str, Any]:
    header, line, _ = text_of(kind, changed).split("\n")
    return read_line(Layout.of_header(kind, header, RULES), line)


def test_a_line_of_accounts_says_all_it_can() -> None:
    values = read(ACCOUNTS)
    assert values == GOOD[ACCOUNTS] | {
        "area_m2": "54.30000", "residents": 2, "meter_capacity": 5, "verification_due_on": "2033-04-20",
        "thermo_compensated": 1, "last_reading": 6928, "balance": 28220, "middle_name": None, "region": None, "first_name": None,
        "legacy_password_bcrypt": None,
    }  # fmt: skip


def test_a_line_of_charges_says_all_it_can() -> None:
    values = read(CHARGES, reading_from="-", recalculation="", coefficient="-")
    assert values == GOOD[CHARGES] | {
        "reading_from": None, "reading_to": 6928, "coefficient": "1.00000", "volume_m3": "34.00000",
        "price": "8.30000", "amount": 28220, "recalculation": 0, "penalty": 110, "opening": 10000, "paid": 10000,
        "closing": 28330,
    }  # fmt: skip


def test_a_line_of_payments_says_all_it_can() -> None:
    assert read(PAYMENTS, reading="6928") == GOOD[PAYMENTS] | {"amount": 4878, "reading": 6928}


def test_tomorrow_and_the_next_month_are_believed() -> None:
    assert read(ACCOUNTS, last_reading_on="21.11.2027")["last_reading_on"] == "2027-11-21"
    assert read(PAYMENTS, paid_on="2027-11-21")["paid_on"] == "2027-11-21"
    assert read(CHARGES, period="2027-12")["period"] == "2027-12"


def test_an_izhku_is_held_against_the_els_that_stands_beside_it_only() -> None:
    assert read(ACCOUNTS, els="-")["izhku"] == "95АД600861-01"
    assert read(ACCOUNTS, izhku="-")["els"] == "95АД600861"


def test_every_line_of_a_block_is_read_by_itself() -> None:
    header, *lines = text_of(
        PAYMENTS, {}, {"amount": "?"}, {"reading": "1"}, {"amount": "5", "reading": "x"}
    ).split("\n")
    found = Layout.of_header(PAYMENTS, header, RULES).read([*lines[:-1], "nul\0", lines[0]])
    assert found.places == [0, 2, 5]
    assert found.columns["reading"] == [None, 1, None]
    faults = {place: (refused.column, refused.fault) for place, refused in found.refused.items()}
    assert faults == {
        1: ("amount", Fault.MONEY),
        3: ("reading", Fault.WHOLE),
        4: ("-", Fault.UNREADABLE),
    }


@pytest.mark.parametrize("minus", ["-", "−"])
def test_money_is_whole_kopecks_with_its_sign(minus: str) -> None:
    texts = {
        "0,5": 50,
        f"{minus}0.05": -5,
        f"{minus}12": -1200,
        "1 234,50": 123450,
        "282.2 ₽": 28220,
        "+7": 700,
    }
    for text, kopecks in texts.items():
        assert read(PAYMENTS, amount=text)["amount"] == kopecks


def test_more_values_than_are_remembered_are_read_all_the_same() -> None:
    lines = [f"370000000001;2026-10-14;{n}.01;post;{n};-" for n in range(40_000)]
    found = Layout.of_header(PAYMENTS, ";".join(GOOD[PAYMENTS]), RULES).read(lines)
    assert found.columns["amount"] == [n * 100 + 1 for n in range(40_000)]


@pytest.mark.parametrize("nothing", ["", "-", " - ", "–", "—"])
def test_a_dash_or_nothing_is_unknown(nothing: str) -> None:
    names = ("last_name", "meter_serial", "last_reading", "balance", "pin_bcrypt", "usage", "area_m2")
    values = read(ACCOUNTS, **dict.fromkeys(names, nothing))
    assert [values[name] for name in names] == [None] * len(names)


def test_only_four_columns_are_needed_and_their_order_is_free() -> None:
    layout = Layout.of_header(ACCOUNTS, "house;street; account ;locality", RULES)
    values = read_line(layout, "86;ул. Песочная;3700 0000 0001;г. Ижевск")
    known = {name: value for name, value in values.items() if value is not None}
    assert known == {
        "account": "370000000001",
        "house": "86",
        "street": "ул. Песочная",
        "locality": "г. Ижевск",
    }


def test_a_quoted_field_may_hold_a_semicolon_and_quotes_inside_a_name_are_letters() -> None:
    layout = Layout.of_header(ACCOUNTS, "account;locality;street;house", RULES)
    quoted = read_line(layout, '370000000001;СНТ "Заря";"ул. ""Новая""; к. 2";1')
    assert quoted["locality"] == 'СНТ "Заря"'
    assert quoted["street"] == 'ул. "Новая"; к. 2'


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("account", "37ABC", Fault.ACCOUNT),
        ("account", "37000000000١", Fault.ACCOUNT),
        ("account", "-", Fault.REQUIRED),
        ("locality", "", Fault.REQUIRED),
        ("street", " ", Fault.REQUIRED),
        ("house", "—", Fault.REQUIRED),
        ("els", "95AD600861", Fault.ELS),
        ("izhku", "95АД600861", Fault.IZHKU),
        ("last_name", "Ы" * 81, Fault.LONG),
        ("flat", "1" * 25, Fault.LONG),
        ("area_m2", "-5", Fault.NUMBER),
        ("area_m2", "1e3", Fault.NUMBER),
        ("area_m2", "12345678", Fault.NUMBER),
        ("residents", "2.5", Fault.WHOLE),
        ("residents", "9" * 10, Fault.WHOLE),
        ("usage", "sauna", Fault.USAGE),
        ("meter_serial", "0" * 41, Fault.LONG),
        ("meter_capacity", "0", Fault.WHOLE),
        ("meter_capacity", "99", Fault.WHOLE),
        ("meter_installed_on", "20.4.2023", Fault.DATE),
        ("meter_installed_on", "0001-01-01", Fault.DATE),
        ("verification_due_on", "31.02.2027", Fault.DATE),
        ("verification_due_on", "2027-02-29", Fault.DATE),
        ("thermo_compensated", "yes", Fault.FLAG),
        ("last_reading", "100000", Fault.READING),
        ("last_reading", "-1", Fault.READING),
        ("last_reading", "12a", Fault.READING),
        ("last_reading_on", "-", Fault.REQUIRED),
        ("last_reading_on", "22.11.2027", Fault.FUTURE),
        ("izhku", "95АД600862-01", Fault.IZHKU_OTHER),
        ("meter_serial", "-", Fault.SERIAL),
        ("pin_bcrypt", "plain-pin", Fault.BCRYPT),
        ("pin_bcrypt", "$2b$31$" + "a" * 53, Fault.BCRYPT),
        ("legacy_password_bcrypt", "$2b$10$" + "a" * 52, Fault.BCRYPT),
        ("balance", "12,3,4", Fault.MONEY),
        ("balance", "10000000000000", Fault.MONEY),
        ("balance", "NaN", Fault.MONEY),
    ],
)
def test_a_bad_value_of_accounts_is_named_by_column_and_fault(column: str, value: str, fault: Fault) -> None:
    refused = refusal(ACCOUNTS, column, value)
    assert (refused.column, refused.fault) == (column, fault)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("period", "2026-13", Fault.MONTH),
        ("period", "2026-1", Fault.MONTH),
        ("period", "0001-01", Fault.MONTH),
        ("period", "2028-01", Fault.FUTURE),
        ("service", "water", Fault.SERVICE),
        ("method", "guess", Fault.METHOD),
        ("reading_to", "-1", Fault.WHOLE),
        ("coefficient", "1,1,1", Fault.NUMBER),
        ("volume_m3", "10000000", Fault.VOLUME),
        ("volume_m3", "1,0001", Fault.VOLUME),
        ("price", "0x8", Fault.NUMBER),
        ("amount", "1e3", Fault.MONEY),
        ("paid", "-", Fault.REQUIRED),
        ("closing", "0,01", Fault.UNBALANCED),
    ],
)
def test_a_bad_value_of_charges_is_named_by_column_and_fault(column: str, value: str, fault: Fault) -> None:
    refused = refusal(CHARGES, column, value)
    assert (refused.column, refused.fault) == (column, fault)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("paid_on", "2026/10/14", Fault.DATE),
        ("paid_on", "2027-11-22", Fault.FUTURE),
        ("amount", "", Fault.REQUIRED),
        ("channel", "ы" * 25, Fault.LONG),
        ("external_id", "ы" * 65, Fault.LONG),
        ("reading", "6928,4", Fault.WHOLE),
    ],
)
def test_a_bad_value_of_payments_is_named_by_column_and_fault(column: str, value: str, fault: Fault) -> None:
    refused = refusal(PAYMENTS, column, value)
    assert (refused.column, refused.fault) == (column, fault)


def refusal(kind: RegisterKind, column: str, value: str) -> LineRefused:
    with pytest.raises(LineRefused) as caught:
        read(kind, **{column: value})
    return caught.value


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("370000000001;г. Ижевск;ул. Песочная", Fault.FIELDS),
        ("370000000001;г. Ижевск;ул. Песочная;86;", Fault.FIELDS),
        ('370000000001;"г. Ижевск;ул. Песочная;86', Fault.QUOTE),
        ('370000000001;"г." Ижевск;ул. Песочная;86', Fault.QUOTE),
        ("370000000001;г. Ижевск;ул.\0Песочная;86", Fault.UNREADABLE),
        ("370000000001;г. Ижевск;ул.\ufffdПесочная;86", Fault.UNREADABLE),
        ("370000000001;г. Ижевск;ул.\rПесочная;86", Fault.UNREADABLE),
    ],
)
def test_a_broken_line_is_refused_whole(line: str, fault: Fault) -> None:
    layout = Layout.of_header(ACCOUNTS, "account;locality;street;house", RULES)
    with pytest.raises(LineRefused) as caught:
        read_line(layout, line)
    assert (caught.value.column, caught.value.fault) == ("-", fault)


def test_a_wrong_header_is_refused_by_the_names_of_its_columns() -> None:
    with pytest.raises(RegisterColumnsUnknown) as unknown:
        Layout.of_header(PAYMENTS, "account;colour;paid_on;амуунт", RULES)
    assert unknown.value.facts["columns"] == "«colour», «амуунт»"
    with pytest.raises(RegisterColumnsMissing) as missing:
        Layout.of_header(PAYMENTS, "account;paid_on", RULES)
    assert missing.value.facts["columns"] == "«amount», «channel», «external_id»"
    with pytest.raises(RegisterColumnsRepeated) as repeated:
        Layout.of_header(ACCOUNTS, "account;account;locality;street;house", RULES)
    assert repeated.value.facts["columns"] == "«account»"


@pytest.mark.parametrize("header", ["", "  ", "\t"])
def test_no_header_is_an_empty_register(header: str) -> None:
    with pytest.raises(RegisterEmpty):
        Layout.of_header(ACCOUNTS, header, RULES)


@pytest.mark.parametrize("header", ["\0\0", "PK\x03\x04", '"account', "\ufffd"])
def test_a_header_that_is_not_text_is_said_to_be_none(header: str) -> None:
    with pytest.raises(RegisterNotText):
        Layout.of_header(ACCOUNTS, header, RULES)


def test_every_fault_has_words_and_every_column_of_the_contract_is_there() -> None:
    assert set(FAULTS) == {fault.value for fault in Fault}
    assert all(len(words) <= 120 for words in FAULTS.values())
    assert [c.name for c in COLUMNS[PAYMENTS]] == list(GOOD[PAYMENTS])
    assert [c.name for c in COLUMNS[CHARGES]] == list(GOOD[CHARGES])
    assert len(COLUMNS[ACCOUNTS]) == 25


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("account;Широбоков\n".encode(), Encoding.UTF_8),
        (b"\xef\xbb\xbf" + "account;Широбоков\n".encode(), Encoding.UTF_8_BOM),
        ("account;Широбоков\r\n".encode("cp1251"), Encoding.WINDOWS_1251),
        (b"account;plain\n", Encoding.UTF_8),
        ("Широбоков;Наговицын\n".encode() + b"\xd0;damaged\n", Encoding.UTF_8),
        ("Ёлкин №1 «Газ»\n".encode("cp1251"), Encoding.WINDOWS_1251),
        (b"", Encoding.UTF_8),
    ],
)
def test_the_encoding_is_found(content: bytes, encoding: Encoding, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    facts = examine(path)
    assert (facts.encoding, facts.size) == (encoding, len(content))


def test_a_letter_cut_by_a_chunk_does_not_change_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("a" + "Ж" * (1 << 20), "utf-8")
    assert examine(path).encoding is Encoding.UTF_8


def lines_of(content: bytes, tmp_path: Path) -> list[tuple[int, str, bool]]:
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    blocks = list(read_lines(io.BytesIO(content), examine(path)))
    return [
        (block.number + place, text, place in block.cut)
        for block in blocks
        for place, text in enumerate(block.texts)
    ]


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 20])
def test_a_file_is_the_same_in_blocks_of_any_size(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "шапка\r\nодин\n\nтри\r\n".encode() + b"x" * LONGEST_LINE + "\nпять\nшесть".encode()
    monkeypatch.setattr(register_files, "BLOCK", size)
    texts = ["шапка", "один", "", "три", "x" * LONGEST_LINE, "пять", "шесть"]
    assert lines_of(content, tmp_path) == [(n + 1, text, n == 4) for n, text in enumerate(texts)]


def test_lines_are_counted_from_one_whatever_ends_them(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + "шапка\r\nодин\n\nтри\rтри".encode()
    assert lines_of(content, tmp_path) == [
        (1, "шапка", False),
        (2, "один", False),
        (3, "", False),
        (4, "три\rтри", False),
    ]


def test_a_line_of_a_megabyte_is_passed_by_and_the_next_one_is_read(tmp_path: Path) -> None:
    found = lines_of(b"header\n" + b"x" * (1 << 20) + b"\nnext\n", tmp_path)
    assert [(number, cut) for number, _, cut in found] == [(1, False), (2, True), (3, False)]
    assert len(found[1][1]) == LONGEST_LINE
    assert found[2][1] == "next"


def test_the_file_is_read_to_its_last_byte(tmp_path: Path) -> None:
    content = b"header\n" + b"x" * (3 * LONGEST_LINE)
    path = tmp_path / "register.csv"
    path.write_bytes(content)
    assert [line.end for line in read_lines(io.BytesIO(content), examine(path))][-1] == len(content)


def test_a_byte_that_windows_1251_does_not_have_spoils_only_its_line() -> None:
    content = "шапка\nодин\nдва\x98\n".encode("latin-1", "replace").replace(b"?", b"\xe4")
    facts = FileFacts("", Encoding.WINDOWS_1251, len(content))
    blocks = read_lines(io.BytesIO(content), facts)
    texts = next(blocks).texts + next(blocks).texts
    assert ["\ufffd" in text for text in texts] == [False, False, True]


def test_what_is_no_file_is_refused_in_words(tmp_path: Path) -> None:
    for path, why in (
        (tmp_path / "none.csv", "missing"),
        (tmp_path, "folder"),
        (Path("/dev/null"), "special"),
    ):
        with pytest.raises(RegisterUnreadable) as caught:
            examine(path)
        assert caught.value.facts["why"] == why
