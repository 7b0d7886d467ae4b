"""Registers for the suites: short ones written on the spot, and the samples."""

from pathlib import Path
from typing import Any

from sqlmodel import select

from cabinet.domain.permissions import Actor
from cabinet.domain.register_lines import COLUMNS, Layout
from cabinet.domain.registers import RegisterKind
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.meters import Reading
from cabinet.persistence.payments import Payment
from cabinet.persistence.users import User
from cabinet.services.deps import Deps
from cabinet.services.registers import ImportRegister, RegisterOutcome, import_register
from cabinet.services.suppliers import AddSupplier, add_supplier
from tests.fakes import World

DIRTY = Path(__file__).parent / "data" / "dirty-cp1251"
PIN = "$2b$10$" + "a" * 53
OTHER_PIN = "$2b$10$" + "b" * 53

GOOD: dict[RegisterKind, dict[str, str]] = {
    RegisterKind.ACCOUNTS: {
        "account": "370000000001",
        "els": "95АД600861",
        "izhku": "95АД600861-01",
        "last_name": "Широбоков",
        "locality": "г. Ижевск",
        "street": "ул. Песочная",
        "house": "86",
        "flat": "12",
        "area_m2": "54,3",
        "residents": "2",
        "usage": "stove",
        "meter_serial": "04666666",
        "meter_type": "ВК-G4Т",
        "meter_capacity": "5",
        "meter_installed_on": "2023-04-20",
        "verification_due_on": "20.04.2033",
        "thermo_compensated": "1",
        "last_reading": "6928",
        "last_reading_on": "2026-10-20",
        "pin_bcrypt": PIN,
        "legacy_password_bcrypt": "-",
        "balance": "282.20",
    },
    RegisterKind.CHARGES: {
        "account": "370000000001",
        "period": "2026-10",
        "service": "gas",
        "method": "metered",
        "reading_from": "6894",
        "reading_to": "6928",
        "coefficient": "1",
        "volume_m3": "34,000",
        "price": "8,30",
        "amount": "282,20",
        "recalculation": "0",
        "penalty": "1,10",
        "opening": "100,00",
        "paid": "100,00",
        "closing": "283,30",
    },
    RegisterKind.PAYMENTS: {
        "account": "370000000001",
        "paid_on": "2026-10-14",
        "amount": "48.78",
        "channel": "post",
        "external_id": "X0-1",
        "reading": "-",
    },
}
ACCOUNTS, CHARGES, PAYMENTS = RegisterKind


def text_of(kind: RegisterKind, *lines: dict[str, str]) -> str:
    """A register with all columns: each line is the good one with something else in it."""
    names = [column.name for column in COLUMNS[kind]]
    rows = [";".join({**dict.fromkeys(names, "-"), **GOOD[kind], **line}[n] for n in names) for line in lines]
    return "\n".join([";".join(names), *rows, ""])


def write(folder: Path, kind: RegisterKind, *lines: dict[str, str]) -> Path:
    """The register as a file."""
    path = folder / f"{kind.value}-{len(list(folder.iterdir()))}.csv"
    path.write_text(text_of(kind, *lines), "utf-8")
    return path


def add_test_supplier(deps: Deps, code: str = "izhevsk") -> None:
    """A supplier whose registers come."""
    add_supplier(deps, Actor.system(), AddSupplier.parse(code, "Газ", "Europe/Samara"))


def take(deps: Deps, kind: RegisterKind, path: Path, *, dry_run: bool = False) -> RegisterOutcome:
    """Import a file as the supplier's own."""
    return import_register(deps, Actor.system(), ImportRegister(kind, path, "izhevsk", dry_run))


def read_line(layout: Layout, line: str) -> dict[str, Any]:
    """What one line says, by the names of its columns; LineRefused is raised."""
    found = layout.read([line])
    for refused in found.refused.values():
        raise refused
    return {name: values[0] for name, values in found.columns.items()}


def account_id(world: World, number: str = "370000000001") -> int:
    """The id of an account by its number."""
    with world.deps.snapshot() as tx:
        return tx.session.exec(select(CustomerAccount.id).where(CustomerAccount.number == number)).one() or 0


def add_user(world: World, login: str) -> int:
    """Somebody, by a login of their own."""
    with world.deps.transaction() as tx:
        user = User(
            login_kind="email", login=login, password_hash="", created_at=world.clock.at, consent_version="1",
            consent_digest="", consented_at=world.clock.at, consent_address="",
        )  # fmt: skip
        return tx.users.add(user).id or 0


def pay(world: World, amount: int, *, number: str = "370000000001", exported: bool = False) -> None:
    """A payment made here that has succeeded; known by its amount."""
    user, now = add_user(world, f"{amount}@example.ru"), world.clock.at
    with world.deps.transaction() as tx:
        payment = Payment(
            id=str(amount), customer_account_id=account_id(world, number), user_id=user, form_key=str(amount),
            amount_kopecks=amount, status="succeeded", acquirer="demo", acquirer_payment_id=f"d-{amount}",
            created_at=now, finished_at=now, exported_at=now if exported else None,
        )  # fmt: skip
        tx.payments.add(payment)


def send_reading(world: World, value: int, *, number: str = "370000000001") -> int:
    """A reading sent from here; its id."""
    with world.deps.transaction() as tx:
        [meter, *_] = tx.meters.list_of(account_id(world, number))
        reading = Reading(
            meter_id=meter.id or 0, value_m3=value, kind="actual", source="web", taken_on=world.clock.at.date(),
            period="2026-11", received_at=world.clock.at, idempotency_key=f"form-{value}",
        )  # fmt: skip
        return tx.readings.add(reading).id or 0
