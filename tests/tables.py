"""What the database holds, to be compared before and after an attack."""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Engine, inspect

# Where a stranger's tries are counted and remembered: these may grow.
COUNTERS = frozenset({"attempts", "human_challenges", "passkey_challenges", "audit_events"})


class Table(NamedTuple):
    """As the driver gives it: SQLAlchemy's own tables, read out anew, would be compiled and kept each time."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def tables(engine: Engine, leave: frozenset[str] = frozenset()) -> Iterator[Table]:
    """Every table with every row, but those that are left out."""
    with engine.connect() as connection:
        for name in sorted(set(inspect(connection).get_table_names()) - leave):
            found = connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608 - a table's own name
            yield Table(name, list(found.keys()), [tuple(row) for row in found])


def checksums(engine: Engine, leave: frozenset[str] = COUNTERS) -> dict[str, str]:
    """A digest of every row of every table but the counters, by table."""
    return {table.name: _digest(sorted(map(repr, table.rows))) for table in tables(engine, leave)}


def rows_of(engine: Engine, **owner: int) -> dict[str, list[str]]:
    """Every row of one person or account, by table: `rows_of(engine, user_id=1, customer_account_id=2)`."""
    found = {}
    for name, columns, rows in tables(engine, COUNTERS):
        theirs = [(columns.index(column), value) for column, value in owner.items() if column in columns]
        if theirs:
            found[name] = sorted(repr(row) for row in rows if any(row[at] == value for at, value in theirs))
    return found


def _digest(rows: list[str]) -> str:
    return f"{len(rows)}:{hashlib.sha256(chr(10).join(rows).encode()).hexdigest()}"
