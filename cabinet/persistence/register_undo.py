"""An import is taken back: its rows go, what it changed is as before, the journal tells both ways.

The journal is only added to, so what the import posted is posted back; an account that is new with the import and has
entries, or that an operator has looked at, cannot go with it: it stays without a number, a name or an address, where
nobody finds it, and no later account takes its id.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    String,
    Table,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import Session, col

from cabinet.domain.readings import ReadingSource
from cabinet.domain.registers import RegisterKind
from cabinet.persistence.audit import AuditEvent
from cabinet.persistence.charges import Charge
from cabinet.persistence.customer_accounts import UNDONE, AccessPin, AccountLink, CustomerAccount
from cabinet.persistence.engine import metadata
from cabinet.persistence.journal import JournalEntry, JournalTransaction
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.payments import OutsidePayment, Payment
from cabinet.persistence.register_changes import RegisterChange
from cabinet.persistence.register_rows import staged_table, table_of
from cabinet.persistence.registers import Register, RegisterReject
from cabinet.persistence.types import Exact, UtcDateTime

_ACCOUNTS, _METERS, _READINGS, _PINS, _ENTRIES, _PAYMENTS, _LINKS, _CHARGES, _OUTSIDE, _CHANGES, _AUDIT = (
    table_of(str(model.__tablename__))
    for model in (
        CustomerAccount, Meter, Reading, AccessPin, JournalEntry, Payment, AccountLink, Charge, OutsidePayment,
        RegisterChange, AuditEvent,
    )
)  # fmt: skip
# Which rows an import of a kind brings; those that refer to others go first.
_BROUGHT: Final = {
    RegisterKind.ACCOUNTS: (_READINGS, _PINS, _METERS, _ACCOUNTS),
    RegisterKind.CHARGES: (_CHARGES,),
    RegisterKind.PAYMENTS: (_OUTSIDE,),
}
_KNOWN: Final = frozenset(
    {t.name for t in (*_BROUGHT[RegisterKind.ACCOUNTS], _ENTRIES, _PAYMENTS, _LINKS, _CHARGES, _OUTSIDE)}
)
_BLANK: Final = (
    "els", "izhku", "last_name", "first_name", "middle_name", "region", "locality", "street", "house",
    "flat", "usage", "name_key", "address_key",
)  # fmt: skip
_TOUCHED: Final = staged_table("undone_accounts", Column("account_id", BigInteger))
_AT_ONCE: Final = 1000
_READ: Final[dict[type, Callable[[str], Any]]] = {
    UtcDateTime: datetime.fromisoformat,
    Date: date.fromisoformat,
    Exact: Decimal,
}


class RegisterUndo:
    """One import to be taken back, inside a transaction; `hold` before it is judged, `close` at the end."""

    def __init__(self, session: Session, register: Register) -> None:
        self._session = session
        self._connection = session.connection()
        self._register = register
        self._brought = _BROUGHT[RegisterKind(register.kind)]
        _TOUCHED.create(self._connection)
        for accounts in self._accounts():
            self._connection.execute(insert(_TOUCHED).from_select(["account_id"], accounts))

    def close(self) -> None:
        """Nothing of the work stays."""
        _TOUCHED.drop(self._connection)

    def hold(self) -> None:
        """Nothing is made of what the import touched until the end; what is being made is waited for.

        Whatever refers to an account or a meter (a link, a payment, a PIN, a reading) needs a lock of its row that
        this one excludes.
        """
        for table, account in ((_ACCOUNTS, _ACCOUNTS.c.id), (_METERS, _METERS.c.customer_account_id)):
            touched = account.in_(select(_TOUCHED.c.account_id))
            held = select(table.c.id).where(touched).with_for_update().subquery()
            self._connection.execute(select(func.count()).select_from(held))

    def find_dependent(self) -> str:
        """What has been made since on the accounts that the import touched, by `texts.registers.DEPENDS`; or ""."""
        since = self._register.imported_at
        made = {
            "payments": self._touches(_PAYMENTS, _PAYMENTS.c.created_at >= since),
            "links": self._touches(_LINKS, or_(_LINKS.c.linked_at >= since, _LINKS.c.extended_at >= since)),
            "readings": exists().where(
                _METERS.c.customer_account_id.in_(select(_TOUCHED.c.account_id)),
                _READINGS.c.meter_id == _METERS.c.id,
                _READINGS.c.source != ReadingSource.REGISTER,
                _READINGS.c.received_at >= since,
            ),
            "pins": self._touches(_PINS, _PINS.c.issued_at > since),
        }
        if self._register.kind == RegisterKind.ACCOUNTS:
            made["registers"] = or_(*(self._on_new(table, _ACCOUNTS) for table in (_CHARGES, _OUTSIDE)))
        found = next((why for why, it in made.items() if self._connection.execute(select(it)).scalar()), "")
        return found or ("others" if self._others() else "")

    def count(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many rows would go, and how many would be as before, by table."""
        removed = {
            table.name: self._connection.execute(
                select(func.count()).select_from(table).where(self._ours(table))
            ).scalar_one()
            for table in self._brought
        }
        changed = self._connection.execute(
            select(_CHANGES.c.table, func.count(func.distinct(_CHANGES.c.row_id)))
            .where(self._ours(_CHANGES))
            .group_by(_CHANGES.c.table)
        )
        return removed, {table: rows for table, rows in changed}  # noqa: C416 - rows, not pairs

    def apply(self, now: datetime) -> None:
        """Take it back."""
        self._restore()
        self._post_back(now)
        for table in self._brought:
            if table is _ACCOUNTS:
                self._hide_accounts()
            self._connection.execute(delete(table).where(self._ours(table)))
        for model in (RegisterChange, RegisterReject):
            self._session.exec(delete(model).where(col(model.register_id) == self._register.id))
        self._register.undoable = False
        self._register.undone_at = now
        self._register.sha256 = f"undone {self._register.id}"
        self._session.flush()

    # What it touched

    def _ours(self, table: Table) -> ColumnElement[bool]:
        return table.c.register_id == self._register.id

    def _accounts(self) -> list[Any]:
        if self._register.kind != RegisterKind.ACCOUNTS:
            [facts] = self._brought
            return [select(facts.c.customer_account_id).where(self._ours(facts)).distinct()]
        changed = [
            select(_ACCOUNTS.c.id if table is _ACCOUNTS else table.c.customer_account_id)
            .join(_CHANGES, _CHANGES.c.row_id == table.c.id)
            .where(self._ours(_CHANGES), _CHANGES.c.table == table.name)
            for table in (_ACCOUNTS, _METERS, _PINS)
        ]
        dials = select(_METERS.c.customer_account_id).join(_READINGS, _READINGS.c.meter_id == _METERS.c.id)
        return [
            select(_ACCOUNTS.c.id).where(self._ours(_ACCOUNTS)),
            select(_METERS.c.customer_account_id).where(self._ours(_METERS)),
            select(_PINS.c.customer_account_id).where(self._ours(_PINS)),
            dials.where(self._ours(_READINGS)),
            select(_ENTRIES.c.customer_account_id).where(
                _ENTRIES.c.transaction_id == self._statement(), _ENTRIES.c.customer_account_id.is_not(None)
            ),
            *changed,
        ]

    def _statement(self) -> Any:  # noqa: ANN401 - a scalar subquery
        transactions = table_of(str(JournalTransaction.__tablename__))
        return (
            select(transactions.c.id)
            .where(
                transactions.c.provider == "register",
                transactions.c.kind == "statement",
                transactions.c.object_id == str(self._register.id),
            )
            .scalar_subquery()
        )

    # What depends on it

    def _touches(self, table: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(table.c.customer_account_id.in_(select(_TOUCHED.c.account_id)), *where)

    def _on_new(
        self, table: Table, target: Table, column: str = "customer_account_id"
    ) -> ColumnElement[bool]:
        """Rows that refer to rows that the import brought."""
        return exists().where(table.c[column] == target.c.id, self._ours(target))

    def _others(self) -> bool:
        """Rows of tables that this floor's other rooms have made since."""
        for table in metadata.sorted_tables:
            if table.name in _KNOWN:
                continue
            for key in table.foreign_keys:
                target = key.column.table
                if (
                    target in self._brought
                    and self._connection.execute(
                        select(self._on_new(table, target, key.parent.name))
                    ).scalar()
                ):
                    return True
        return False

    # Taking it back

    def _restore(self) -> None:
        """Newest first, so that a row that was changed twice ends as it began."""
        changes = (
            select(_CHANGES.c.table, _CHANGES.c.row_id, _CHANGES.c.former)
            .where(self._ours(_CHANGES))
            .order_by(_CHANGES.c.id.desc())
        )
        found = self._connection.execute(changes, execution_options={"yield_per": _AT_ONCE})
        for part in found.partitions():
            rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for name, row_id, former in part:
                rows[name].append({"row": row_id, **_typed(table_of(name), former)})
            for name, values in rows.items():
                table = table_of(name)
                names = [c.name for c in table.columns if c.name != "id"]
                statement = update(table).where(table.c.id == bindparam("row"))
                self._connection.execute(
                    statement.values({n: bindparam(f"former_{n}") for n in names}), values
                )

    def _post_back(self, now: datetime) -> None:
        sums = (
            select(
                _ENTRIES.c.ledger,
                _ENTRIES.c.customer_account_id,
                cast(-func.sum(_ENTRIES.c.amount_kopecks), BigInteger),
            )
            .where(_ENTRIES.c.transaction_id == self._statement())
            .group_by(_ENTRIES.c.ledger, _ENTRIES.c.customer_account_id)
        )
        if not self._connection.execute(select(self._statement())).scalar():
            return
        back = JournalTransaction(
            kind="undone", provider="register", object_id=str(self._register.id), at=now
        )
        self._session.add(back)
        self._session.flush()
        names = ["ledger", "customer_account_id", "amount_kopecks", "transaction_id"]
        rows = sums.add_columns(literal(back.id))
        self._connection.execute(insert(_ENTRIES).from_select(names, rows))

    def _hide_accounts(self) -> None:
        posted = exists().where(_ENTRIES.c.customer_account_id == _ACCOUNTS.c.id).correlate(_ACCOUNTS)
        seen = exists().where(_AUDIT.c.account_id == _ACCOUNTS.c.id).correlate(_ACCOUNTS)
        nothing: dict[str, Any] = dict.fromkeys(_BLANK, "")
        nothing |= {"area_m2": None, "residents": None, "register_id": None}
        number = literal(UNDONE) + cast(_ACCOUNTS.c.id, String)
        told_of = or_(posted, seen)
        self._connection.execute(
            update(_ACCOUNTS).where(self._ours(_ACCOUNTS), told_of).values(number=number, **nothing)
        )


def _typed(table: Table, former: Mapping[str, Any]) -> dict[str, Any]:
    return {f"former_{name}": _value(table.c[name], value) for name, value in former.items()}


def _value(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 - of any column
    """As the column's type takes it, after JSON made text of it."""
    if value is None:
        return None
    for kind, read in _READ.items():
        if isinstance(column.type, kind):
            return read(value)
    return value
