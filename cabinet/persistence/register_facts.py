"""Registers of facts come in: charges and payments made elsewhere. A fact never changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Any, Final

from sqlalchemy import Column as TableColumn
from sqlalchemy import Integer, RowMapping, String, Subquery, Table, and_, literal, or_, select
from sqlmodel import Session

from cabinet.domain.registers import Fault, LineRefused, RegisterKind
from cabinet.persistence.charges import Charge
from cabinet.persistence.engine import insert_new
from cabinet.persistence.payments import OutsidePayment
from cabinet.persistence.register_rows import (
    Staging,
    Taken,
    account_ids,
    load,
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
    """Takes blocks of lines: a new fact is added, the same fact is nothing, another one is refused.

    Most registers tell nothing but news: their blocks go straight into the table, until one holds a fact that is there
    already. That one and what follows is staged and merged.
    """

    def __init__(self, session: Session, kind: RegisterKind, supplier_id: int, register_id: int) -> None:
        self._session = session
        self._supplier_id = supplier_id
        self._register_id = register_id
        self._facts = _FACTS[kind]
        self._table = table_of(self._facts.table)
        self._staged = _staged(self._table, self._facts)
        self._staging = Staging(session, self._staged)
        self._only_news = True

    def take(self, columns: Mapping[str, Sequence[Any]]) -> Taken:
        """Store a block."""
        if self._only_news and (taken := self._add_all(columns)):
            return taken
        self._only_news = False
        return self._merge(columns)

    def _add_all(self, columns: Mapping[str, Sequence[Any]]) -> Taken | None:
        """Every fact, but those of unknown accounts; None, and nothing is stored, when one is there already."""
        connection, numbers = self._session.connection(), columns["account"]
        known = account_ids(self._session, self._supplier_id, numbers)
        ids = [known.get(number) for number in numbers]
        found = [account_id is not None for account_id in ids]
        rows: dict[str, Iterable[Any]] = {
            name: compress(columns[ours], found) for ours, name in self._facts.columns.items()
        }
        added = sum(found)
        rows |= {"customer_account_id": compress(ids, found), "register_id": repeat(self._register_id, added)}
        try:
            with connection.begin_nested():
                load(connection, self._table, rows)
        except connection.dialect.loaded_dbapi.IntegrityError:
            return None
        strangers = [place for place, there in enumerate(found) if not there]
        return Taken(added, refused=dict.fromkeys(strangers, LineRefused("account", Fault.UNKNOWN_ACCOUNT)))

    def _merge(self, columns: Mapping[str, Sequence[Any]]) -> Taken:
        """The new facts; the others are held against what is there."""
        lines = len(columns["account"])
        block = {"line": range(lines), "number": columns["account"]}
        self._staging.fill(block | {name: columns[ours] for ours, name in self._facts.columns.items()})
        added = self._add_new()
        refused = self._refused() if added < lines else {}
        return Taken(added=added, unchanged=lines - added - len(refused), refused=refused)

    def finish(self) -> None:
        """Nothing is left to do."""
        self._staging.drop()

    def _found(self) -> Subquery:
        """The staged lines, each with the id of its account, or None; the offset has it looked up once."""
        staged, accounts = self._staged, table_of("customer_accounts")
        ours = (accounts.c.supplier_id == self._supplier_id, accounts.c.number == staged.c.number)
        account = select(accounts.c.id).where(*ours).scalar_subquery()
        return select(staged, account.label("customer_account_id")).offset(0).subquery()

    def _add_new(self) -> int:
        """Insert the facts that are not there yet, in the order of the file; how many were new."""
        connection, found = self._session.connection(), self._found()
        names = ["customer_account_id", *self._facts.columns.values()]
        rows = select(*(found.c[name] for name in names), literal(self._register_id))
        rows = rows.where(found.c.customer_account_id.is_not(None)).order_by(found.c.line)
        statement = insert_new(connection, self._table, "customer_account_id", *self._facts.key)
        statement = statement.from_select([*names, "register_id"], rows)
        return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount

    def _refused(self) -> dict[int, LineRefused]:
        """Lines of unknown accounts, and those that tell a known fact with another value, by the first column that differs."""
        found, table, facts = self._found(), self._table, self._facts
        ours = {name: found.c[name] for name in facts.columns.values()}
        same = and_(*(table.c[name] == found.c[name] for name in ("customer_account_id", *facts.key)))
        differ = {name: table.c[name].is_distinct_from(column) for name, column in ours.items()}
        lines = select(found.c.line, table.c.id, *(flag.label(name) for name, flag in differ.items()))
        lines = lines.select_from(found.outerjoin(table, same)).where(
            or_(table.c.id.is_(None), *differ.values())
        )
        rows = self._session.connection().execute(lines).mappings()
        return {row["line"]: self._fault(row) for row in rows}

    def _fault(self, row: RowMapping) -> LineRefused:
        if row["id"] is None:
            return LineRefused("account", Fault.UNKNOWN_ACCOUNT)
        first = next(ours for ours, name in self._facts.columns.items() if row[name])
        return LineRefused(first, self._facts.conflict)


def _staged(table: Table, facts: _Facts) -> Table:
    return staged_table(
        f"staged_{table.name}",
        TableColumn("line", Integer),
        TableColumn("number", String),
        *(TableColumn(name, table.c[name].type) for name in facts.columns.values()),
    )
