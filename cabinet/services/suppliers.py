"""Suppliers and the dated rules that they start with."""

import re
import zoneinfo
from dataclasses import dataclass
from datetime import date
from typing import Final

from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.suppliers import Supplier, SupplierPolicy
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LONGEST_NAME: Final = 160
# A bill is due on the 15th since 01.03.2026, on the 10th before (ЖК РФ ст. 155).
_DUE_DAYS: Final = {date(2020, 1, 1): 10, date(2026, 3, 1): 15}


class SupplierExists(Conflict):
    """The code is taken; fact `supplier`."""

    code = "supplier.exists"


class SupplierCodeMalformed(InputError):
    """Not lower-case Latin letters, digits and hyphens."""

    code = "supplier.code_malformed"


class SupplierNameMalformed(InputError):
    """Empty or too long."""

    code = "supplier.name_malformed"


class TimezoneUnknown(InputError):
    """Not a zone of the IANA database; fact `timezone`."""

    code = "supplier.timezone_unknown"


@dataclass(frozen=True, slots=True)
class AddSupplier:
    """A supplier that holds; its code names it on the command line, its zone says what day it is there."""

    code: str
    name: str
    timezone: str
    region: str = ""
    desk_address: str = ""
    desk_email: str = ""

    @classmethod
    def parse(cls, code: str, name: str, timezone: str) -> "AddSupplier":
        """Of the command line.

        Raises:
            SupplierCodeMalformed, SupplierNameMalformed, TimezoneUnknown: one does not hold.
        """
        plain = " ".join(name.split())
        if not _CODE.fullmatch(code):
            raise SupplierCodeMalformed
        if not 0 < len(plain) <= _LONGEST_NAME or not plain.isprintable():
            raise SupplierNameMalformed
        if timezone not in zoneinfo.available_timezones():
            raise TimezoneUnknown(timezone=timezone)
        return cls(code, plain, timezone)


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier in a list."""

    code: str
    name: str
    timezone: str


def add_supplier(deps: Deps, actor: Actor, command: AddSupplier) -> None:
    """Add a supplier with the usual dated rules.

    Raises:
        SupplierExists: the code is taken.
    """
    actor.require(Permission.SUPPLIER_MANAGE)
    with deps.transaction() as tx:
        store_supplier(deps, tx, actor, command)


def store_supplier(deps: Deps, tx: UnitOfWork, actor: Actor, command: AddSupplier) -> int:
    """Inside a transaction: the supplier, its rules since 2020, and the audit of it; gives its id.

    Raises:
        SupplierExists: the code is taken.
    """
    if tx.suppliers.find_by_code(command.code):
        raise SupplierExists(supplier=command.code)
    supplier = Supplier(
        code=command.code,
        name=command.name,
        timezone=command.timezone,
        region=command.region,
        desk_address=command.desk_address,
        desk_email=command.desk_email,
    )
    supplier_id = tx.suppliers.add(supplier).id or 0
    for valid_from, due_day in _DUE_DAYS.items():
        tx.suppliers.add_dated(_usual_policy(supplier_id, valid_from, due_day))
    tx.audit.record(actor, deps.clock.now(), "supplier.added", supplier_id, code=command.code)
    return supplier_id


def _usual_policy(supplier_id: int, valid_from: date, due_day: int) -> SupplierPolicy:
    """Readings from the 15th to the 25th; who knows an account's number sees what is due."""
    return SupplierPolicy(
        supplier_id=supplier_id,
        valid_from=valid_from,
        window_from_day=15,
        window_to_day=25,
        due_day=due_day,
        max_consumption_m3=10_000,
        basic_shows_due=True,
    )


def list_suppliers(deps: Deps, actor: Actor) -> list[SupplierRow]:
    """All suppliers by name."""
    actor.require(Permission.SUPPLIER_MANAGE)
    with deps.snapshot() as tx:
        return [SupplierRow(s.code, s.name, s.timezone) for s in tx.suppliers.list_all()]
