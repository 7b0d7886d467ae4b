"""The supplier's dated rules and prices at the desk: what holds from when, and new ones; the past is never edited."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from cabinet.domain.charges import DatedValue, Usage
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.suppliers import Price, Supplier, SupplierPolicy, SupplierValue
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.registers import supplier_for
from cabinet.texts import dates
from cabinet.texts import desk_policy as words

_LAST_DAY: Final = 28  # every month has it
_MOST_M3: Final = 1_000_000
_MOST: Final = Decimal(1000)
_STEP: Final = Decimal("0.00001")


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


@dataclass(frozen=True, slots=True)
class AddPolicy:
    """Rules from a day on: the window of readings, the day that is due, the greatest consumption, basic access."""

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
        since = parser.take(lambda: _day(form), date.min)
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


@dataclass(frozen=True, slots=True)
class AddPrice:
    """Roubles per m³ of a usage from a day on, VAT included."""

    valid_from: date
    usage: Usage
    roubles_per_m3: Decimal

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the day, the usage or the price does not hold.
        """
        parser = Parser()
        usage = next((x for x in Usage if x == text_of(form, "usage")), None)
        parser.need(present=usage is not None, problem=FieldMissing(field="usage"))
        day = parser.take(lambda: _day(form, "price_from"), date.min, "price_from")
        price = parser.take(lambda: _price(text_of(form, "price", 20)), Decimal(0))
        parser.finish()
        return cls(day, usage or Usage.STOVE, price)


@dataclass(frozen=True, slots=True)
class AddValue:
    """A norm or the temperature coefficient from a day on."""

    valid_from: date
    kind: DatedValue
    value: Decimal

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the day, the kind or the value does not hold.
        """
        parser = Parser()
        kind = next((x for x in DatedValue if x == text_of(form, "kind_of_value")), None)
        parser.need(present=kind is not None, problem=FieldMissing(field="kind_of_value"))
        value = parser.take(lambda: _value(text_of(form, "value", 20)), Decimal(0))
        day = parser.take(lambda: _day(form, "value_from"), date.min, "value_from")
        parser.finish()
        return cls(day, kind or DatedValue.COEFFICIENT, value)


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
    """

    supplier: str = ""
    today: str = ""
    rules: Standing = field(default_factory=Standing)
    prices: Standing = field(default_factory=Standing)
    norms: Standing = field(default_factory=Standing)


def view_policy(deps: Deps, actor: Actor, code: str = "") -> PolicyPage:
    """The dated rules and prices of the operator's own supplier; the command line names one by its code.

    Raises:
        SupplierUnknown: the code is nobody's.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.snapshot() as tx:
        supplier = _whose(tx, actor, code)
        today = _today(deps, supplier)
        rules, prices, values = Standing(), Standing(), Standing()
        for rule in tx.suppliers.list_policies(supplier.id or 0):
            _place(rules, rule.valid_from, today, _rule_words(rule), ())
        for price in tx.suppliers.list_prices(supplier.id or 0):
            _place(prices, price.valid_from, today, _price_words(price), (words.USAGES[Usage(price.usage)],))
        for value in tx.suppliers.list_values(supplier.id or 0):
            _place(values, value.valid_from, today, _value_words(value), (words.VALUES[value.kind],))
        return PolicyPage(supplier.name, today.isoformat(), rules, prices, values)


def _place(standing: Standing, since: date, today: date, row: tuple[str, ...], kind: Iterable[str]) -> None:
    """Rows come newest first: the first of its kind that has begun is the one that holds."""
    if since > today:
        standing.coming.append(row)
    elif any(set(kind) <= set(other) for other in standing.now):
        standing.past.append(row)
    else:
        standing.now.append(row)


def _rule_words(rule: SupplierPolicy) -> tuple[str, ...]:
    return (
        dates.day_year(rule.valid_from),
        words.window(rule.window_from_day, rule.window_to_day),
        words.due(rule.due_day),
        words.volume(rule.max_consumption_m3),
        words.basic(shows_due=rule.basic_shows_due),
    )


def _price_words(price: Price) -> tuple[str, ...]:
    since = dates.day_year(price.valid_from)
    return (words.USAGES[Usage(price.usage)], words.price(price.roubles_per_m3), since)


def _value_words(value: SupplierValue) -> tuple[str, ...]:
    return (words.VALUES[value.kind], words.plain(value.value), dates.day_year(value.valid_from))


def list_policies(deps: Deps, actor: Actor) -> list[SupplierPolicy]:
    """The rules of the operator's supplier, the newest first."""
    actor.require(Permission.POLICY_EDIT)
    with deps.snapshot() as tx:
        return tx.suppliers.list_policies(actor.supplier)


def list_prices(deps: Deps, actor: Actor) -> list[Price]:
    """The prices of the operator's supplier, the newest first."""
    actor.require(Permission.POLICY_EDIT)
    with deps.snapshot() as tx:
        return tx.suppliers.list_prices(actor.supplier)


