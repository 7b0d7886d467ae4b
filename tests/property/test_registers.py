"""Registers hold for any values and survive any bytes."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabinet.domain.errors import CabinetError
from cabinet.domain.register_lines import Layout, Rules
from cabinet.domain.registers import Encoding, Fault, LineRefused, RegisterKind
from cabinet.services.register_files import examine, read_lines
from tests.register_files import ACCOUNTS, CHARGES, read_line, text_of

RULES = Rules(r"\d{12}", date(2100, 12, 31))
kopecks = st.integers(-(10**11), 10**11)
days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
words = st.text("абвгдежзиклмнопрстуфхцчшщыьэюяЁё АБВГ№«»\"'.-0123456789", min_size=1, max_size=24)


def roubles(value: int, point: str) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 100}{point}{abs(value) % 100:02d}"


def quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


@given(
    street=words.filter(lambda w: w.strip() not in {"", "-"}),
    whole=st.tuples(st.integers(0, 10**12 - 1), kopecks, st.integers(0, 99999)),
    due=days,
    russian=st.booleans(),
)
def test_a_written_account_reads_back(
    street: str, whole: tuple[int, int, int], due: date, *, russian: bool
) -> None:
    number, balance, dial = whole
    line = {
        "account": f"{number:012d}",
        "street": quoted(street),
        "balance": roubles(balance, "," if russian else "."),
        "verification_due_on": f"{due:%d.%m.%Y}" if russian else due.isoformat(),
        "last_reading": f"{dial:05d}",
    }
    header, text, _ = text_of(ACCOUNTS, line).split("\n")
    values = read_line(Layout.of_header(ACCOUNTS, header, RULES), text)
    assert values["account"] == f"{number:012d}"
    assert values["street"] == " ".join(street.split())
    assert values["balance"] == balance
    assert values["verification_due_on"] == due.isoformat()
    assert values["last_reading"] == dial


@given(
    sums=st.tuples(kopecks, kopecks, kopecks, kopecks, kopecks),
    off=st.integers(-500, 500),
    volume=st.decimals(0, 9999, places=3),
)
def test_a_charge_is_taken_only_when_it_balances(
    sums: tuple[int, int, int, int, int], off: int, volume: Decimal
) -> None:
    opening, amount, penalty, recalculation, paid = sums
    closing = opening + amount + penalty + recalculation - paid + off
    line = {
        "opening": roubles(opening, ","),
        "amount": roubles(amount, ","),
        "penalty": roubles(penalty, ","),
        "recalculation": roubles(recalculation, ","),
        "paid": roubles(paid, ","),
        "closing": roubles(closing, ","),
        "volume_m3": str(volume).replace(".", ","),
    }
    header, text, _ = text_of(CHARGES, line).split("\n")
    layout = Layout.of_header(CHARGES, header, RULES)
    if off:
        with pytest.raises(LineRefused) as caught:
            read_line(layout, text)
        assert (caught.value.column, caught.value.fault) == ("closing", Fault.UNBALANCED)
    else:
        values = read_line(layout, text)
        assert Decimal(values["volume_m3"]) == volume
        assert values["closing"] == closing


@given(kind=st.sampled_from(RegisterKind), line=st.text(max_size=200))
def test_any_line_is_read_or_refused(kind: RegisterKind, line: str) -> None:
    layout = Layout.of_header(kind, text_of(kind).split("\n")[0], RULES)
    with pytest.raises(LineRefused):
        read_line(layout, line)


@given(kind=st.sampled_from(RegisterKind), fields=st.data())
def test_any_fields_are_read_or_refused_in_a_column_of_the_register(
    kind: RegisterKind, fields: st.DataObject
) -> None:
    header, good, _ = text_of(kind, {}).split("\n")
    values = good.split(";")
    place = fields.draw(st.integers(0, len(values) - 1))
    values[place] = quoted(fields.draw(st.text(max_size=60)))
    names = {*header.split(";"), "-"}
    assert blamed(Layout.of_header(kind, header, RULES), ";".join(values)) in {None, *names}


def blamed(layout: Layout, line: str) -> str | None:
    try:
        read_line(layout, line)
    except LineRefused as refused:
        return refused.column
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), kind=st.sampled_from(RegisterKind), headed=st.booleans())
def test_any_bytes_are_read_or_refused(
    content: bytes, kind: RegisterKind, headed: bool, tmp_path: Path
) -> None:
    if headed:
        content = text_of(kind).encode() + content
    path = tmp_path / "bytes"
    path.write_bytes(content)
    facts = examine(path)
    blocks = list(read_lines(io.BytesIO(content), facts))
    assert blocks[-1].end == len(content) if content else blocks == []
    lines = [text for block in blocks for text in block.texts]
    try:
        layout = Layout.of_header(kind, lines[0] if lines else "", RULES)
    except CabinetError:
        assert not headed
        return
    for line in lines[1:]:
        with pytest.raises(LineRefused):
            read_line(layout, line)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("абвгдежзиклмнопрстуфхцчшщъыьэюяАБВГДЁё;0123456789-«»№ \n", min_size=1))
def test_russian_text_of_either_encoding_is_read_as_it_was_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "text"
    lines = text.removesuffix("\n").split("\n")
    path.write_bytes(text.encode())
    facts = examine(path)
    with path.open("rb") as file:
        assert facts.encoding is Encoding.UTF_8
        assert [text for block in read_lines(file, facts) for text in block.texts] == lines or not any(lines)
