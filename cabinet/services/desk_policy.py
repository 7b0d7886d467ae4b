"""The supplier's dated rules and prices at the desk: what holds from when, and new ones; the past is never edited."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self

from cabinet.domain.charges import Usage
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.suppliers import Price, SupplierPolicy
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.desk import zone_of_desk

_LAST_DAY: Final = 28  # every month has it
_MOST_M3: Final = 1_000_000
_MOST_ROUBLES: Final = Decimal(1000)
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
        days = {
            x: _whole(parser, form, x, _LAST_DAY) for x in ("window_from_day", "window_to_day", "due_day")
        }
        found = cls(
            parser.take(lambda: _day(form), date.min),
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
        day = parser.take(lambda: _day(form), date.min)
        price = parser.take(lambda: _price(text_of(form, "price", 20)), Decimal(0))
        parser.finish()
        return cls(day, usage or Usage.STOVE, price)


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


def add_policy(deps: Deps, actor: Actor, command: AddPolicy) -> None:
    """Add rules that hold from today or later.

    Raises:
        PolicyInThePast: the past is not edited.
        PolicyTaken: others begin on that day.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.transaction() as tx:
        tx.registers.lock_supplier(actor.supplier)
        _check_day(deps, tx, actor, command.valid_from)
        if any(x.valid_from == command.valid_from for x in tx.suppliers.list_policies(actor.supplier)):
            raise PolicyTaken
        tx.suppliers.add_policy(
            SupplierPolicy(
                supplier_id=actor.supplier,
                valid_from=command.valid_from,
                window_from_day=command.window_from_day,
                window_to_day=command.window_to_day,
                due_day=command.due_day,
                max_consumption_m3=command.max_consumption_m3,
                basic_shows_due=command.basic_shows_due,
            )
        )
        _record(deps, tx, actor, "rules", command.valid_from)


def add_price(deps: Deps, actor: Actor, command: AddPrice) -> None:
    """Add a price that holds from today or later.

    Raises:
        PolicyInThePast: the past is not edited.
        PolicyTaken: another price of the usage begins on that day.
    """
    actor.require(Permission.POLICY_EDIT)
    with deps.transaction() as tx:
        tx.registers.lock_supplier(actor.supplier)
        _check_day(deps, tx, actor, command.valid_from)
        asked = (command.usage.value, command.valid_from)
        if any((x.usage, x.valid_from) == asked for x in tx.suppliers.list_prices(actor.supplier)):
            raise PolicyTaken
        tx.suppliers.add_price(
            Price(
                supplier_id=actor.supplier,
                usage=command.usage.value,
                valid_from=command.valid_from,
                roubles_per_m3=command.roubles_per_m3,
            )
        )
        _record(deps, tx, actor, command.usage.value, command.valid_from)


def _check_day(deps: Deps, tx: UnitOfWork, actor: Actor, day: date) -> None:
    if day < deps.clock.now().astimezone(zone_of_desk(tx, actor)).date():
        raise PolicyInThePast


def _record(deps: Deps, tx: UnitOfWork, actor: Actor, kind: str, since: date) -> None:
    now = deps.clock.now()
    tx.audit.record(actor, now, "policy.added", actor.supplier, kind=kind, since=since.isoformat())


def _whole(parser: Parser, form: dict[str, Any], name: str, most: int) -> int:
    def read() -> int:
        typed = text_of(form, name, 12).strip()
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= most):
            raise PolicyNumber(least=1, most=most)
        return int(typed)

    return parser.take(read, 1, name)


def _day(form: dict[str, Any]) -> date:
    try:
        return datetime.fromisoformat(text_of(form, "valid_from", 10)).date()
    except ValueError as exc:
        raise PolicyDayMalformed from exc


def _price(typed: str) -> Decimal:
    try:
        price = Decimal(typed.strip().replace(",", ".").replace(" ", "")).quantize(_STEP)
    except InvalidOperation as exc:
        raise PriceMalformed from exc
    if not price.is_finite() or not 0 < price <= _MOST_ROUBLES:
        raise PriceMalformed
    return price
