"""The demo supplier: its dated rules and prices, and the clean sample registers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from cabinet.domain.charges import Usage
from cabinet.domain.dated_values import EVERYWHERE, DatedValue
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.registers import RegisterKind
from cabinet.persistence.suppliers import DatedRow, Price, SupplierValue
from cabinet.services.deps import Deps
from cabinet.services.registers import ImportRegister, RegisterOutcome, import_register
from cabinet.services.suppliers import AddSupplier, store_supplier
from cabinet.texts import registers as texts

CODE: Final = "izhevsk"
FOLDER: Final = Path(__file__).resolve().parents[1] / "demo_data"

_SUPPLIER: Final = AddSupplier(
    code=CODE,
    name=texts.DEMO_NAME,
    timezone="Europe/Samara",
    region=texts.DEMO_REGION,
    desk_address=texts.DEMO_DESK_ADDRESS,
    desk_email=texts.DEMO_DESK_EMAIL,
)
# Roubles per m³ for the people of Удмуртия, VAT included: the region's orders for each 1 July.
_PRICES: Final = {
    date(2024, 7, 1): {Usage.STOVE: "7.50", Usage.STOVE_HEATER: "7.38", Usage.HEATING: "6.98261"},
    date(2025, 7, 1): {Usage.STOVE: "8.30", Usage.STOVE_HEATER: "8.13", Usage.HEATING: "7.69"},
}
# Demo figures all: norms by people are Удмуртия's of 2002, that of heating and the coefficients are made up.
_NORMS: Final = {
    DatedValue.NORM_STOVE: "12",
    DatedValue.NORM_STOVE_HEATER: "32",
    DatedValue.NORM_HEATING: "7",
}
_COEFFICIENTS: Final = {date(2026, 1, 1): "1.07", date(2026, 7, 1): "0.98"}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try, with what opens it; "" where there is none."""

    account: str
    serial: str
    pin: str
    former_password: str
    balance: str


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """What was loaded; `fresh` when anything was."""

    supplier: str
    fresh: bool
    registers: tuple[RegisterOutcome, ...]
    accounts: tuple[DemoAccount, ...]


def load_demo(deps: Deps, actor: Actor) -> DemoOutcome:
    """Load the demo supplier; what is loaded already is not loaded again."""
    actor.require(Permission.SUPPLIER_MANAGE)
    with deps.snapshot() as tx:
        known = tx.suppliers.find_by_code(CODE) is not None
    if not known:
        _store_supplier(deps, actor)
    outcomes = tuple(
        import_register(deps, actor, ImportRegister(kind, FOLDER / f"{kind.value}.csv", CODE))
        for kind in RegisterKind
    )
    fresh = not all(outcome.again for outcome in outcomes)
    return DemoOutcome(_SUPPLIER.name, fresh, outcomes, tuple(list_accounts()))


def _store_supplier(deps: Deps, actor: Actor) -> None:
    with deps.transaction() as tx:
        for row in _dated(store_supplier(deps, tx, actor, _SUPPLIER)):
            tx.suppliers.add_dated(row)


def _dated(supplier_id: int) -> Iterator[DatedRow]:
    """Prices of both years; norms for everywhere, coefficients of the region by half-years."""
    for day, prices in _PRICES.items():
        for usage, price in prices.items():
            yield Price(
                supplier_id=supplier_id, usage=usage.value, valid_from=day, roubles_per_m3=Decimal(price)
            )
    since = min(_PRICES)
    values = [(kind, EVERYWHERE, since, norm) for kind, norm in _NORMS.items()]
    values += [
        (DatedValue.COEFFICIENT, texts.DEMO_REGION, day, factor) for day, factor in _COEFFICIENTS.items()
    ]
    for kind, region, day, value in values:
        yield SupplierValue(
            supplier_id=supplier_id, kind=kind.value, region=region, valid_from=day, value=Decimal(value)
        )


def list_accounts() -> list[DemoAccount]:
    """The accounts of the sample with their secrets in clear: they are nobody's."""
    known = json.loads((FOLDER / "known.json").read_text("utf-8"))
    return [
        DemoAccount(
            account=row["account"],
            serial=row["serial"],
            pin=row["pin"],
            former_password=row["legacy"].strip("-"),
            balance=row["balance"],
        )
        for row in known
    ]
