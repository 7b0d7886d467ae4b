"""A backup of the whole database in one file, by the database's own tools, and bringing it back.

SQLite copies its pages while people go on writing; PostgreSQL's `pg_dump` and `pg_restore` do the same. Neither
holds documents nor keys: `docs/operations.md`.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, inspect, make_url
from sqlmodel import Session, select

from cabinet.domain.errors import Conflict
from cabinet.persistence.engine import make_engine
from cabinet.persistence.journal import Journal
from cabinet.persistence.migrations import migrate
from cabinet.persistence.suppliers import Supplier

_SQLITE = b"SQLite format 3\0"
_POSTGRESQL = b"PGDMP"


class BackupUnusable(Conflict):
    """The file is no backup of a database of this kind, or it is broken; fact `reason`."""

    code = "backup.unusable"


class BackupToolMissing(Conflict):
    """PostgreSQL's own programs are not installed; fact `program`."""

    code = "backup.tool_missing"


class BackupThere(Conflict):
    """A file of that name exists; a backup overwrites nothing."""

    code = "backup.there"


class DatabaseNotEmpty(Conflict):
    """What is to be filled from a backup holds a supplier already."""

    code = "backup.not_empty"


def write_backup(url: str, target: Path) -> int:
    """Write the database, as it is at one moment, into a new file that only its owner may read; its size in bytes.

    Raises:
        BackupThere, BackupToolMissing, BackupUnusable: nothing was written.
        OSError: the file cannot be written.
    """
    if target.exists():
        raise BackupThere
    part = target.with_name(f"{target.name}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        if _is_sqlite(url):
            _copy_sqlite(Path(make_url(url).database or ""), part)
        else:
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        os.link(part, target)  # fails where somebody has made it meanwhile
        return target.stat().st_size
    except FileExistsError as exc:
        raise BackupThere from exc
    finally:
        part.unlink()


def restore_backup(url: str, source: Path) -> int:
    """Fill an empty database from a backup, bring it to the newest version and verify its journal.

    Returns:
        How many transactions the journal has; all of them, and the whole, sum to zero.

    Raises:
        BackupUnusable: not a backup for this kind of database, or its journal does not sum to zero.
        BackupToolMissing: see there.
        DatabaseNotEmpty: nothing was changed.
        OSError: the file cannot be read.
    """
    with source.open("rb") as file:
        head = file.read(len(_SQLITE))
    if not head.startswith(_SQLITE if _is_sqlite(url) else _POSTGRESQL):
        raise BackupUnusable(reason="")
    engine = make_engine(url)
    try:
        if _holds_suppliers(engine):
            raise DatabaseNotEmpty
        engine.dispose()
        if _is_sqlite(url):
            _copy_sqlite(source, Path(make_url(url).database or ""))
        else:
            words = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
            _run("pg_restore", url, *words, str(source))
        migrate(url)
        return _verified(engine)
    finally:
        engine.dispose()


def _verified(engine: Engine) -> int:
    with Session(engine) as session:
        journal = Journal(session)
        if journal.total().kopecks or journal.unbalanced():
            raise BackupUnusable(reason="the journal does not sum to zero")
        return journal.count()


def _holds_suppliers(engine: Engine) -> bool:
    if not inspect(engine).has_table(Supplier.__tablename__):
        return False
    with Session(engine) as session:
        return session.exec(select(Supplier.id)).first() is not None


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _copy_sqlite(source: Path, target: Path) -> None:
    """Page by page, seen from one moment; what comes out is checked, so that no broken file is called a backup."""
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as have,
            closing(sqlite3.connect(target)) as gets,
        ):
            have.backup(gets)
            [(verdict,)] = gets.execute("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as exc:
        raise BackupUnusable(reason=str(exc)) from exc
    if verdict != "ok":
        raise BackupUnusable(reason=verdict)


def _run(program: str, url: str, *words: str) -> None:
    """One of PostgreSQL's programs; the password goes by the environment, where `ps` does not show it."""
    found = shutil.which(program)
    if found is None:
        raise BackupToolMissing(program=program)
    there = make_url(url)
    environment = {"PATH": os.defpath, "PGPASSWORD": there.password or ""}
    bare = URL.create("postgresql", there.username, None, there.host, there.port, there.database, there.query)
    line = [found, f"--dbname={bare.render_as_string()}", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - fixed program, own settings
    if done.returncode:
        raise BackupUnusable(reason=done.stderr.strip().split("\n", 1)[0])