def add_policy(deps: Deps, actor: Actor, command: AddPolicy, code: str = "") -> None:
    """Add rules that hold from today or later.

    Raises:
        PolicyInThePast: the past is not edited.
        PolicyTaken: others begin on that day.
        SupplierUnknown: the command line's code is nobody's.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.transaction() as tx:
        supplier = _whose(tx, actor, code)
        supplier_id = supplier.id or 0
        tx.registers.lock_supplier(supplier_id)
        if command.valid_from < _today(deps, supplier):
            raise PolicyInThePast
        if any(x.valid_from == command.valid_from for x in tx.suppliers.list_policies(supplier_id)):
            raise PolicyTaken
        rules = SupplierPolicy(
            supplier_id=supplier_id,
            valid_from=command.valid_from,
            window_from_day=command.window_from_day,
            window_to_day=command.window_to_day,
            due_day=command.due_day,
            max_consumption_m3=command.max_consumption_m3,
            basic_shows_due=command.basic_shows_due,
        )
        tx.suppliers.add_policy(rules)
        _record(deps, tx, actor, "rules", rules)


def add_price(deps: Deps, actor: Actor, command: AddPrice, code: str = "") -> None:
    """Add a price that holds from today or later.

    Raises:
        PolicyInThePast: the past is not edited.
        PolicyTaken: another price of the usage begins on that day.
        SupplierUnknown: the command line's code is nobody's.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.transaction() as tx:
        supplier = _whose(tx, actor, code)
        supplier_id = supplier.id or 0
        tx.registers.lock_supplier(supplier_id)
        if command.valid_from < _today(deps, supplier):
            raise PolicyInThePast(field="price_from")
        asked = (command.usage.value, command.valid_from)
        if any((x.usage, x.valid_from) == asked for x in tx.suppliers.list_prices(supplier_id)):
            raise PolicyTaken(field="price_from")
        price = Price(
            supplier_id=supplier_id,
            usage=command.usage.value,
            valid_from=command.valid_from,
            roubles_per_m3=command.roubles_per_m3,
        )
        tx.suppliers.add_price(price)
        _record(deps, tx, actor, price.usage, price)


def add_value(deps: Deps, actor: Actor, command: AddValue) -> None:
    """Add a norm or a coefficient that holds from today or later; nothing is calculated with it yet.

    Raises:
        PolicyInThePast: the past is not edited.
        PolicyTaken: another of its kind begins on that day.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.transaction() as tx:
        supplier = tx.suppliers.get(actor.supplier)
        tx.registers.lock_supplier(actor.supplier)
        if command.valid_from < _today(deps, supplier):
            raise PolicyInThePast(field="value_from")
        asked = (command.kind.value, command.valid_from)
        if any((x.kind, x.valid_from) == asked for x in tx.suppliers.list_values(actor.supplier)):
            raise PolicyTaken(field="value_from")
        value = SupplierValue(
            supplier_id=actor.supplier,
            kind=command.kind.value,
            valid_from=command.valid_from,
            value=command.value,
        )
        tx.suppliers.add_value(value)
        _record(deps, tx, actor, value.kind, value)


def _whose(tx: UnitOfWork, actor: Actor, code: str) -> Supplier:
    """An operator's own supplier, whatever the code; the system's by its code."""
    if actor.supplier_id is None:
        return supplier_for(tx, actor, code)
    return tx.suppliers.get(actor.supplier)


def _today(deps: Deps, supplier: Supplier) -> date:
    return deps.clock.now().astimezone(ZoneInfo(supplier.timezone)).date()


def _record(
    deps: Deps, tx: UnitOfWork, actor: Actor, kind: str, row: SupplierPolicy | Price | SupplierValue
) -> None:
    since = row.valid_from.isoformat()
    tx.audit.record(actor, deps.clock.now(), "policy.added", row.supplier_id, kind=kind, since=since)


def _whole(parser: Parser, form: dict[str, Any], name: str, most: int) -> int:
    def read() -> int:
        typed = text_of(form, name, 12).strip()
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= most):
            raise PolicyNumber(least=1, most=most)
        return int(typed)

    return parser.take(read, 1, name)


def _day(form: dict[str, Any], name: str = "valid_from") -> date:
    try:
        return datetime.fromisoformat(text_of(form, name, 10)).date()
    except ValueError as exc:
        raise PolicyDayMalformed from exc


def _price(typed: str) -> Decimal:
    price = _decimal(typed)
    if price is None:
        raise PriceMalformed
    return price


def _value(typed: str) -> Decimal:
    value = _decimal(typed)
    if value is None:
        raise ValueMalformed
    return value


def _decimal(typed: str) -> Decimal | None:
    """Above nothing and up to a thousand, five places; None for anything else."""
    try:
        number = Decimal(typed.strip().replace(",", ".").replace(" ", "")).quantize(_STEP)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number <= _MOST else None
