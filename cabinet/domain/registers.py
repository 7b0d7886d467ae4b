"""Registers: the files exchanged with a supplier, their columns, and what a line of them must be.

Text, `;`-separated, a header first. A fault of the file refuses it whole (`CabinetError`); a fault of
a line puts that line into quarantine (`LineRefused`) and leaves the others alone. A dash or nothing
means «unknown», and what is unknown never erases what is known.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from cabinet.domain.charges import ChargeLine, ChargeMethod, Service, Usage
from cabinet.domain.errors import InputError, NotFound
from cabinet.domain.identity import account_number, serial_key
from cabinet.domain.money import ZERO, Money
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import DialValue, Volume

UNKNOWN: Final = frozenset({"", "-", "–", "—"})
WHOLE_LINE: Final = "-"  # the column of a fault that no single column has

_UNREADABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ufffd]")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_ELS = re.compile(r"\d{2}[А-Я]{2}\d{6}", re.ASCII)
_IZHKU = re.compile(r"\d{2}[А-Я]{2}\d{6}-\d{2}", re.ASCII)
_BCRYPT = re.compile(r"\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}")
_DECIMAL = re.compile(r"\d{1,7}(?:[.,]\d{1,5})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_YEARS = range(1900, 2101)
_WIDEST_DIAL = 8
_VOLUME_BELOW = Decimal(10**7)


class RegisterKind(StrEnum):
    """What a register tells of."""

    ACCOUNTS = "accounts"
    CHARGES = "charges"
    PAYMENTS = "payments"


class Encoding(StrEnum):
    """How a register's text is written down."""

    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    WINDOWS_1251 = "windows-1251"


class Change(StrEnum):
    """What a good line did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class RegisterUnreadable(InputError):
    """The file cannot be opened; fact `why`: missing, folder, special, forbidden."""

    code = "register.unreadable"


class RegisterEmpty(InputError):
    """There is not even a header."""

    code = "register.empty"


class RegisterNotText(InputError):
    """Its first line is not text: an archive, a picture, a table of Excel, UTF-16."""

    code = "register.not_text"


class RegisterColumnsUnknown(InputError):
    """The header names columns that the format does not have; facts `columns`, `known`."""

    code = "register.columns_unknown"


class RegisterColumnsMissing(InputError):
    """The header lacks columns that the format needs; fact `columns`."""

    code = "register.columns_missing"


class RegisterColumnsRepeated(InputError):
    """The header names a column twice; fact `columns`."""

    code = "register.columns_repeated"


class RegisterChanging(InputError):
    """The file was written to while it was read."""

    code = "register.changing"


class RejectsUnwritable(InputError):
    """The file for rejected lines cannot be written, or is the register itself; fact `file`."""

    code = "register.rejects_unwritable"


class SupplierUnknown(NotFound):
    """There is no supplier of that code; fact `supplier`."""

    code = "supplier.unknown"


class Fault(StrEnum):
    """What may be wrong with a line; the words are in `texts.registers`."""

    FIELDS = "fields"
    QUOTE = "quote"
    LONG_LINE = "long_line"
    UNREADABLE = "unreadable"
    REQUIRED = "required"
    ACCOUNT = "account"
    UNKNOWN_ACCOUNT = "unknown_account"
    ELS = "els"
    IZHKU = "izhku"
    LONG = "long"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    DATE = "date"
    FUTURE = "future"
    MONTH = "month"
    MONEY = "money"
    VOLUME = "volume"
    READING = "reading"
    SERIAL = "serial"
    BCRYPT = "bcrypt"
    USAGE = "usage"
    SERVICE = "service"
    METHOD = "method"
    UNBALANCED = "unbalanced"
    PERIOD_CLOSED = "period_closed"
    PAYMENT_DIFFERS = "payment_differs"


class LineRefused(InputError):
    """A line goes into quarantine.

    Attributes:
        column: whose value is at fault, or `WHOLE_LINE`.
        fault: what is wrong with it.
    """

    code = "register.line_refused"

    def __init__(self, column: str, fault: Fault) -> None:
        super().__init__()
        self.column = column
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value is held against besides its own form.

    Attributes:
        account_pattern: the supplier's pattern of account numbers.
        latest: no day after it is believed (a typing error, not a plan).
    """

    account_pattern: str
    latest: date


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its text is read, and what is wrong when that fails."""

    name: str
    read: Callable[[str, Rules], Any]
    fault: Fault
    required: bool = False


@dataclass(frozen=True, slots=True)
class MeterRecord:
    """A meter of an account; `known` by the names of the table's columns."""

    serial_number: str
    serial_key: str
    known: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DialRecord:
    """The latest value of a dial, whole m³."""

    value_m3: int
    taken_on: date


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """A line of the register of accounts; `known` by the names of the table's columns.

    Attributes:
        pin: bcrypt of the PIN, "" when unknown.
        legacy: bcrypt of the former cabinet's password, "" when unknown.
        balance: what the supplier says is owed; None when unknown.
    """

    account: str
    known: dict[str, Any]
    meter: MeterRecord | None
    dial: DialRecord | None
    pin: str
    legacy: str
    balance: Money | None


