"""Databases for tests: made once for each process at the newest version, then copied for each test."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from cabinet.domain.permissions import Actor
from cabinet.persistence.customer_accounts import LEGACY_KIND, PIN_KIND, CustomerAccount
from cabinet.services.demo import list_accounts, load_demo
from tests import postgres
from tests.fakes import World, make_world

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_ROOM = 2**30  # bytes: a PostgreSQL server with its templates and a few copies
_PREFIX, _ALIVE = "cabinet-tests-", "alive"
_numbers = count()


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory if the machine has one with room (a commit costs nothing there), else on the disk.

    What a killed run has left there is swept away by the next.
    """
    _sweep()
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_MEMORY if roomy else None))
    folder.chmod(0o711)  # PostgreSQL runs as another user
    with (folder / _ALIVE).open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    for left in _MEMORY.glob(f"{_PREFIX}*/{_ALIVE}"):
        with suppress(OSError), left.open("w") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent, ignore_errors=True)


@contextmanager
def sqlite_copy(template: Path) -> Iterator[str]:
    """The URL of a copy beside the template."""
    copy = template.with_name(f"test-{next(_numbers)}.db")
    shutil.copyfile(template, copy)
    try:
        yield f"sqlite:///{copy}"
    finally:
        for left in copy.parent.glob(f"{copy.name}*"):
            left.unlink()


@contextmanager
def postgres_copy(server_url: str, template: str) -> Iterator[str]:
    """The URL of a copy of the server's database of that name."""
    name = f"test_{next(_numbers)}"
    with postgres.connect(server_url) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield server_url.replace("/postgres?", f"/{name}?")
    finally:
        with postgres.connect(server_url) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill_with_demo(url: str, folder: Path) -> None:
    """Load the demo supplier into a database at the newest version, with cheap hashes of its secrets."""
    world = make_world(url, folder)
    try:
        load_demo(world.deps, Actor.system())
        _make_secrets_cheap(world)
    finally:
        world.dispose()


def _make_secrets_cheap(world: World) -> None:
    """The register's own hashes cost 50 ms a comparison, and tests compare thousands."""
    passwords, now = world.deps.passwords, world.clock.at
    with world.deps.transaction() as tx:
        numbers = select(CustomerAccount.number, col(CustomerAccount.id))
        ids = {number: account_id or 0 for number, account_id in tx.session.exec(numbers)}
        for known in list_accounts():
            for kind, secret in ((PIN_KIND, known.pin), (LEGACY_KIND, known.former_password)):
                if tx.customer_accounts.find_pin(ids[known.account], kind):
                    tx.customer_accounts.replace_pin(
                        ids[known.account], kind, passwords.hash_plain(secret), now
                    )


def somebody_waits(engine: Engine) -> bool:
    """For a lock; SQLite's writers wait for their turn anyway."""
    if engine.dialect.name == "sqlite":
        return True
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").all())
