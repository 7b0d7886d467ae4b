"""Registers of facts come in: charges and payments made elsewhere. A fact never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, RowMapping, Table, and_, literal, or_, select
from sqlalchemy import Column as TableColumn
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from cabinet.domain.registers import Fault, LineRefused, RegisterKind
from cabinet.persistence.charges import Charge
from cabinet.persistence.payments import OutsidePayment
from cabinet.persistence.register_rows import (
    Staging,
    Taken,
    account_ids,
    is_postgresql,
    staged_table,
    table_of,
)


@dataclass(frozen=True)
class _Facts:
    """How the facts of one kind are kept.

    Attributes:
        table: where.
        columns: the register's columns with the table's, but for the account.
        key: which of the table's make a fact the same fact, with the account.
        conflict: what is wrong with the same fact of another value.
    """

    table: str
    columns: Mapping[str, str]
    key: tuple[str, str]
    conflict: Fault


_SUMS: Final = ("amount", "recalculation", "penalty", "opening", "paid", "closing")
_CHARGE: Final = (
    "period", "service", "method", "reading_from", "reading_to", "coefficient", "volume_m3", "price",
)  # fmt: skip
_FACTS: Final = {
    RegisterKind.CHARGES: _Facts(
        Charge.__tablename__,
        {name: name for name in _CHARGE} | {name: f"{name}_kopecks" for name in _SUMS},
        ("period", "service"),
        Fault.PERIOD_CLOSED,
    ),
    RegisterKind.PAYMENTS: _Facts(
        OutsidePayment.__tablename__,
        {
            "paid_on": "paid_on", "amount": "amount_kopecks", "channel": "channel",
            "external_id": "external_id", "reading": "reading_m3",
        },
        ("channel", "external_id"),
        Fault.PAYMENT_DIFFERS,
    ),
}  # fmt: skip


class FactsImport:
    """Takes blocks of lines: a new fact is added, the same fact is nothing, another one is refused."""

    def __init__(self, session: Session, kind: RegisterKind, supplier_id: int, register_id: int) -> None:
        self._session = session
        self._supplier_id = supplier_id
        self._register_id = register_id
        self._facts = _FACTS[kind]
        self._table = table_of(self._facts.table)
        self._staged = _staged(self._table, self._facts)
        self._staging = Staging(session, self._staged)

    def take(self, columns: Mapping[str, Sequence[Any]]) -> Taken:
        """Store a block."""
        numbers = columns["account"]
        ids = account_ids(self._session, self._supplier_id, numbers)
        accounts = [ids.get(number) for number in numbers]
        known = [account is not None for account in accounts]
        refused = {
            place: LineRefused("account", Fault.UNKNOWN_ACCOUNT) for place, it in enumerate(known) if not it
        }
        block = {"line": range(len(numbers)), "customer_account_id": accounts}
        block |= {name: columns[ours] for ours, name in self._facts.columns.items()}
        if refused:
            block = {name: list(compress(values, known)) for name, values in block.items()}
        self._staging.fill(block)
        lines = len(block["line"])
        added = self._add_new()
        if added < lines:
            refused |= self._differing()
        return Taken(added=added, unchanged=len(numbers) - added - len(refused), refused=refused)

    def finish(self) -> None:
        """Nothing is left to do."""
        self._staging.drop()

    def _add_new(self) -> int:
        """Insert the facts that are not there yet, in the order of the file; how many were new."""
        connection, staged = self._session.connection(), self._staged
        insert = postgresql.insert if is_postgresql(connection) else sqlite.insert
        names = ["customer_account_id", *self._facts.columns.values()]
        rows = select(*(staged.c[name] for name in names), literal(self._register_id))
        rows = rows.where(staged.c.line >= 0).order_by(staged.c.line)
        statement = insert(self._table).from_select([*names, "register_id"], rows).on_conflict_do_nothing()
        return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount

    def _differing(self) -> dict[int, LineRefused]:
        """Lines that tell a known fact with another value, by the first column that differs."""
        staged, table, facts = self._staged, self._table, self._facts
        ours = {name: staged.c[name] for name in facts.columns.values()}
        same = and_(*(table.c[name] == staged.c[name] for name in ("customer_account_id", *facts.key)))
        differ = {name: table.c[name].is_distinct_from(column) for name, column in ours.items()}
        found = self._session.connection().execute(
            select(staged.c.line, *(flag.label(name) for name, flag in differ.items())).where(
                same, or_(*differ.values())
            )
        )
        return {row["line"]: LineRefused(self._first(row), facts.conflict) for row in found.mappings()}

    def _first(self, row: RowMapping) -> str:
        return next(ours for ours, name in self._facts.columns.items() if row[name])


def _staged(table: Table, facts: _Facts) -> Table:
    return staged_table(
        f"staged_{table.name}",
        TableColumn("line", Integer),
        TableColumn("customer_account_id", BigInteger),
        *(TableColumn(name, table.c[name].type) for name in facts.columns.values()),
    )
