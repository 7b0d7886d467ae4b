"""Imports and exports that are killed by `kill -9` at any moment leave nothing half, and run again."""

import os
import random
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cabinet.domain.permissions import Actor
from cabinet.domain.registers import ExportKind
from cabinet.services import register_files
from cabinet.services.register_exports import ExportRegister, export_register
from cabinet.services.registers import ImportRegister, import_register
from tests import databases
from tests.fakes import make_world
from tests.register_files import ACCOUNTS, add_test_supplier, pay, take, write

LINES = 1500
KILLS = {"sqlite": 50, "postgresql": 8}
TABLES = {"customer_accounts": 1, "meters": 1, "readings": 1, "access_pins": 1, "journal_entries": 1}


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


@contextmanager
def copies(request: pytest.FixtureRequest, database: str) -> Iterator[Callable[[], object]]:
    """Makes contexts of fresh databases."""
    if database == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        yield lambda: databases.sqlite_copy(template)
    else:
        server: str = request.getfixturevalue("migrated_postgres")
        yield lambda: databases.postgres_copy(server, "template")


def counts(url: str) -> set[int]:
    """How many rows the tables of an import hold: one number when they agree."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}  # noqa: S608
        found |= {LINES * connection.execute(text("SELECT count(*) FROM registers")).scalar_one()}
    engine.dispose()
    return found


@pytest.mark.parametrize("database", KILLS)
def test_an_import_killed_at_any_moment_leaves_all_or_nothing_and_the_next_completes_it(
    request: pytest.FixtureRequest, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_files, "BLOCK", 1 << 16)
    lines = [{"account": f"37{n:010d}", "meter_serial": str(n), "balance": "1.00"} for n in range(LINES)]
    lines[-1]["balance"] = "0"  # the entry that closes the statement makes up for it
    folder = tmp_path / "registers"
    folder.mkdir()
    command = ImportRegister(ACCOUNTS, write(folder, ACCOUNTS, *lines), "izhevsk")

    def go(url: str) -> None:
        world = make_world(url, tmp_path)
        import_register(world.deps, Actor.system(), command)
        world.dispose()

    chance, whole, killed = random.Random(9), 0.0, 0
    for turn in range(-2, KILLS[database]):  # the first two show how long it takes, cold and warm
        with copies(request, database) as copy, copy() as url:  # type: ignore[attr-defined]
            world = make_world(url, tmp_path)
            add_test_supplier(world.deps)
            world.dispose()
            moment = chance.uniform(0, whole) if turn >= 0 else 60
            lived = run_and_kill(lambda url=url: go(url), moment)  # type: ignore[misc]
            whole = lived if turn < 0 else whole
            left = counts(url)
            assert left in ({0}, {LINES}), moment
            killed += left == {0}
            go(url)
            assert counts(url) == {LINES}, moment
    assert killed >= KILLS[database] / 4


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
