from pathlib import Path

import pytest
from sqlalchemy import text

from cabinet.domain.errors import Busy, InputError
from cabinet.domain.registers import RegisterKind
from cabinet.persistence import engine
from cabinet.persistence.register_rows import load, table_of
from tests.fakes import make_world
from tests.register_files import account_id, add_test_supplier, take, write

PAYMENT = {
    "paid_on": ["2026-10-14"], "amount_kopecks": [4878], "channel": ["post"], "external_id": ["X0-1"],
}  # fmt: skip


def test_quarantined_lines_stay_in_the_server_until_they_are_asked_for(
    fresh_postgres_url: str, tmp_path: Path
) -> None:
    world = make_world(fresh_postgres_url, tmp_path)
    add_test_supplier(world.deps)
    folder = tmp_path / "registers"
    folder.mkdir()
    bad = [{"residents": "двое"}] * 1500
    take(world.deps, RegisterKind.ACCOUNTS, write(folder, RegisterKind.ACCOUNTS, *bad))
    with world.deps.snapshot() as tx:
        rows = tx.registers.list_rejects(1)
        assert next(rows).line == 2
        assert tx.session.execute(text("SELECT count(*) FROM pg_cursors")).scalar_one() == 1
        assert len(list(rows)) == 1499
    world.dispose()


def test_rows_that_wait_for_an_account_too_long_are_told_to_come_again(
    fresh_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_LOCKED_MS", 50)
    world = make_world(fresh_postgres_url, tmp_path)
    add_test_supplier(world.deps)
    folder = tmp_path / "registers"
    folder.mkdir()
    take(world.deps, RegisterKind.ACCOUNTS, write(folder, RegisterKind.ACCOUNTS, {}))
    rows = PAYMENT | {"customer_account_id": [account_id(world)]}
    with world.engine.begin() as holder:
        holder.execute(text("SELECT id FROM customer_accounts FOR UPDATE"))
        with pytest.raises(Busy), world.engine.begin() as connection:
            load(connection, table_of("outside_payments"), rows)
    with world.engine.begin() as connection:
        load(connection, table_of("outside_payments"), rows)
    world.dispose()


def test_rows_that_no_database_can_write_down_are_nobodys_crash(database_url: str, tmp_path: Path) -> None:
    world = make_world(database_url, tmp_path)
    rows = PAYMENT | {"customer_account_id": [1], "channel": ["half \ud800"]}
    with pytest.raises(InputError), world.engine.begin() as connection:
        load(connection, table_of("outside_payments"), rows)
    world.dispose()
