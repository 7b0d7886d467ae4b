"""Alembic's environment: the portal's own tables on the portal's own engine."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from cabinet.container import current_database_url
from cabinet.persistence import unit_of_work  # noqa: F401 - loads every table
from cabinet.persistence.engine import make_engine, metadata
from cabinet.persistence.types import Exact, UtcDateTime


def render_plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our column types as the database sees them, so that a migration never changes with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Exact):
        return "sa.Numeric(12, 5).with_variant(sa.String(24), 'sqlite')"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


def run() -> None:
    """Migrate the database whose URL was handed over, or the one of the settings."""
    url = context.config.attributes.get("url") or current_database_url()
    engine = make_engine(url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            render_item=render_plainly,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET lock_timeout = '5s'")
            context.run_migrations()
    engine.dispose()


run()
