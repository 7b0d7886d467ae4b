"""Imports and exports that are killed by `kill -9` at any moment leave nothing half, and run again."""

import os
import random
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from cabinet.domain.permissions import Actor
from cabinet.domain.registers import ExportKind
from cabinet.persistence.engine import metadata
from cabinet.services import register_files
from cabinet.services.register_exports import ExportRegister, export_register
from cabinet.services.registers import ImportRegister, import_register
from tests.fakes import make_world
from tests.register_files import ACCOUNTS, OTHER_PIN, add_test_supplier, pay, take, write

LINES = 200
MOMENTS = 25  # of each of two registers


def run_and_kill(work: Callable[[], object], after: float) -> float:
    """Run in a process of its own, which is killed after so many seconds; how long it lived."""
    ended, alive = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if not child:
        os.close(ended)
        work()
        os._exit(0)
    os.close(alive)
    select.select([ended], [], [], after)  # the pipe ends with the child
    lived = time.monotonic() - started
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ended)
    return lived


def state(engine: Engine) -> dict[str, int]:
    """How many rows each table holds, and how many of them are as an update has them."""
    asked = {table.name: f"SELECT count(*) FROM {table.name}" for table in metadata.sorted_tables}  # noqa: S608
    asked |= {
        "changed accounts": "SELECT count(*) FROM customer_accounts WHERE flat = '13'",
        "changed pins": f"SELECT count(*) FROM access_pins WHERE bcrypt_hash = '{OTHER_PIN}'",  # noqa: S608
    }
    together = " UNION ALL ".join(f"SELECT '{name}', ({query})" for name, query in asked.items())
    with engine.connect() as connection:
        return {name: rows for name, rows in connection.execute(text(together))}  # noqa: C416 - rows, not pairs


@dataclass
class Register:
    """A file that is imported and killed again and again.

    Attributes:
        whole: seconds that its import takes.
        brings: rows, by what `state` counts.
        killed: imports that left nothing.
    """

    path: Path
    whole: float = 60
    brings: dict[str, int] = field(default_factory=dict)
    killed: int = 0


def registers(folder: Path) -> tuple[Register, Register]:
    """A register of accounts and the next one, which changes all of them; both have lines that are refused."""
    lines = [{"account": f"37{n:010d}", "meter_serial": str(n), "balance": "1.00"} for n in range(LINES)]
    changed = {"flat": "13", "last_reading": "7000", "pin_bcrypt": OTHER_PIN, "balance": "2.00"}
    refused = [{"account": "bad"}] * 3
    return (
        Register(write(folder, ACCOUNTS, *lines, *refused)),
        Register(write(folder, ACCOUNTS, *refused, *(line | changed for line in lines))),
    )


def test_an_import_killed_at_any_moment_leaves_all_or_nothing_and_the_next_completes_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New accounts of another supplier each time, then their update; each is killed, then run again."""
    monkeypatch.setattr(register_files, "BLOCK", 1 << 14)  # four of them
    folder = tmp_path / "registers"
    folder.mkdir()
    both = registers(folder)

    def go(register: Register, supplier: str) -> None:
        world = make_world(database_url, tmp_path)
        import_register(world.deps, Actor.system(), ImportRegister(ACCOUNTS, register.path, supplier))
        world.dispose()

    world = make_world(database_url, tmp_path)
    for turn in range(MOMENTS + 2):
        add_test_supplier(world.deps, f"gas-{turn}")
    world.dispose()
    looking = create_engine(database_url, poolclass=NullPool)
    chance, before = random.Random(9), state(looking)
    for turn in range(
        -2, MOMENTS
    ):  # the first two show what comes, and how long it takes: they are not killed
        supplier = f"gas-{turn + 2}"
        for register in both:
            moment = chance.uniform(0, register.whole) if turn >= 0 else register.whole
            lived = run_and_kill(partial(go, register, supplier), moment)
            if lived < moment:
                register.whole = lived  # by itself; a busy machine may have been slower before
            left = state(looking)
            register.brings = register.brings or {name: left[name] - before[name] for name in left}
            after = {name: before[name] + register.brings[name] for name in before}
            assert left in (before, after), moment
            register.killed += left == before
            go(register, supplier)
            before = state(looking)
            assert before == after, moment
    fresh, changed = both
    assert (fresh.brings["customer_accounts"], fresh.brings["register_rejects"]) == (LINES, 3)
    assert (changed.brings["changed accounts"], changed.brings["register_changes"]) == (LINES, 2 * LINES)
    assert min(fresh.killed, changed.killed) > MOMENTS / 2


def test_an_export_killed_at_any_moment_loses_and_doubles_nothing(sqlite_url: str, tmp_path: Path) -> None:
    world = make_world(sqlite_url, tmp_path)
    add_test_supplier(world.deps)
    folder = tmp_path / "registers"
    folder.mkdir()
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    chance, whole, written = random.Random(10), 0.0, 0

    def export(name: str) -> None:
        own = make_world(sqlite_url, tmp_path)
        export_register(
            own.deps, Actor.system(), ExportRegister(ExportKind.PAYMENTS, folder / name, "izhevsk")
        )
        own.dispose()

    for turn in range(16):
        paid = range(turn * 10 + 1, turn * 10 + 11)
        for amount in paid:
            pay(world, amount)
        lived = run_and_kill(
            lambda turn=turn: export(f"{turn}.csv"), chance.uniform(0, whole) if turn else 60
        )  # type: ignore[misc]
        whole = whole or lived
        written += 10
    export("last.csv")
    files = [*folder.glob("[0-9]*.csv"), folder / "last.csv"]
    ids = [line.split(";")[3] for file in files for line in file.read_text("utf-8").split("\n")[1:-1]]
    assert sorted(map(int, ids)) == list(range(1, written + 1))
    with world.deps.snapshot() as tx:
        untold = tx.session.execute(
            text("SELECT count(*) FROM payments WHERE exported_at IS NULL")
        ).scalar_one()
    assert untold == 0
    world.dispose()
