"""What `backup` writes brings the whole database back; nothing is overwritten, nothing half is called a backup."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from cabinet.persistence import backups
from cabinet.persistence.backups import BackupThere, BackupUnusable, DatabaseNotEmpty
from cabinet.persistence.engine import make_engine, metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A database with the demo supplier, and an empty one of the same kind."""
    names = {
        "sqlite": ("demo_sqlite_url", "sqlite_url"),
        "postgresql": ("demo_postgres_url", "fresh_postgres_url"),
    }
    demo, fresh = (request.getfixturevalue(name) for name in names[request.param])
    return demo, fresh


def rows_of(url: str) -> dict[str, list[str]]:
    """Everything in every table."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: sorted(map(str, connection.execute(select(table))))
                for name, table in metadata.tables.items()
            }
    finally:
        engine.dispose()


def test_a_backup_brings_everything_back_and_the_journal_verifies(
    pair: tuple[str, str], tmp_path: Path
) -> None:
    demo, fresh = pair
    file = tmp_path / "копия 1#?.backup"
    assert backups.write_backup(demo, file) == file.stat().st_size > 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*.part")) == []
    before = rows_of(demo)
    assert backups.restore_backup(fresh, file) == len(before["journal_transactions"]) > 0
    assert rows_of(fresh) == before
    with pytest.raises(DatabaseNotEmpty):
        backups.restore_backup(fresh, file)


def test_a_backup_overwrites_nothing(pair: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "copy.backup"
    file.write_text("of yesterday")
    with pytest.raises(BackupThere):
        backups.write_backup(pair[0], file)
    assert file.read_text() == "of yesterday"


@pytest.mark.parametrize(
    "content", [b"", b"not a backup", b"SQLite format 3\0" + b"x" * 5000, b"PGDMP" + b"x" * 500]
)
def test_what_is_no_backup_changes_nothing(pair: tuple[str, str], tmp_path: Path, content: bytes) -> None:
    _, fresh = pair
    file = tmp_path / "broken.backup"
    file.write_bytes(content)
    before = rows_of(fresh)
    with pytest.raises(BackupUnusable):
        backups.restore_backup(fresh, file)
    assert rows_of(fresh) == before


def test_a_database_that_does_not_answer_leaves_no_half_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupUnusable):
        backups.write_backup(f"postgresql+psycopg://nobody@/none?host={tmp_path}", tmp_path / "copy.backup")
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_does_not_sum_to_zero_is_told(
    demo_sqlite_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "copy.backup"
    backups.write_backup(demo_sqlite_url, file)
    with sqlite3.connect(file) as tampered:
        for (name,) in tampered.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            tampered.execute(f"DROP TRIGGER {name}")
        tampered.execute("UPDATE journal_entries SET amount_kopecks = amount_kopecks + 1 WHERE id = 1")
    tampered.close()
    with pytest.raises(BackupUnusable) as told:
        backups.restore_backup(sqlite_url, file)
    assert "zero" in str(told.value.facts["reason"])
