"""Rows of a register on their way in: a block is staged in a table of its own and merged by set statements.

PostgreSQL takes a block by COPY, SQLite by executemany; from there on both run the same statements.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from cabinet.domain.registers import LineRefused
from cabinet.persistence.engine import in_our_words, is_postgresql, metadata

# A block is small beside the tables it goes into: it is looked up by their indexes, never by reading them whole.
_BY_INDEX: Final = (
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "enable_material = off",
    "random_page_cost = 1.1",
    "jit = off",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a block, in lines; `refused` by their place among the lines that were given."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: dict[int, LineRefused] = field(default_factory=dict)


def table_of(name: str) -> Table:
    """The table of a name; its module has to be imported before."""
    return metadata.tables[name]


def staged_table(name: str, *columns: Column[Any]) -> Table:
    """A table that lives as long as an import, and that no migration knows."""
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


class Staging:
    """The staged block: `fill` it, merge it, fill it again; `drop` it at the end."""

    def __init__(self, session: Session, table: Table) -> None:
        self._connection = session.connection()
        self._table = table
        table.create(self._connection)
        self._copies = is_postgresql(self._connection)
        if self._copies:
            for setting in _BY_INDEX:
                self._connection.execute(text(f"SET LOCAL {setting}"))

    def fill(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Replace what is staged by a block, column by column; None is unknown."""
        emptied = text(f"TRUNCATE {self._table.name}") if self._copies else delete(self._table)
        self._connection.execute(emptied)
        load(self._connection, self._table, columns)
        if not self._copies:
            return
        # Without it the planner believes in one row, and reads a big table whole to find it its partner.
        marks = ", ".join(column.name for column in list(self._table.columns)[:3])
        self._connection.execute(text(f"ANALYZE {self._table.name} ({marks})"))

    def drop(self) -> None:
        """Nothing of it stays."""
        self._table.drop(self._connection)


def load(connection: Connection, table: Table, columns: Mapping[str, Iterable[Any]]) -> None:
    """Add rows, column by column, as fast as the database takes them.

    Raises:
        the driver's IntegrityError: a key of the table is there already.
    """
    names, rows = ", ".join(f'"{name}"' for name in columns), zip(*columns.values(), strict=True)
    driver: Any = connection.connection.driver_connection
    with in_our_words():
        if not is_postgresql(connection):
            marks = ", ".join("?" * len(columns))
            driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names
            return
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def account_ids(session: Session, supplier_id: int, numbers: Collection[str]) -> dict[str, int]:
    """Account numbers of a supplier with their ids; the unknown ones are absent.

    Number by number, for one big condition makes the planner read all accounts of the supplier; and in one row, for
    between rows the thread that reads the file would come in.
    """
    connection, accounts = session.connection(), table_of("customer_accounts")
    number = _each(connection, set(numbers), accounts.c.number.type)
    ours = (accounts.c.supplier_id == supplier_id, accounts.c.number == number)
    account = select(accounts.c.id).where(*ours).scalar_subquery()
    together = func.json_object_agg if is_postgresql(connection) else func.json_group_object
    found = connection.execute(select(together(number, account))).scalar_one()
    known: dict[str, int | None] = json.loads(found) if isinstance(found, str) else found or {}
    return {asked: account_id for asked, account_id in known.items() if account_id is not None}


def among(connection: Connection, column: Column[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """The column is one of many values, which are one parameter, however many they are."""
    return column.in_(select(_each(connection, values, column.type)))


def _each(connection: Connection, values: Collection[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """The column of a table that is made of values, handed over as one parameter."""
    value = Column("value", kind)
    if is_postgresql(connection):
        many = bindparam(None, list(values), type_=ARRAY(kind))
        return func.unnest(many).table_valued(value).render_derived().c.value
    return func.json_each(json.dumps(list(values))).table_valued(value).c.value


def reserve_ids(connection: Connection, table: Table, many: int) -> Sequence[int]:
    """Numbers for rows that are to be inserted in this transaction."""
    if is_postgresql(connection):
        sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        return connection.execute(select(sequence).select_from(func.generate_series(1, many))).scalars().all()
    last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    return range(last + 1, last + many + 1)
