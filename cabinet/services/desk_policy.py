"""The supplier's dated rules, prices, norms and coefficients: what holds from when, and new ones; the past is never edited."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final, Self
from zoneinfo import ZoneInfo

from cabinet.domain.charges import Usage
from cabinet.domain.dated_values import EVERYWHERE, DatedValue
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.suppliers import DatedRow, Price, Supplier, SupplierPolicy, SupplierValue
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.registers import supplier_for
from cabinet.texts import amounts, dates
from cabinet.texts import desk_policy as words

_LAST_DAY: Final = 28  # every month has it
_MOST_M3: Final = 1_000_000
_MOST: Final = Decimal(1000)
_STEP: Final = Decimal("0.00001")
_DECIMAL: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,5})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_REGION: Final = 80


class PolicyDayMalformed(InputError):
    """Not a day."""

    code = "policy.day_malformed"
    field = "valid_from"


class PolicyInThePast(InputError):
    """A rule begins today at the earliest."""

    code = "policy.past"
    field = "valid_from"


class PolicyTaken(Conflict):
    """Another rule begins on that day already."""

    code = "policy.taken"
    field = "valid_from"


class PolicyNumber(InputError):
    """Not a whole number between `least` and `most`."""

    code = "policy.number"


class ValueMalformed(InputError):
    """Not a number above nothing."""

    code = "policy.value_malformed"
    field = "value"


class PriceMalformed(InputError):
    """Not a price in roubles."""

    code = "policy.price_malformed"
    field = "price"


class RegionUnknown(InputError):
    """The register of accounts has nobody there, so nothing would ever be calculated with the value."""

    code = "policy.region_unknown"
    field = "region"


@dataclass(frozen=True, slots=True)
class AddPolicy:
    """Rules from a day on: the window of readings, the day that is due, the greatest consumption, basic access."""

    DAY: ClassVar = "valid_from"

    valid_from: date
    window_from_day: int
    window_to_day: int
    due_day: int
    max_consumption_m3: int
    basic_shows_due: bool

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: a day or a number does not hold.
        """
        parser = Parser()
        since = _day(parser, form, cls.DAY)
        days = {
            x: _whole(parser, form, x, _LAST_DAY) for x in ("window_from_day", "window_to_day", "due_day")
        }
        found = cls(
            since,
            **days,
            max_consumption_m3=_whole(parser, form, "max_consumption_m3", _MOST_M3),
            basic_shows_due=text_of(form, "basic_shows_due") == "on",
        )
        parser.finish()
        return found

    def row(self, supplier_id: int) -> SupplierPolicy:
        """As it is stored."""
        return SupplierPolicy(
            supplier_id=supplier_id,
            valid_from=self.valid_from,
            window_from_day=self.window_from_day,
            window_to_day=self.window_to_day,
            due_day=self.due_day,
            max_consumption_m3=self.max_consumption_m3,
            basic_shows_due=self.basic_shows_due,
        )

    @property
    def told(self) -> dict[str, Any]:
        """What the journal says of it."""
        return {"kind": "rules"}


@dataclass(frozen=True, slots=True)
class AddPrice:
    """Roubles per m³ of a usage from a day on, VAT included."""

    DAY: ClassVar = "price_from"

    valid_from: date
    usage: Usage
    roubles_per_m3: Decimal

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the usage, the price or the day does not hold.
        """
        parser = Parser()
        usage = next((x for x in Usage if x == text_of(form, "usage")), None)
        parser.need(present=usage is not None, problem=FieldMissing(field="usage"))
        price = _decimal(parser, form, "price", PriceMalformed())
        day = _day(parser, form, cls.DAY)
        parser.finish()
        return cls(day, usage or Usage.STOVE, price)

    def row(self, supplier_id: int) -> Price:
        """As it is stored."""
        return Price(
            supplier_id=supplier_id,
            usage=self.usage.value,
            valid_from=self.valid_from,
            roubles_per_m3=self.roubles_per_m3,
        )

    @property
    def told(self) -> dict[str, Any]:
        """What the journal says of it."""
        return {"kind": self.usage.value}


@dataclass(frozen=True, slots=True)
class AddValue:
    """A norm or the temperature coefficient from a day on, of a region or of everywhere else."""

    DAY: ClassVar = "value_from"

    valid_from: date
    kind: DatedValue
    region: str
    value: Decimal

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the kind, the region, the value or the day does not hold.
        """
        parser = Parser()
        kind = next((x for x in DatedValue if x == text_of(form, "kind_of_value")), None)
        parser.need(present=kind is not None, problem=FieldMissing(field="kind_of_value"))
        region = " ".join(text_of(form, "region", _LONGEST_REGION).split())
        known = bool(region) or not form.get("region")
        parser.need(present=known, problem=RegionUnknown())
        value = _decimal(parser, form, "value", ValueMalformed())
        day = _day(parser, form, cls.DAY)
        parser.finish()
        return cls(day, kind or DatedValue.COEFFICIENT, region, value)

    def row(self, supplier_id: int) -> SupplierValue:
        """As it is stored."""
        return SupplierValue(
            supplier_id=supplier_id,
            kind=self.kind.value,
            region=self.region,
            valid_from=self.valid_from,
            value=self.value,
        )

    @property
    def told(self) -> dict[str, Any]:
        """What the journal says of it."""
        return {"kind": self.kind.value, "region": self.region} if self.region else {"kind": self.kind.value}


