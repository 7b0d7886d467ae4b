"""What a line of a register says: the columns of the format, read a block of lines at a time.

A block is read column by column, because a register of a million lines repeats its words: a date, a
street or a price is understood once and remembered. A value comes out as any database takes it
without conversion: text (dates as YYYY-MM-DD, exact decimals with five places), a whole number
(kopecks, m³, a flag as 0 or 1), or None for what is unknown.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import compress
from typing import Any, Final

from cabinet.domain.charges import ChargeMethod, Service, Usage
from cabinet.domain.errors import InputError
from cabinet.domain.identity import account_number, serial_key
from cabinet.domain.money import Money
from cabinet.domain.period import BillingPeriod
from cabinet.domain.registers import (
    WHOLE_LINE,
    Fault,
    LineRefused,
    RegisterColumnsMissing,
    RegisterColumnsRepeated,
    RegisterColumnsUnknown,
    RegisterEmpty,
    RegisterKind,
    RegisterNotText,
)
from cabinet.domain.volume import DialValue, Volume

Value = str | int | None

UNKNOWN: Final = frozenset({"", "-", "–", "—"})

_UNREADABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ufffd]")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_ELS = re.compile(r"\d{2}[А-Я]{2}\d{6}", re.ASCII)
_IZHKU = re.compile(r"\d{2}[А-Я]{2}\d{6}-\d{2}", re.ASCII)
_BCRYPT = re.compile(r"\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}")
_DECIMAL = re.compile(r"(\d{1,7})(?:[.,](\d{1,5}))?", re.ASCII)
_ROUBLES = re.compile(r"(-?\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
_MANY_SUMS = re.compile(r"(?:-?\d{1,12}[.,]\d\d\n)++", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_PLAIN_SERIAL = re.compile(r"[0-9A-Za-z]{1,40}")
_PLAIN_WORD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_LONGEST_ACCOUNT, _LONGEST_WHOLE, _LONGEST_DIAL = 32, 9, 24  # characters
_YEARS = range(1900, 2101)
_WIDEST_DIAL = 8
_ABOVE_DIAL: Final = {digits: 10**digits for digits in range(4, _WIDEST_DIAL + 1)}
_NO_DIAL: Final = -1
_VOLUME_BELOW = Decimal(10**7)
_REMEMBERED: Final = 16_384  # different texts of a column


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value is held against besides its own form.

    Attributes:
        account_pattern: the supplier's pattern of account numbers.
        today: in the supplier's zone. A reading or a payment of a later day than tomorrow (somebody's clock is
            ahead) and a charge of a later month than the next one are typing errors, not facts.
    """

    account_pattern: str
    today: date
    account: re.Pattern[str] = field(init=False, repr=False)
    latest_day: str = field(init=False, repr=False)
    latest_month: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "account", re.compile(self.account_pattern, re.ASCII))
        object.__setattr__(self, "latest_day", (self.today + timedelta(days=1)).isoformat())
        object.__setattr__(self, "latest_month", str(BillingPeriod.of(self.today).plus(1)))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its text is read, and what is wrong when that fails.

    Attributes:
        bulk: hardly a value comes twice, so none is remembered: instead, all values of a block are read
            at once, or none of them (None) when any is written in another way than the usual one.
    """

    name: str
    read: Callable[[str, Rules], Value]
    fault: Fault
    required: bool = False
    bulk: Callable[[Sequence[str], Rules], list[Any] | None] | None = None


@dataclass(slots=True)
class LinesRead:
    """What a block of lines says.

    Attributes:
        columns: by the names of the format, the values of the good lines in their order.
        places: where in the block the good lines stand.
        refused: the others, by their place in the block.
    """

    columns: dict[str, list[Any]]
    places: list[int]
    refused: dict[int, LineRefused]

    def drop_refused(self) -> None:
        """Leave the good lines only."""
        if not self.refused:
            return
        keep = [place not in self.refused for place in self.places]
        self.places = list(compress(self.places, keep))
        self.columns = {name: list(compress(values, keep)) for name, values in self.columns.items()}


# How texts are read. Each raises InputError or ValueError; the column says what that means.


def _text(most: int) -> Callable[[str, Rules], str]:
    def read(text: str, _rules: Rules) -> str:
        plain = " ".join(text.split())
        if len(plain) > most:
            raise ValueError
        return plain

    return read


def _like(pattern: re.Pattern[str]) -> Callable[[str, Rules], str]:
    def read(text: str, _rules: Rules) -> str:
        if not pattern.fullmatch(text):
            raise ValueError
        return text

    return read


def _account(text: str, rules: Rules) -> str:
    plain = text.isascii() and text.isalnum() and rules.account.fullmatch(text)
    number = text if plain else account_number(text, rules.account_pattern)
    if len(number) > _LONGEST_ACCOUNT:
        raise ValueError
    return number


def _serial(text: str, _rules: Rules) -> str:
    most = 40
    if not 0 < len(serial_key(text)) <= most or len(text) > most:
        raise ValueError
    return text


def _decimal(text: str, _rules: Rules) -> str:
    found = _DECIMAL.fullmatch(text)
    if not found:
        raise ValueError
    return f"{int(found[1])}.{found[2] or '':0<5}"


def _whole(text: str, _rules: Rules) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError
    return int(text)


def _flag(text: str, _rules: Rules) -> int:
    return {"1": 1, "0": 0}[text]


def _capacity(text: str, _rules: Rules) -> int:
    return {str(digits): digits for digits in _ABOVE_DIAL}[text]


def _dial(text: str, _rules: Rules) -> int:
    """Whole m³, or `_NO_DIAL`: whether it is a value of this dial is known with the rest of the line."""
    if len(" ".join(text.split())) > _LONGEST_DIAL:
        raise ValueError
    try:
        return DialValue.parse(text, _LONGEST_DIAL).cubic_metres
    except InputError:
        return _NO_DIAL


def _date(text: str, _rules: Rules) -> str:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError
    y, m, d, d2, m2, y2 = found.groups()
    day = date(int(y or y2), int(m or m2), int(d or d2))
    if day.year not in _YEARS:
        raise ValueError
    return day.isoformat()


def _past(text: str, rules: Rules) -> str:
    day = _date(text, rules)
    if day > rules.latest_day:
        raise LineRefused(WHOLE_LINE, Fault.FUTURE)
    return day


def _month(text: str, rules: Rules) -> str:
    period = BillingPeriod.parse(text)
    if period.year not in _YEARS:
        raise ValueError
    if str(period) > rules.latest_month:
        raise LineRefused(WHOLE_LINE, Fault.FUTURE)
    return str(period)


def _money(text: str, _rules: Rules) -> int:
    found = _ROUBLES.fullmatch(text)
    if found:
        return int(f"{found[1]}{found[2] or '':0<2}")
    return Money.parse(text).kopecks


def _volume(text: str, _rules: Rules) -> str:
    volume = Volume.parse(text).cubic_metres
    if abs(volume) >= _VOLUME_BELOW:
        raise ValueError
    return f"{volume or abs(volume):.5f}"


def _usage(text: str, _rules: Rules) -> str:
    return Usage(text).value


def _service(text: str, _rules: Rules) -> str:
    return Service(text).value


def _method(text: str, _rules: Rules) -> str:
    return ChargeMethod(text).value


# How the values of a whole block are read at once, when all are written as programs write them.


def _bulk_like(pattern: re.Pattern[str]) -> Callable[[Sequence[str], Rules], list[str] | None]:
    def read(texts: Sequence[str], _rules: Rules) -> list[str] | None:
        return list(texts) if all(map(pattern.fullmatch, texts)) else None

    return read


def _bulk_accounts(texts: Sequence[str], rules: Rules) -> list[str] | None:
    whole = "".join(texts)
    plain = whole.isascii() and whole.isalnum() and max(map(len, texts)) <= _LONGEST_ACCOUNT
    return list(texts) if plain and all(map(rules.account.fullmatch, texts)) else None


def _bulk_digits(most: int) -> Callable[[Sequence[str], Rules], list[int] | None]:
    def read(texts: Sequence[str], _rules: Rules) -> list[int] | None:
        whole = "".join(texts)
        plain = whole.isascii() and whole.isdigit() and all(texts) and max(map(len, texts)) <= most
        return list(map(int, texts)) if plain else None

    return read


def _bulk_money(texts: Sequence[str], _rules: Rules) -> list[int] | None:
    whole = "\n".join(texts)
    if not _MANY_SUMS.fullmatch(f"{whole}\n"):
        return None
    return list(map(int, whole.replace(",", "").replace(".", "").split("\n")))


COLUMNS: Final[dict[RegisterKind, tuple[Column, ...]]] = {
    RegisterKind.ACCOUNTS: (
        Column("account", _account, Fault.ACCOUNT, required=True, bulk=_bulk_accounts),
        Column("els", _like(_ELS), Fault.ELS, bulk=_bulk_like(_ELS)),
        Column("izhku", _like(_IZHKU), Fault.IZHKU, bulk=_bulk_like(_IZHKU)),
        Column("last_name", _text(80), Fault.LONG),
        Column("first_name", _text(80), Fault.LONG),
        Column("middle_name", _text(80), Fault.LONG),
        Column("region", _text(80), Fault.LONG),
        Column("locality", _text(120), Fault.LONG, required=True),
        Column("street", _text(120), Fault.LONG, required=True),
        Column("house", _text(24), Fault.LONG, required=True),
        Column("flat", _text(24), Fault.LONG),
        Column("area_m2", _decimal, Fault.NUMBER),
        Column("residents", _whole, Fault.WHOLE),
        Column("usage", _usage, Fault.USAGE),
        Column("meter_serial", _serial, Fault.LONG, bulk=_bulk_like(_PLAIN_SERIAL)),
        Column("meter_type", _text(60), Fault.LONG),
        Column("meter_capacity", _capacity, Fault.WHOLE),
        Column("meter_installed_on", _date, Fault.DATE),
        Column("verification_due_on", _date, Fault.DATE),
        Column("thermo_compensated", _flag, Fault.FLAG),
        Column("last_reading", _dial, Fault.READING, bulk=_bulk_digits(_LONGEST_DIAL)),
        Column("last_reading_on", _past, Fault.DATE),
        Column("pin_bcrypt", _like(_BCRYPT), Fault.BCRYPT, bulk=_bulk_like(_BCRYPT)),
        Column("legacy_password_bcrypt", _like(_BCRYPT), Fault.BCRYPT, bulk=_bulk_like(_BCRYPT)),
        Column("balance", _money, Fault.MONEY, bulk=_bulk_money),
    ),
    RegisterKind.CHARGES: (
        Column("account", _account, Fault.ACCOUNT, required=True, bulk=_bulk_accounts),
        Column("period", _month, Fault.MONTH, required=True),
        Column("service", _service, Fault.SERVICE, required=True),
        Column("method", _method, Fault.METHOD, required=True),
        Column("reading_from", _whole, Fault.WHOLE, bulk=_bulk_digits(_LONGEST_WHOLE)),
        Column("reading_to", _whole, Fault.WHOLE, bulk=_bulk_digits(_LONGEST_WHOLE)),
        Column("coefficient", _decimal, Fault.NUMBER),
        Column("volume_m3", _volume, Fault.VOLUME, required=True),
        Column("price", _decimal, Fault.NUMBER, required=True),
        Column("amount", _money, Fault.MONEY, required=True, bulk=_bulk_money),
        Column("recalculation", _money, Fault.MONEY),
        Column("penalty", _money, Fault.MONEY),
        Column("opening", _money, Fault.MONEY, required=True, bulk=_bulk_money),
        Column("paid", _money, Fault.MONEY, required=True, bulk=_bulk_money),
        Column("closing", _money, Fault.MONEY, required=True, bulk=_bulk_money),
    ),
    RegisterKind.PAYMENTS: (
        Column("account", _account, Fault.ACCOUNT, required=True, bulk=_bulk_accounts),
        Column("paid_on", _past, Fault.DATE, required=True),
        Column("amount", _money, Fault.MONEY, required=True, bulk=_bulk_money),
        Column("channel", _text(24), Fault.LONG, required=True),
        Column("external_id", _text(64), Fault.LONG, required=True, bulk=_bulk_like(_PLAIN_WORD)),
        Column("reading", _whole, Fault.WHOLE),
    ),
}


def split_fields(line: str) -> list[str]:
    """The fields of one line; a quoted field may hold `;`, and ends on its own line.

    Raises:
        LineRefused: a quote that opens a field is not closed.
    """
    if '"' not in line:
        return line.split(";")
    try:
        return next(csv.reader([line], delimiter=";", strict=True))
    except csv.Error as exc:
        raise LineRefused(WHOLE_LINE, Fault.QUOTE) from exc


def readable(line: str) -> str:
    """The line, when all of it is text.

    Raises:
        LineRefused: it holds control characters or bytes that its encoding does not have.
    """
    if _UNREADABLE.search(line):
        raise LineRefused(WHOLE_LINE, Fault.UNREADABLE)
    return line


class _Cells(dict[str, Any]):
    """The values of a column by their texts as they stand in the file; a wrong one is a LineRefused."""

    def __init__(self, column: Column, rules: Rules) -> None:
        self._column = column
        self._rules = rules
        self.faulty = False

    def __missing__(self, text: str) -> Value | LineRefused:
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[text] = self._read(text)
        return value

    def read_all(self, texts: Sequence[str]) -> list[Value | LineRefused]:
        """The values of one column of a block."""
        if self._column.bulk is None:
            return [self[text] for text in texts]
        read = self._read
        return self._column.bulk(texts, self._rules) or [read(text) for text in texts]

    def _read(self, text: str) -> Value | LineRefused:
        column = self._column
        bare = text.strip()
        if bare in UNKNOWN:
            return self._refuse(Fault.REQUIRED) if column.required else None
        try:
            return column.read(bare, self._rules)
        except LineRefused as exc:
            return self._refuse(exc.fault)
        except (InputError, ValueError, KeyError):
            return self._refuse(column.fault)

    def _refuse(self, fault: Fault) -> LineRefused:
        self.faulty = True
        return LineRefused(self._column.name, fault)


class Layout:
    """Which column stands where in one file, and so what its lines mean."""

    def __init__(self, kind: RegisterKind, names: Sequence[str], rules: Rules) -> None:
        self._kind = kind
        self._width = len(names)
        self._absent = [c.name for c in COLUMNS[kind] if c.name not in names]
        self._cells = [
            (c.name, names.index(c.name), _Cells(c, rules)) for c in COLUMNS[kind] if c.name in names
        ]

    @classmethod
    def of_header(cls, kind: RegisterKind, line: str, rules: Rules) -> "Layout":
        """By the first line of a file.

        Raises:
            RegisterEmpty, RegisterNotText: there is no header.
            RegisterColumnsUnknown, RegisterColumnsMissing, RegisterColumnsRepeated: a wrong one.
        """
        if not line.strip():
            raise RegisterEmpty
        try:
            names = [name.strip() for name in split_fields(readable(line))]
        except LineRefused as exc:
            raise RegisterNotText from exc
        _check_names(kind, names)
        return cls(kind, names, rules)

    def read(self, lines: Sequence[str]) -> LinesRead:
        """What the lines say; a line is refused for its first fault, in the order of the format's columns."""
        refused: dict[int, LineRefused] = {}
        places, texts = self._split(lines, refused)
        columns: dict[str, list[Any]] = {name: [None] * len(places) for name in self._absent}
        for name, position, cells in self._cells:
            values = columns[name] = cells.read_all(texts[position]) if places else []
            if cells.faulty:
                for place, value in zip(places, values, strict=True):
                    if isinstance(value, LineRefused):
                        refused.setdefault(place, value)
        read = LinesRead(columns, places, refused)
        read.drop_refused()
        _CHECKS[self._kind](read)
        read.drop_refused()
        return read

    def _split(
        self, lines: Sequence[str], refused: dict[int, LineRefused]
    ) -> tuple[list[int], Sequence[Sequence[str]]]:
        """Places of the lines that have all fields, and those fields by columns."""
        whole, width = ";".join(lines), self._width
        if not whole.isprintable() or '"' in whole or "\ufffd" in whole:
            fields = [_split_with_care(line, place, refused) for place, line in enumerate(lines)]
            places = [place for place, found in enumerate(fields) if len(found) == width]
            columns: Sequence[Sequence[str]] = list(zip(*(fields[place] for place in places), strict=True))
        else:
            places = [place for place, line in enumerate(lines) if line.count(";") == width - 1]
            flat = (whole if len(places) == len(lines) else ";".join(lines[p] for p in places)).split(";")
            columns = [flat[position::width] for position in range(width)]
        for place in set(range(len(lines))).difference(places, refused) if len(places) < len(lines) else ():
            refused[place] = LineRefused(WHOLE_LINE, Fault.FIELDS)
        return places, columns


