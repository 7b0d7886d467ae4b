"""Many rows of one table merged by a key: a batch is looked up once, written twice at most.

Core statements in batches, because an import of 100 000 lines through mapped objects takes minutes.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, bindparam, insert, select, update
from sqlmodel import Session

from cabinet.domain.registers import Change
from cabinet.persistence.engine import metadata

Key = TypeVar("Key", bound=Hashable)
Row = dict[str, Any]


def table_of(name: str) -> Table:
    """The table of a name; its module has to be imported before."""
    return metadata.tables[name]


def fetch(connection: Connection, table: Table, *where: ColumnElement[bool]) -> list[Row]:
    """Whole rows as dictionaries."""
    return [dict(row) for row in connection.execute(select(table).where(*where)).mappings()]


def account_ids(session: Session, supplier_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """Account numbers of a supplier with their ids; the unknown ones are absent."""
    accounts = table_of("customer_accounts")
    found = session.connection().execute(
        select(accounts.c.number, accounts.c.id).where(
            accounts.c.supplier_id == supplier_id, accounts.c.number.in_(set(numbers))
        )
    )
    return {number: account_id for number, account_id in found}  # noqa: C416 - rows, not pairs


class Merge(Generic[Key]):
    """What is known is written, what is unknown stays as it is."""

    def __init__(self, table: Table, existing: dict[Key, Row]) -> None:
        self._table = table
        self._rows = existing
        self._added: dict[Key, Row] = {}
        self._changed: dict[Key, Row] = {}

    def put(self, key: Key, known: Row, defaults: Row) -> Change:
        """Take one; `defaults` complete a row that is new."""
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = self._added[key] = {**defaults, **known}
            return Change.ADDED
        if all(row[name] == value for name, value in known.items()):
            return Change.UNCHANGED
        row.update(known)
        if key not in self._added:
            self._changed[key] = row
        return Change.UPDATED

    def complete(self, derive: Callable[[Row], Row]) -> None:
        """Columns that follow from the others, of every row that is to be written."""
        for row in (*self._added.values(), *self._changed.values()):
            row.update(derive(row))

    def get(self, key: Key) -> Row | None:
        """The row as it will be."""
        return self._rows.get(key)

    def flush(self, connection: Connection) -> None:
        """Write what came together."""
        insert_rows(connection, self._table, list(self._added.values()))
        if not self._changed:
            return
        names = [column.name for column in self._table.columns if column.name != "id"]
        statement = (
            update(self._table)
            .where(self._table.c.id == bindparam("row_id"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        connection.execute(
            statement,
            [
                {"row_id": row["id"], **{f"new_{name}": row[name] for name in names}}
                for row in self._changed.values()
            ],
        )


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Many rows of the same columns at once; none is fine."""
    if rows:
        connection.execute(insert(table), list(rows))
