"""Migrations lead to the tables of the code and back again, on both databases."""

from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from cabinet.persistence import unit_of_work
from cabinet.persistence.engine import make_engine
from cabinet.persistence.migrations import alembic_config, migrate


def schema(engine: Engine) -> dict[str, Any]:
    """Columns, keys, indexes and checks of every table."""
    seen = inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)],
            sorted(str(x["column_names"]) + str(x["unique"]) for x in seen.get_indexes(table)),
            sorted(str(x["column_names"]) for x in seen.get_unique_constraints(table)),
            sorted(str(x["constrained_columns"]) + x["referred_table"] for x in seen.get_foreign_keys(table)),
            sorted(str(x["name"]) for x in seen.get_check_constraints(table)),
        )
        for table in seen.get_table_names()
    }


def test_the_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    assert unit_of_work.UnitOfWork
    command.check(alembic_config(database_url))


def test_there_and_back_step_by_step_is_the_same_place(database_url: str) -> None:
    config, engine = alembic_config(database_url), make_engine(database_url)
    newest = schema(engine)
    steps = [x.revision for x in ScriptDirectory.from_config(config).walk_revisions()]
    places = {}
    for step in steps:
        places[step] = schema(engine)
        command.downgrade(config, "-1")
    assert set(schema(engine)) <= {"alembic_version"}
    for step in reversed(steps):
        command.upgrade(config, "+1")
        assert schema(engine) == places[step], step
    assert schema(engine) == newest
    engine.dispose()


def test_a_second_migration_has_nothing_to_do(database_url: str) -> None:
    engine = make_engine(database_url)
    before = schema(engine)
    migrate(database_url)
    assert schema(engine) == before
    engine.dispose()


def test_history_is_one_line_of_numbers() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    revisions = [x.revision for x in reversed(list(script.walk_revisions()))]
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert len(script.get_heads()) == 1


def test_values_and_readings_come_through_0022_and_back(demo_url: str) -> None:
    """What a receipt said is marked on its reading; going back takes only the values of single regions."""
    config, engine = alembic_config(demo_url), make_engine(demo_url)

    def ask(question: str) -> list[tuple[Any, ...]]:
        with engine.begin() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(question)]

    def change(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    values = ask("SELECT kind, value, valid_from FROM supplier_values WHERE region = '' ORDER BY id")
    change("UPDATE readings SET source = 'web' WHERE id IN (1, 2)")
    change(
        "UPDATE meters SET verification_due_on = '2026-10-19' WHERE id IN (SELECT meter_id FROM readings WHERE id = 1)"
    )
    before = ask("SELECT id, value_m3, taken_on, source FROM readings ORDER BY id")
    command.downgrade(config, "0021")
    assert ask("SELECT kind, value, valid_from FROM supplier_values ORDER BY id") == values != []
    command.upgrade(config, "0022")
    assert ask("SELECT kind, value, valid_from FROM supplier_values WHERE region = '' ORDER BY id") == values
    assert ask("SELECT id, value_m3, taken_on, source FROM readings ORDER BY id") == before
    assert ask("SELECT id FROM readings WHERE NOT counted") == [(1,)]
    engine.dispose()


def test_what_waits_to_be_sent_joins_the_dead_at_0023_and_says_nothing(demo_url: str) -> None:
    """Without the portal's key nothing can be sealed, and nothing sealed be read; it is never sent half."""
    config, engine = alembic_config(demo_url), make_engine(demo_url)

    def rows(column: str) -> list[tuple[Any, ...]]:
        with engine.begin() as connection:
            found = connection.exec_driver_sql(
                f"SELECT {column}, due_at IS NULL, dead_at IS NULL FROM outbox ORDER BY id"  # noqa: S608 - ours
            )
            return [tuple(row) for row in found]

    command.downgrade(config, "0022")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'INSERT INTO outbox (key, channel, "to", template, facts, created_at, due_at, attempts, last_error) VALUES'
            " ('k', 'mail', 'a@example.ru', 'access_pin', '{\"pin\": \"abcd2345\"}', '2026-10-20', '2026-10-20', 0, '')"
        )
    command.upgrade(config, "0023")
    [(sealed, no_due, no_dead)] = rows("sealed")
    assert (bytes(sealed), bool(no_due), bool(no_dead)) == (b"", True, False)
    command.downgrade(config, "0022")
    [(facts, no_due, no_dead)] = rows("facts")
    assert (facts in ("{}", {}), bool(no_due), bool(no_dead)) == (True, True, False)
    engine.dispose()