@dataclass(frozen=True, slots=True)
class ChargeRecord:
    """A line of the register of charges."""

    account: str
    charge: ChargeLine


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A line of the register of payments made elsewhere."""

    account: str
    paid_on: date
    amount: Money
    channel: str
    external_id: str
    reading_m3: int | None


Record = AccountRecord | ChargeRecord | PaymentRecord


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
    most = 32
    number = account_number(text, rules.account_pattern)
    if len(number) > most:
        raise ValueError
    return number


def _serial(text: str, _rules: Rules) -> str:
    most = 40
    if not 0 < len(serial_key(text)) <= most or len(text) > most:
        raise ValueError
    return text


def _decimal(text: str, _rules: Rules) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    return Decimal(text.replace(",", "."))


def _whole(text: str, _rules: Rules) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError
    return int(text)


def _flag(text: str, _rules: Rules) -> bool:
    return {"1": True, "0": False}[text]


def _capacity(text: str, _rules: Rules) -> int:
    return {str(digits): digits for digits in range(4, _WIDEST_DIAL + 1)}[text]


@lru_cache(maxsize=8192)
def _day(text: str) -> date:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError
    y, m, d, d2, m2, y2 = found.groups()
    day = date(int(y or y2), int(m or m2), int(d or d2))
    if day.year not in _YEARS:
        raise ValueError
    return day


def _date(text: str, _rules: Rules) -> date:
    return _day(text)


def _past(text: str, rules: Rules) -> date:
    day = _day(text)
    if day > rules.latest:
        raise LineRefused(WHOLE_LINE, Fault.FUTURE)
    return day


def _month(text: str, _rules: Rules) -> BillingPeriod:
    period = BillingPeriod.parse(text)
    if period.year not in _YEARS:
        raise ValueError
    return period


def _money(text: str, _rules: Rules) -> Money:
    return Money.parse(text)


def _volume(text: str, _rules: Rules) -> Volume:
    volume = Volume.parse(text)
    if abs(volume.cubic_metres) >= _VOLUME_BELOW:
        raise ValueError
    return volume


def _usage(text: str, _rules: Rules) -> Usage:
    return Usage(text)


def _service(text: str, _rules: Rules) -> Service:
    return Service(text)


def _method(text: str, _rules: Rules) -> ChargeMethod:
    return ChargeMethod(text)


COLUMNS: Final[dict[RegisterKind, tuple[Column, ...]]] = {
    RegisterKind.ACCOUNTS: (
        Column("account", _account, Fault.ACCOUNT, required=True),
        Column("els", _like(_ELS), Fault.ELS),
        Column("izhku", _like(_IZHKU), Fault.IZHKU),
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
        Column("meter_serial", _serial, Fault.LONG),
        Column("meter_type", _text(60), Fault.LONG),
        Column("meter_capacity", _capacity, Fault.WHOLE),
        Column("meter_installed_on", _date, Fault.DATE),
        Column("verification_due_on", _date, Fault.DATE),
        Column("thermo_compensated", _flag, Fault.FLAG),
        Column("last_reading", _text(24), Fault.READING),
        Column("last_reading_on", _past, Fault.DATE),
        Column("pin_bcrypt", _like(_BCRYPT), Fault.BCRYPT),
        Column("legacy_password_bcrypt", _like(_BCRYPT), Fault.BCRYPT),
        Column("balance", _money, Fault.MONEY),
    ),
    RegisterKind.CHARGES: (
        Column("account", _account, Fault.ACCOUNT, required=True),
        Column("period", _month, Fault.MONTH, required=True),
        Column("service", _service, Fault.SERVICE, required=True),
        Column("method", _method, Fault.METHOD, required=True),
        Column("reading_from", _whole, Fault.WHOLE),
        Column("reading_to", _whole, Fault.WHOLE),
        Column("coefficient", _decimal, Fault.NUMBER),
        Column("volume_m3", _volume, Fault.VOLUME, required=True),
        Column("price", _decimal, Fault.NUMBER, required=True),
        Column("amount", _money, Fault.MONEY, required=True),
        Column("recalculation", _money, Fault.MONEY),
        Column("penalty", _money, Fault.MONEY),
        Column("opening", _money, Fault.MONEY, required=True),
        Column("paid", _money, Fault.MONEY, required=True),
        Column("closing", _money, Fault.MONEY, required=True),
    ),
    RegisterKind.PAYMENTS: (
        Column("account", _account, Fault.ACCOUNT, required=True),
        Column("paid_on", _past, Fault.DATE, required=True),
        Column("amount", _money, Fault.MONEY, required=True),
        Column("channel", _text(24), Fault.LONG, required=True),
        Column("external_id", _text(64), Fault.LONG, required=True),
        Column("reading", _whole, Fault.WHOLE),
    ),
}

_METER: Final = {
    "meter_type": "model",
    "meter_capacity": "capacity",
    "meter_installed_on": "installed_on",
    "verification_due_on": "verification_due_on",
    "thermo_compensated": "thermo_compensated",
}
_PREMISES: Final = (
    "els", "izhku", "last_name", "first_name", "middle_name", "region", "locality", "street", "house",
    "flat", "area_m2", "residents", "usage",
)  # fmt: skip


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


class Layout:
    """Which column stands where in one file, and so what its lines mean."""

    def __init__(self, kind: RegisterKind, names: Sequence[str], rules: Rules) -> None:
        self._kind = kind
        self._rules = rules
        self._width = len(names)
        self._places = [(names.index(c.name), c) for c in COLUMNS[kind] if c.name in names]

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

    def read(self, line: str) -> Record:
        """What the line says.

        Raises:
            LineRefused: the first fault, in the order of the format's columns.
        """
        fields = split_fields(readable(line))
        if len(fields) != self._width:
            raise LineRefused(WHOLE_LINE, Fault.FIELDS)
        values = self._values(fields)
        return _RECORDS[self._kind](values)

    def _values(self, fields: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        rules = self._rules
        for place, column in self._places:
            text = fields[place].strip()
            if text in UNKNOWN:
                if column.required:
                    raise LineRefused(column.name, Fault.REQUIRED)
                continue
            try:
                values[column.name] = column.read(text, rules)
            except LineRefused as exc:
                raise LineRefused(column.name, exc.fault) from exc
            except (InputError, ValueError, KeyError) as exc:
                raise LineRefused(column.name, column.fault) from exc
        return values


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


def _account_record(values: dict[str, Any]) -> AccountRecord:
    meter = _meter(values)
    dial = _dial(values)
    if dial and not meter:
        raise LineRefused("meter_serial", Fault.SERIAL)
    return AccountRecord(
        account=values["account"],
        known={name: values[name] for name in _PREMISES if name in values},
        meter=meter,
        dial=dial,
        pin=values.get("pin_bcrypt", ""),
        legacy=values.get("legacy_password_bcrypt", ""),
        balance=values.get("balance"),
    )


def _meter(values: dict[str, Any]) -> MeterRecord | None:
    serial = values.get("meter_serial")
    if serial is None:
        return None
    known = {theirs: values[ours] for ours, theirs in _METER.items() if ours in values}
    return MeterRecord(serial, serial_key(serial), {"serial_number": serial, **known})


def _dial(values: dict[str, Any]) -> DialRecord | None:
    text = values.get("last_reading")
    if text is None:
        return None
    if "last_reading_on" not in values:
        raise LineRefused("last_reading_on", Fault.REQUIRED)
    try:
        value = DialValue.parse(text, values.get("meter_capacity", _WIDEST_DIAL))
    except InputError as exc:
        raise LineRefused("last_reading", Fault.READING) from exc
    return DialRecord(value.cubic_metres, values["last_reading_on"])


def _charge_record(values: dict[str, Any]) -> ChargeRecord:
    charge = ChargeLine(
        period=values["period"],
        service=values["service"],
        method=values["method"],
        reading_from=values.get("reading_from"),
        reading_to=values.get("reading_to"),
        coefficient=values.get("coefficient", Decimal(1)),
        volume=values["volume_m3"],
        price=values["price"],
        amount=values["amount"],
        recalculation=values.get("recalculation", ZERO),
        penalty=values.get("penalty", ZERO),
        opening=values["opening"],
        paid=values["paid"],
        closing=values["closing"],
    )
    if not charge.balances:
        raise LineRefused("closing", Fault.UNBALANCED)
    return ChargeRecord(values["account"], charge)


def _payment_record(values: dict[str, Any]) -> PaymentRecord:
    return PaymentRecord(
        account=values["account"],
        paid_on=values["paid_on"],
        amount=values["amount"],
        channel=values["channel"],
        external_id=values["external_id"],
        reading_m3=values.get("reading"),
    )


_RECORDS: Final[dict[RegisterKind, Callable[[dict[str, Any]], Record]]] = {
    RegisterKind.ACCOUNTS: _account_record,
    RegisterKind.CHARGES: _charge_record,
    RegisterKind.PAYMENTS: _payment_record,
}