def _split_with_care(line: str, place: int, refused: dict[int, LineRefused]) -> list[str]:
    try:
        return split_fields(readable(line))
    except LineRefused as exc:
        refused[place] = LineRefused(exc.column, exc.fault)
        return []


def _check_names(kind: RegisterKind, names: list[str]) -> None:
    known = [column.name for column in COLUMNS[kind]]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise RegisterColumnsUnknown(columns=_listed(unknown), known=", ".join(known))
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RegisterColumnsRepeated(columns=_listed(repeated))
    missing = [c.name for c in COLUMNS[kind] if c.required and c.name not in names]
    if missing:
        raise RegisterColumnsMissing(columns=_listed(missing))


def _listed(names: list[str]) -> str:
    """At most ten names of at most forty characters: a header may be anything."""
    most, longest = 10, 40
    shown = [f"«{name[:longest]}»" for name in names[:most]]
    return ", ".join(shown) + (" …" if len(names) > most else "")


# What the columns of a line must be to each other.


def _check_accounts(read: LinesRead) -> None:
    for place, els, izhku in zip(read.places, read.columns["els"], read.columns["izhku"], strict=True):
        if els and izhku and not izhku.startswith(els):
            read.refused[place] = LineRefused("izhku", Fault.IZHKU_OTHER)
    _check_dials(read)


