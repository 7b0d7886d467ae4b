"""The last import is undone whole, while nothing has been made of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import select

from cabinet.domain.errors import Denied, NotFound
from cabinet.domain.permissions import AccessLevel, Actor, OperatorRole, Visitor
from cabinet.domain.registers import RegisterKind, SupplierUnknown, UndoRefused, UndoUnknown
from cabinet.persistence import register_undo
from cabinet.persistence.audit import AuditEvent
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.meters import Reading
from cabinet.persistence.payments import Payment
from cabinet.persistence.register_undo import RegisterUndo
from cabinet.persistence.registers import Register
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import desk_audit, desk_pins
from cabinet.services.access_pins import IssuePin, issue_pin
from cabinet.services.desk_audit import SearchAudit
from cabinet.services.register_undo import UndoImport, UndoOutcome, undo_import
from cabinet.services.registers import ImportRegister, import_register
from tests.databases import somebody_waits
from tests.factories import operator
from tests.fakes import World
from tests.processes import poll
from tests.register_files import (
    ACCOUNTS,
    CHARGES,
    OTHER_PIN,
    PAYMENTS,
    account_id,
    add_test_supplier,
    add_user,
    pay,
    send_reading,
    take,
    write,
)
from tests.tables import checksums

NUMBER, NEW = "370000000001", "370000000002"
# What tells that an import was, and that it was undone.
TOLD = frozenset(
    {"audit_events", "registers", "journal_transactions", "journal_entries", "customer_accounts"}
)


@pytest.fixture(name="world")
def world_with_an_account(world: World, folder: Path) -> World:
    add_test_supplier(world.deps)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    world.clock.move(days=1)
    return world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "registers"
    place.mkdir()
    return place


def undo(world: World, kind: RegisterKind = ACCOUNTS, *, dry_run: bool = False) -> UndoOutcome:
    return undo_import(world.deps, Actor.system(), UndoImport(kind, "izhevsk", dry_run))


def accounts(world: World) -> list[dict[str, object]]:
    """What people can find."""
    with world.deps.snapshot() as tx:
        found = tx.session.exec(select(CustomerAccount).order_by(CustomerAccount.number))
        return [x.model_dump() for x in found if not x.number.startswith("~")]


def owed(world: World) -> int:
    with world.deps.snapshot() as tx:
        assert tx.journal.unbalanced() == []
        return tx.journal.balance(account_id(world)).kopecks


CHANGED = {
    "first_name": "Анна", "area_m2": "60", "verification_due_on": "2040-01-01", "thermo_compensated": "0",
    "last_reading": "7000", "last_reading_on": "2026-11-20", "pin_bcrypt": OTHER_PIN, "balance": "5",
}  # fmt: skip


def test_accounts_are_as_they_were_and_the_same_file_may_come_again(world: World, folder: Path) -> None:
    before, found, debt = checksums(world.engine, TOLD), accounts(world), owed(world)
    second = {"meter_serial": "second", "last_reading": "1"}
    new = {"account": NEW, "meter_serial": "new"}
    path = write(
        folder,
        ACCOUNTS,
        CHANGED,
        second,
        {"flat": "99"},
        new,
        {**new, "account": "370000000003", "balance": "-"},
    )
    first = take(world.deps, ACCOUNTS, path)
    outcome = undo(world)
    assert outcome.removed == {"readings": 4, "access_pins": 2, "meters": 3, "customer_accounts": 2}
    assert outcome.restored == {"customer_accounts": 1, "meters": 1, "access_pins": 1}
    assert (checksums(world.engine, TOLD), accounts(world), owed(world)) == (before, found, debt)
    again = take(world.deps, ACCOUNTS, path)
    assert (again.again, again.added, again.updated) == (False, first.added, first.updated)


def test_much_is_undone_a_part_at_a_time(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_undo, "_AT_ONCE", 2)
    numbers = [{"account": f"37000000010{n}", "balance": "-"} for n in range(5)]
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *numbers))
    before = accounts(world)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *(CHANGED | x for x in numbers)))
    assert undo(world).restored == {"customer_accounts": 5, "meters": 5, "access_pins": 5}
    assert accounts(world) == before


def test_a_new_account_with_a_debt_leaves_nothing_of_its_owner_behind(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"account": NEW, "last_name": "Тайный"}))
    undo(world)
    with world.deps.snapshot() as tx:
        [left] = tx.session.exec(select(CustomerAccount).where(CustomerAccount.number != NUMBER))
        assert tx.customer_accounts.find_by_number(1, NEW) is None
        assert tx.journal.balance(left.id or 0).kopecks == 0
    assert {left.last_name, left.street, left.house, left.els, left.name_key, left.address_key} == {""}


@pytest.mark.parametrize("kind", [CHARGES, PAYMENTS])
def test_facts_go(world: World, folder: Path, kind: RegisterKind) -> None:
    take(world.deps, kind, write(folder, kind, {}))
    before = checksums(world.engine, TOLD)
    later = {"period": "2026-11", "external_id": "later"}
    known = {
        name: value
        for name, value in later.items()
        if name in ("period" if kind is CHARGES else "external_id")
    }
    path = write(folder, kind, known, {"account": "bad"})
    assert take(world.deps, kind, path).added == 1
    assert sum(undo(world, kind).removed.values()) == 1
    after = checksums(world.engine, TOLD)
    assert {name for name in after if after[name] != before[name]} <= {"register_changes"}
    assert take(world.deps, kind, path).added == 1


def test_a_dry_run_tells_what_would_go_and_keeps_it(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, CHANGED))
    before = checksums(world.engine, frozenset())
    tried = undo(world, dry_run=True)
    assert tried.dry_run
    assert checksums(world.engine, frozenset()) == before
    done = undo(world)
    assert (tried.removed, tried.restored) == (done.removed, done.restored)


def test_what_an_import_brings_bears_its_own_instant_however_long_it_took(world: World, folder: Path) -> None:
    path = write(folder, ACCOUNTS, {"pin_bcrypt": OTHER_PIN})

    def tick(_done: int, _total: int) -> None:
        world.clock.move(minutes=1)

    import_register(world.deps, Actor.system(), ImportRegister(ACCOUNTS, path, "izhevsk"), tick)
    assert undo(world).restored == {"access_pins": 1}


def test_an_undo_is_remembered_and_stays_in_the_history(world: World) -> None:
    done = undo(world)
    with world.deps.snapshot() as tx:
        [event] = tx.audit.list_actions("register.undone")
        [register] = tx.session.exec(select(Register))
    assert (event.object_id, event.details["customer_accounts"]) == (done.register_id, 1)
    assert (register.undone_at, register.undoable) == (world.clock.at, False)


def test_only_the_last_import_is_undone_and_only_once(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"flat": "13"}))
    undo(world)
    for kind in RegisterKind:
        with pytest.raises(UndoUnknown):
            undo(world, kind)
    assert accounts(world)[0]["flat"] == "12"


def link(world: World) -> None:
    actor = Actor.subscriber(Visitor("", "", ""), add_user(world, "boris@example.ru"), 1)
    with world.deps.transaction() as tx:
        tx.customer_accounts.link(actor, account_id(world), AccessLevel.BASIC, world.clock.at)


def issue(world: World) -> None:
    issue_pin(world.deps, Actor.system(), IssuePin("izhevsk", NUMBER))


@pytest.mark.parametrize(
    ("why", "make"),
    [
        ("payments", lambda world: pay(world, 100)),
        ("readings", lambda world: send_reading(world, 6970)),
        ("links", link),
        ("pins", issue),
    ],
)
def test_what_people_have_made_since_keeps_an_import(
    world: World, folder: Path, why: str, make: object
) -> None:
    assert callable(make)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"flat": "13"}))
    take(world.deps, CHARGES, write(folder, CHARGES, {}))
    world.clock.move(minutes=1)
    make(world)
    before = checksums(world.engine, frozenset())
    for kind in (ACCOUNTS, CHARGES):
        with pytest.raises(UndoRefused) as refused:
            undo(world, kind)
        assert refused.value.facts == {"dependent": why}
    assert checksums(world.engine, frozenset()) == before


def test_what_was_made_before_an_import_is_no_hindrance(world: World, folder: Path) -> None:
    pay(world, 100)
    send_reading(world, 6970)
    issue(world)
    link(world)
    world.clock.move(minutes=1)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"flat": "13"}))
    assert undo(world).restored == {"customer_accounts": 1}


def test_a_later_register_on_new_accounts_keeps_them(world: World, folder: Path) -> None:
    take(world.deps, CHARGES, write(folder, CHARGES, {}))
    with pytest.raises(UndoRefused) as refused:
        undo(world)
    assert refused.value.facts == {"dependent": "registers"}
    undo(world, CHARGES)
    assert undo(world).removed["customer_accounts"] == 1


def test_another_supplier_and_a_subscriber_undo_nothing(world: World) -> None:
    add_test_supplier(world.deps, "glazov")
    boris = replace(Actor.system(), supplier_id=2)
    for actor, code, refusal in (
        (boris, "izhevsk", SupplierUnknown),
        (boris, "glazov", UndoUnknown),
        (Actor.subscriber(Visitor("", "", ""), 1, 1), "izhevsk", Denied),
    ):
        with pytest.raises(refusal):
            undo_import(world.deps, actor, UndoImport(ACCOUNTS, code))
    assert len(accounts(world)) == 1
    with world.deps.snapshot() as tx:
        assert (
            tx.session.exec(select(AuditEvent.id).where(AuditEvent.action == "register.undone")).all() == []
        )


def test_what_operators_did_with_an_undone_account_can_still_be_read(world: World, folder: Path) -> None:
    """And no later account is taken for it."""
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"account": NEW, "balance": "-"}))
    vera = operator(world, role=OperatorRole.SENIOR)
    desk_pins.view_account(world.deps, vera, account_id(world, NEW))
    undo(world)
    for later in ("370000000003", "370000000004"):
        [row] = desk_audit.search_audit(world.deps, vera, SearchAudit(action="desk.account_viewed"))
        assert (row.what, row.account) == ("Просмотр счёта", "")
        take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"account": later, "balance": "-"}))


# What people make of an account and its meter inside a transaction.


def issue_in(tx: UnitOfWork, account: int, _meter: int, now: datetime) -> None:
    tx.access_pins.issue(account, "$2b$10$" + "c" * 53, now)


def link_in(tx: UnitOfWork, account: int, _meter: int, now: datetime) -> None:
    boris = Actor.subscriber(Visitor("", "", ""), 1, 1)
    tx.customer_accounts.link(boris, account, AccessLevel.BASIC, now)


def pay_in(tx: UnitOfWork, account: int, _meter: int, now: datetime) -> None:
    payment = Payment(
        id="1", customer_account_id=account, user_id=1, form_key="1", amount_kopecks=1, status="created",
        acquirer="demo", created_at=now,
    )  # fmt: skip
    tx.payments.add(payment)


def read_in(tx: UnitOfWork, _account: int, meter: int, now: datetime) -> None:
    tx.readings.find_last(meter, now.date(), lock=True)
    reading = Reading(
        meter_id=meter, value_m3=7000, kind="actual", source="web", taken_on=now.date(), period="2026-11",
        received_at=now, idempotency_key="form",
    )  # fmt: skip
    tx.readings.add(reading)


Made = Callable[[UnitOfWork, int, int, datetime], None]


def new_account(world: World, folder: Path, **line: str) -> tuple[int, int]:
    """Brought by the last import: its id and its meter's."""
    add_user(world, "boris@example.ru")
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"account": NEW, **line}))
    world.clock.move(minutes=1)
    account = account_id(world, NEW)
    with world.deps.snapshot() as tx:
        [meter] = tx.meters.list_of(account)
    return account, meter.id or 0


