"""The database engine, on SQLite and PostgreSQL alike."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, MetaData, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, create_engine

from cabinet.domain.errors import Busy, InputError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMING

_BUSY_MS = 15_000
_LOCKED_MS = 5_000  # how long PostgreSQL lets one wait for another's rows; an import is more patient
_WAITED_IN_VAIN = ("55P03", "40P01")  # lock_not_available, deadlock_detected
_DURABLE = ("journal_mode=WAL", "synchronous=FULL")
_PASSING = ("journal_mode=MEMORY", "synchronous=OFF")
_READ_ONLY = "cabinet_read_only"


def make_engine(url: str, *, durable: bool = True) -> Engine:
    """An engine for the URL; `durable=False` for a SQLite file that may be lost: one file, no waiting for the disk.

    SQLite gets WAL, `synchronous=FULL`, foreign keys, overwriting of what is deleted and a busy timeout, and
    every transaction that is not read only begins IMMEDIATE, so that two writers queue and never deadlock.
    PostgreSQL gets a limit of waiting for locks. Text that no database can write down raises InputError, waiting
    for others in vain Busy.
    """
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
        event.listen(engine, "connect", _limit_waiting)
        event.listen(engine, "handle_error", _tell_in_our_words)
        return engine
    path = make_url(url).database or ""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=10, max_overflow=10)
    event.listen(engine, "connect", _prepare_sqlite(_DURABLE if durable else _PASSING))
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _tell_in_our_words)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The same, for transactions that change nothing and see one state of the database from their first row to the last."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READ_ONLY: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


class Kin:
    """Engines of many small SQLite databases that are all alike: what SQL one of them has compiled, all know."""

    def __init__(self) -> None:
        self._dialect: Dialect | None = None
        self._compiled: dict[Any, Any] = {}

    def make_engine(self, url: str) -> Engine:
        """An engine of a file that may be lost."""
        engine = make_engine(url, durable=False)
        if self._dialect is None:
            with engine.connect():  # a dialect knows its server's version only after a connection
                self._dialect = engine.dialect
        engine.dialect = self._dialect
        return engine.execution_options(compiled_cache=self._compiled)


def _tell_in_our_words(context: ExceptionContext) -> None:
    _say(context.original_exception)


@contextmanager
def in_our_words() -> Iterator[None]:
    """For what is said to the driver itself: the same errors as of what SQLAlchemy says.

    Raises:
        InputError: text that no database can write down.
        Busy: waited for others in vain.
    """
    try:
        yield
    except Exception as problem:
        _say(problem)
        raise


def _say(problem: BaseException) -> None:
    """What is no fault of ours.

    NUL in PostgreSQL and half a character in both: whoever sent it is told so. Rows that others hold for too long:
    whoever waited may try again.
    """
    if isinstance(problem, UnicodeEncodeError) or "NUL (0x00)" in str(problem):
        raise InputError from problem
    if "database is locked" in str(problem) or getattr(problem, "sqlstate", "") in _WAITED_IN_VAIN:
        raise Busy from problem


def _limit_waiting(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's and SQLAlchemy's own
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {_LOCKED_MS}")
    connection.autocommit = False


def _prepare_sqlite(safety: tuple[str, ...]) -> Callable[[sqlite3.Connection, Any], None]:
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's record
        connection.isolation_level = None
        for pragma in (
            *safety,
            "temp_store=MEMORY",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={_BUSY_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def is_postgresql(connection: Connection) -> bool:
    """Which of the two databases it is."""
    return connection.dialect.name == "postgresql"


def insert_new(connection: Connection, table: Table, *unique: str) -> Any:  # noqa: ANN401 - an Insert of either database
    """An INSERT that leaves out the rows whose unique columns are there already."""
    insert = postgresql.insert if is_postgresql(connection) else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=unique)