@dataclass(frozen=True, slots=True)
class Standing:
    """Dated rows in words, the newest first: what holds today, what will, what did."""

    now: list[tuple[str, ...]] = field(default_factory=list)
    coming: list[tuple[str, ...]] = field(default_factory=list)
    past: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What holds at a supplier: rules as `words.RULE_COLUMNS`, prices as `words.PRICE_COLUMNS`, norms as `words.VALUE_COLUMNS`.

    Attributes:
        today: the supplier's own day as a date field has it: nothing new begins before.
        regions: those of its accounts.
    """

    supplier: str = ""
    today: str = ""
    regions: list[str] = field(default_factory=list)
    rules: Standing = field(default_factory=Standing)
    prices: Standing = field(default_factory=Standing)
    norms: Standing = field(default_factory=Standing)


def view_policy(deps: Deps, actor: Actor, code: str = "") -> PolicyPage:
    """All that is dated of the operator's own supplier; the command line names one by its code.

    Raises:
        SupplierUnknown: the code is nobody's.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.snapshot() as tx:
        supplier = _whose(tx, actor, code)
        supplier_id, today = supplier.id or 0, _today(deps, supplier)
        return PolicyPage(
            supplier=supplier.name,
            today=today.isoformat(),
            regions=tx.customer_accounts.list_regions(supplier_id),
            rules=_standing(tx.suppliers.list_policies(supplier_id), today),
            prices=_standing(tx.suppliers.list_prices(supplier_id), today),
            norms=_standing(tx.suppliers.list_values(supplier_id), today),
        )


def _standing(rows: Iterable[DatedRow], today: date) -> Standing:
    """The last of its kind that has begun is the one that holds; what is to come stands in its order."""
    standing, held = Standing(), set()
    newest_first = sorted(rows, key=lambda x: x.valid_from, reverse=True)
    for row in newest_first:
        kind, shown = _words_of(row)
        if row.valid_from > today:
            standing.coming.insert(0, shown)
        elif kind in held:
            standing.past.append(shown)
        else:
            held.add(kind)
            standing.now.append(shown)
    return standing


def _words_of(row: DatedRow) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of what kind a row is, and its columns."""
    since = dates.day_year(row.valid_from)
    if isinstance(row, Price):
        kind: tuple[str, ...] = (words.USAGES[row.usage],)
        return kind, (*kind, words.price(row.roubles_per_m3), since)
    if isinstance(row, SupplierValue):
        kind = (words.valued(row.kind, row.region),)
        return kind, (*kind, amounts.number(row.value), since)
    return (), (
        since,
        words.window(row.window_from_day, row.window_to_day),
        words.due(row.due_day),
        words.volume(row.max_consumption_m3),
        words.basic(shows_due=row.basic_shows_due),
    )


def add_dated(deps: Deps, actor: Actor, command: AddPolicy | AddPrice | AddValue, code: str = "") -> None:
    """Add rules, a price, a norm or a coefficient that hold from today or later.

    Raises:
        PolicyInThePast: the past is not edited.
        PolicyTaken: another of its kind begins on that day.
        RegionUnknown: no account of the supplier is there.
        SupplierUnknown: the command line's code is nobody's.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.transaction() as tx:
        supplier = _whose(tx, actor, code)
        supplier_id = supplier.id or 0
        tx.suppliers.lock(supplier_id)
        row = command.row(supplier_id)
        if command.valid_from < _today(deps, supplier):
            raise PolicyInThePast(field=command.DAY)
        if isinstance(row, SupplierValue) and not _is_region(tx, supplier_id, row.region):
            raise RegionUnknown
        if tx.suppliers.is_taken(row):
            raise PolicyTaken(field=command.DAY)
        tx.suppliers.add_dated(row)
        since = command.valid_from.isoformat()
        tx.audit.record(actor, deps.clock.now(), "policy.added", supplier_id, **command.told, since=since)


def _is_region(tx: UnitOfWork, supplier_id: int, region: str) -> bool:
    return region == EVERYWHERE or region in tx.customer_accounts.list_regions(supplier_id)


def _whose(tx: UnitOfWork, actor: Actor, code: str) -> Supplier:
    """An operator's own supplier, whatever the code; the system's by its code."""
    if actor.supplier_id is None:
        return supplier_for(tx, actor, code)
    return tx.suppliers.get(actor.supplier)


def _today(deps: Deps, supplier: Supplier) -> date:
    return deps.clock.now().astimezone(ZoneInfo(supplier.timezone)).date()


def _whole(parser: Parser, form: dict[str, Any], name: str, most: int) -> int:
    def read() -> int:
        typed = text_of(form, name, 12).strip()
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= most):
            raise PolicyNumber(least=1, most=most)
        return int(typed)

    return parser.take(read, 1, name)


def _day(parser: Parser, form: dict[str, Any], name: str) -> date:
    def read() -> date:
        typed = text_of(form, name, 10)
        try:
            return date.fromisoformat(typed if _DAY.fullmatch(typed) else "")
        except ValueError as exc:
            raise PolicyDayMalformed from exc

    return parser.take(read, date.min, name)


def _decimal(parser: Parser, form: dict[str, Any], name: str, problem: InputError) -> Decimal:
    """Above nothing and up to a thousand, five places; what has more of them is not rounded but refused."""

    def read() -> Decimal:
        typed = re.sub(r"[ \u00a0\u202f]", "", text_of(form, name, 20)).replace(",", ".")
        number = Decimal(typed) if _DECIMAL.fullmatch(typed) else Decimal(0)
        if not 0 < number <= _MOST:
            raise problem
        return number.quantize(_STEP)

    return parser.take(read, Decimal(1), name)
