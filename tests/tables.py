"""What the database holds, to be compared before and after an attack."""

import hashlib

from sqlalchemy import Engine, MetaData, or_, select

# Where a stranger's tries are counted and remembered: these may grow.
COUNTERS = frozenset({"attempts", "human_challenges", "passkey_challenges", "audit_events"})


def checksums(engine: Engine, leave: frozenset[str] = COUNTERS) -> dict[str, str]:
    """A digest of every row of every table but the counters, by table."""
    known = MetaData()
    known.reflect(engine)
    tables = [x for x in known.sorted_tables if x.name not in leave]
    with engine.connect() as connection:
        return {
            x.name: _digest(sorted(repr(tuple(row)) for row in connection.execute(select(x)))) for x in tables
        }


def rows_of(engine: Engine, **owner: int) -> dict[str, list[str]]:
    """Every row of one person or account, by table: `rows_of(engine, user_id=1, customer_account_id=2)`."""
    known = MetaData()
    known.reflect(engine)
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for table in known.sorted_tables:
            theirs = [table.c[name] == value for name, value in owner.items() if name in table.c]
            if theirs and table.name not in COUNTERS:
                found[table.name] = sorted(
                    repr(tuple(x)) for x in connection.execute(select(table).where(or_(*theirs)))
                )
    return found


def _digest(rows: list[str]) -> str:
    return f"{len(rows)}:{hashlib.sha256(chr(10).join(rows).encode()).hexdigest()}"