def _check_dials(read: LinesRead) -> None:
    names = ("last_reading", "last_reading_on", "meter_capacity", "meter_serial")
    parts = (read.columns[name] for name in names)
    for place, value, day, capacity, serial in zip(read.places, *parts, strict=True):
        if value is None or place in read.refused:
            continue
        if day is None:
            read.refused[place] = LineRefused("last_reading_on", Fault.REQUIRED)
        elif not 0 <= value < _ABOVE_DIAL[capacity or _WIDEST_DIAL]:
            read.refused[place] = LineRefused("last_reading", Fault.READING)
        elif serial is None:
            read.refused[place] = LineRefused("meter_serial", Fault.SERIAL)


def _check_charges(read: LinesRead) -> None:
    columns = read.columns
    for name, usual in (("recalculation", 0), ("penalty", 0), ("coefficient", "1.00000")):
        columns[name] = [usual if value is None else value for value in columns[name]]
    names = ("opening", "amount", "penalty", "recalculation", "paid", "closing")
    parts = (columns[name] for name in names)
    for place, opening, amount, penalty, recalculation, paid, closing in zip(
        read.places, *parts, strict=True
    ):
        if opening + amount + penalty + recalculation - paid != closing:
            read.refused[place] = LineRefused("closing", Fault.UNBALANCED)


def _check_nothing(_read: LinesRead) -> None:
    """The columns of a payment are free of each other."""


_CHECKS: Final[dict[RegisterKind, Callable[[LinesRead], None]]] = {
    RegisterKind.ACCOUNTS: _check_accounts,
    RegisterKind.CHARGES: _check_charges,
    RegisterKind.PAYMENTS: _check_nothing,
}