@pytest.mark.parametrize("make", [issue_in, link_in, pay_in, read_in])
def test_what_is_being_made_meanwhile_keeps_an_import(world: World, folder: Path, make: Made) -> None:
    new = new_account(world, folder)
    with ThreadPoolExecutor(1) as pool:
        with world.deps.transaction() as tx:
            make(tx, *new, world.clock.at)
            undoing = pool.submit(undo, world)
            poll(lambda: undoing.done() or somebody_waits(world.engine), 30, "the undo waits")
        with pytest.raises(UndoRefused):
            undoing.result()
    assert [x["number"] for x in accounts(world)] == [NUMBER, NEW]


@pytest.mark.parametrize("make", [issue_in, link_in, read_in])
@pytest.mark.parametrize("balance", ["282.20", "-"])  # the account is hidden, or deleted
def test_nothing_is_made_of_what_is_being_undone(
    world: World, folder: Path, make: Made, balance: str
) -> None:
    new = new_account(world, folder, balance=balance)

    def be_late() -> None:
        with world.deps.transaction() as tx:
            make(tx, *new, world.clock.at)

    with ThreadPoolExecutor(1) as pool:
        with world.deps.transaction() as tx:
            register = tx.registers.find_undoable(1, ACCOUNTS)
            assert register
            undoing = RegisterUndo(tx.session, register)
            undoing.hold()
            making = pool.submit(be_late)
            poll(lambda: making.done() or somebody_waits(world.engine), 30, "whoever is late waits")
            undoing.apply(world.clock.at)
            undoing.close()
        with pytest.raises(NotFound):
            making.result()
