from pathlib import Path

from sqlalchemy import text

from cabinet.domain.registers import RegisterKind
from tests.fakes import make_world
from tests.register_files import add_test_supplier, take, write


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
