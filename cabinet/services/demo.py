"""The demo supplier: its dated rules and prices, and the clean sample registers."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from cabinet.domain.charges import Usage
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.registers import RegisterKind
from cabinet.persistence.suppliers import Price
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
        supplier_id = store_supplier(deps, tx, actor, _SUPPLIER)
        for valid_from, prices in _PRICES.items():
            for usage, price in prices.items():
                tx.suppliers.add_price(
                    Price(
                        supplier_id=supplier_id,
                        usage=usage.value,
                        valid_from=valid_from,
                        roubles_per_m3=Decimal(price),
                    )
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
