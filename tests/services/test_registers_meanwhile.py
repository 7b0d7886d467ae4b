"""While a register comes in, people do what they do; on PostgreSQL nobody waits for its end."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cabinet.domain.charges import Usage
from cabinet.domain.errors import Busy
from cabinet.domain.money import Money
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.pins import ShownDocuments
from cabinet.persistence import engine
from cabinet.persistence.access_pins import TOLD_KIND
from cabinet.persistence.customer_accounts import PIN_KIND
from cabinet.services import customer_accounts, desk_pins, desk_policy, payments, readings
from cabinet.services.access_pins import IssuePin, issue_pin
from cabinet.services.readings import SubmitReading
from cabinet.services.register_undo import UndoImport, undo_import
from cabinet.services.registers import ImportRegister, RegisterOutcome, import_register
from tests.factories import ACCOUNT, OTHER_ACCOUNT, OTHER_SERIAL, SERIAL, operator, owner
from tests.fakes import World, make_world
from tests.processes import poll
from tests.register_files import ACCOUNTS, OTHER_PIN, account_id, add_test_supplier, take, write

NUMBER = "370000000001"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "registers"
    place.mkdir()
    return place


@contextmanager
def open_import(world: World, path: Path, *, dry_run: bool = False) -> Iterator[list[RegisterOutcome]]:
    """All lines have come in, and nothing is committed before the block ends; then its outcome."""
    taken, go_on, outcomes = threading.Event(), threading.Event(), list[RegisterOutcome]()

    def hear(done: int, total: int) -> None:
        if done == total:
            taken.set()
            go_on.wait(60)

    def work() -> None:
        command = ImportRegister(ACCOUNTS, path, "izhevsk", dry_run)
        outcomes.append(import_register(world.deps, Actor.system(), command, hear))

    with ThreadPoolExecutor(1) as pool:
        importing = pool.submit(work)
        poll(lambda: taken.is_set() or importing.done(), 60, "the lines come in")
        try:
            yield outcomes
        finally:
            go_on.set()
        importing.result()


@pytest.mark.parametrize("dry_run", [True, False])
def test_nobody_waits_for_an_import_on_postgresql(
    demo_postgres_url: str, tmp_path: Path, folder: Path, *, dry_run: bool
) -> None:
    world = make_world(demo_postgres_url, tmp_path)
    anna, account = owner(world)
    olga = operator(world, role=OperatorRole.ADMINISTRATOR)
    meter = readings.get_meter(world.deps, anna, account)
    lines = [
        {"account": number, "meter_serial": serial, "last_reading": "03370", "last_reading_on": "2026-11-19"}
        for number, serial in ((ACCOUNT, SERIAL), (OTHER_ACCOUNT, OTHER_SERIAL))
    ]
    with open_import(world, write(folder, ACCOUNTS, *lines), dry_run=dry_run) as outcomes:
        reading = SubmitReading(account, int(meter.meter_id), "03380", "form-1", confirmed=True)
        assert readings.submit_reading(world.deps, anna, reading).number
        assert payments.start_payment(world.deps, anna, payments.StartPayment(account, Money(100), "form"))
        form = {"access": "extended", "proof_kind": "serial", "serial": OTHER_SERIAL}
        command = customer_accounts.LinkAccount.parse(form, OTHER_ACCOUNT)
        customer_accounts.link_account(world.deps, anna, command)
        day = world.clock.at.date() + timedelta(days=1)
        desk_policy.add_dated(world.deps, olga, desk_policy.AddPrice(day, Usage.STOVE, Decimal(9)))
        assert not outcomes
    assert outcomes[0].updated == 2
    world.dispose()


def test_a_pin_is_issued_at_the_counter_while_a_register_comes_in(
    fresh_postgres_url: str, tmp_path: Path, folder: Path
) -> None:
    world = make_world(fresh_postgres_url, tmp_path)
    add_test_supplier(world.deps)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    olga, account = operator(world, role=OperatorRole.SENIOR), account_id(world)
    changed = {"last_reading": "7000", "meter_serial": "another", "balance": "1"}
    with open_import(world, write(folder, ACCOUNTS, changed)) as outcomes:
        shown = ShownDocuments.PASSPORT
        issued = desk_pins.issue_at_desk(
            world.deps, olga, desk_pins.IssueAtDesk(account, "form", shown, None)
        )
        assert issued.pin
        assert not outcomes
    assert outcomes[0].updated == 1
    world.dispose()


def test_who_waits_too_long_for_a_row_is_told_to_try_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_MS", 50)
    monkeypatch.setattr(engine, "_LOCKED_MS", 50)
    world = make_world(database_url, tmp_path)
    add_test_supplier(world.deps)
    with world.deps.transaction() as tx:
        tx.suppliers.lock(1)
        tx.registers.lock_supplier(1)
        with pytest.raises(Busy), world.deps.transaction() as late:
            late.suppliers.lock(1)
        with pytest.raises(Busy):
            undo_import(world.deps, Actor.system(), UndoImport(ACCOUNTS, "izhevsk"))
    with world.deps.transaction() as tx:
        tx.suppliers.lock(1)
    world.dispose()


def test_an_import_waits_for_another_however_long_it_takes(
    fresh_postgres_url: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_LOCKED_MS", 1)
    world = make_world(fresh_postgres_url, tmp_path)
    add_test_supplier(world.deps)
    paths = [write(folder, ACCOUNTS, {}), write(folder, ACCOUNTS, {"flat": "13"})]
    with ThreadPoolExecutor(1) as pool:
        with open_import(world, paths[0]):
            second = pool.submit(take, world.deps, ACCOUNTS, paths[1])
            poll(lambda: _waits(world), 30, "the second import waits")
        assert second.result().updated == 1
    world.dispose()


def _waits(world: World) -> bool:
    with world.engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").all())


def pins(world: World) -> tuple[str, str]:
    """The PIN that holds, and what the register told last."""
    with world.deps.snapshot() as tx:
        account = account_id(world)
        return tx.customer_accounts.find_pin(account, PIN_KIND), tx.customer_accounts.find_pin(
            account, TOLD_KIND
        )


@pytest.mark.parametrize("before", ["-", "$2b$10$" + "a" * 53])
def test_a_pin_of_the_desk_and_one_of_the_register_at_once_both_come_in(
    fresh_postgres_url: str, tmp_path: Path, folder: Path, before: str
) -> None:
    """The desk's is later and holds; the register's next one, which repeats its own, does not replace it."""
    world = make_world(fresh_postgres_url, tmp_path)
    add_test_supplier(world.deps)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"pin_bcrypt": before}))
    with ThreadPoolExecutor(1) as pool:
        with open_import(world, write(folder, ACCOUNTS, {"pin_bcrypt": OTHER_PIN})):
            issuing = pool.submit(issue_pin, world.deps, Actor.system(), IssuePin("izhevsk", NUMBER))
            poll(lambda: _waits(world), 30, "the desk waits for the PIN's row")
        pin = issuing.result()
    holds, told = pins(world)
    assert world.deps.passwords.verify_plain(pin, holds)
    assert told == OTHER_PIN
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"pin_bcrypt": OTHER_PIN, "flat": "13"}))
    assert pins(world) == (holds, told)
    world.dispose()


def test_the_first_pin_of_the_desk_holds_when_a_register_brings_another_at_once(
    fresh_postgres_url: str, tmp_path: Path, folder: Path
) -> None:
    world = make_world(fresh_postgres_url, tmp_path)
    add_test_supplier(world.deps)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"pin_bcrypt": "-"}))
    path = write(folder, ACCOUNTS, {"pin_bcrypt": OTHER_PIN})
    with ThreadPoolExecutor(1) as pool:
        with world.deps.transaction() as tx:
            tx.access_pins.issue(account_id(world), "$2b$10$" + "c" * 53, world.clock.at)
            importing = pool.submit(take, world.deps, ACCOUNTS, path)
            poll(lambda: _waits(world), 30, "the import waits for the PIN's row")
        importing.result()
    assert pins(world)[0] == "$2b$10$" + "c" * 53
    world.dispose()
