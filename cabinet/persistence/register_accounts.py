"""The register of accounts comes in: accounts, meters, dials, proofs and what is owed.

Every statement takes a whole block. What is new of an account that is new itself is added without
looking; the rest is compared with what is there, and what it was before is kept for an undo.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    ScalarSelect,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import Session

from cabinet.domain.account_search import address_key, name_key
from cabinet.domain.identity import serial_key
from cabinet.domain.payments import Ledger, PaymentStatus
from cabinet.domain.readings import ReadingKind, ReadingSource
from cabinet.domain.registers import Fault, LineRefused
from cabinet.persistence.access_pins import TOLD_KIND
from cabinet.persistence.customer_accounts import LEGACY_KIND, PIN_KIND, AccessPin, CustomerAccount
from cabinet.persistence.engine import insert_new
from cabinet.persistence.journal import JournalEntry, JournalTransaction
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.payments import Payment
from cabinet.persistence.register_changes import keep_former
from cabinet.persistence.register_rows import (
    Staging,
    Taken,
    account_ids,
    among,
    reserve_ids,
    staged_table,
    table_of,
)

_USUAL_DIAL: Final = 5  # digits
MOST_LINES: Final = 100  # of one account in a block: each is merged after the one before it

_ACCOUNTS, _METERS, _READINGS, _PINS, _ENTRIES, _PAYMENTS = (
    table_of(str(model.__tablename__))
    for model in (CustomerAccount, Meter, Reading, AccessPin, JournalEntry, Payment)
)
_PREMISES: Final = (
    "els", "izhku", "last_name", "first_name", "middle_name", "region", "locality", "street", "house",
    "flat", "area_m2", "residents", "usage",
)  # fmt: skip
_NAME: Final = ("last_name", "first_name", "middle_name")
_ADDRESS: Final = ("locality", "street", "house", "flat")
_METER: Final = {
    "serial_number": "meter_serial",
    "model": "meter_type",
    "capacity": "meter_capacity",
    "installed_on": "meter_installed_on",
    "verification_due_on": "verification_due_on",
    "thermo_compensated": "thermo_compensated",
}
_PROOF: Final = ("customer_account_id", "kind")  # makes a row of them unique
_PROOFS: Final = {PIN_KIND: "pin_bcrypt", LEGACY_KIND: "legacy_password_bcrypt"}
_STAGED: Final = staged_table(
    "staged_accounts",
    Column("line", Integer),  # its place in the block
    Column("turn", Integer),  # how many lines of the same account stand before it
    Column("fresh", Integer),  # 1: the first line of an account that is new
    Column("account_id", BigInteger),
    Column("number", String),
    *(Column(name, _ACCOUNTS.c[name].type) for name in (*_PREMISES, "name_key", "address_key")),
    *(Column(name, _METERS.c[name].type) for name in (*_METER, "serial_key")),
    Column("value_m3", BigInteger),
    Column("taken_on", _READINGS.c.taken_on.type),
    Column("told", String),  # «:day:value» of the dial
    *(Column(kind, String) for kind in _PROOFS),
    Column("balance", BigInteger),  # in kopecks, with the last line of an account that has one
)
_S = _STAGED.c


class AccountsImport:
    """Takes blocks of lines; `finish` closes the statement of what is owed.

    A line of an account that is there already updates it; a line with another serial number adds a
    meter. Meters that the register is silent about stay.
    """

    def __init__(self, session: Session, supplier_id: int, register_id: int, now: datetime) -> None:
        self._session = session
        self._connection = session.connection()
        self._supplier_id = supplier_id
        self._register_id = register_id
        self._now = now
        self._statement = Statement(session, register_id, now)
        self._staging = Staging(session, _STAGED)

    def take(self, columns: Mapping[str, Sequence[Any]]) -> Taken:
        """Store a block."""
        refused = self._beyond_their_dials(columns)
        if not refused:
            return self._take(columns)
        kept = [place for place in range(len(columns["account"])) if place not in refused]
        if not kept:
            return Taken(refused=refused)
        taken = self._take({name: [values[place] for place in kept] for name, values in columns.items()})
        return replace(
            taken, refused=refused | {kept[place]: fault for place, fault in taken.refused.items()}
        )

    def _take(self, columns: Mapping[str, Sequence[Any]]) -> Taken:
        numbers = columns["account"]
        known = account_ids(self._session, self._supplier_id, numbers)
        turns = _turns(numbers)
        fresh = [int(not turn and number not in known) for number, turn in zip(numbers, turns, strict=True)]
        self._staging.fill(self._block(columns, turns, fresh, known))
        if any(fresh):
            self._add_fresh()
        touched: set[int] = set()
        for turn in sorted({t for t, new in zip(turns, fresh, strict=True) if not new and t < MOST_LINES}):
            touched |= self._merge(and_(_S.turn == turn, _S.fresh == 0))
        touched |= self._statement.state()
        refused = {p: LineRefused("account", Fault.REPEATED) for p, t in enumerate(turns) if t >= MOST_LINES}
        touched -= {place for place, new in enumerate(fresh) if new}
        added, updated = sum(fresh), len(touched)
        return Taken(added, updated, len(numbers) - added - updated - len(refused), refused)

    def finish(self) -> None:
        """Close the statement."""
        self._staging.drop()
        self._statement.close()

    def _block(
        self,
        columns: Mapping[str, Sequence[Any]],
        turns: list[int],
        fresh: list[int],
        known: dict[str, int],
    ) -> dict[str, Sequence[Any]]:
        numbers = columns["account"]
        new = [number for number, it in zip(numbers, fresh, strict=True) if it]
        ids = known | dict(zip(new, reserve_ids(self._connection, _ACCOUNTS, len(new)), strict=True))
        values, days = columns["last_reading"], columns["last_reading_on"]
        return {
            "line": range(len(numbers)),
            "turn": turns,
            "fresh": fresh,
            "account_id": [ids[number] for number in numbers],
            "number": numbers,
            **{name: columns[name] for name in _PREMISES},
            "name_key": _keys(name_key, columns, _NAME),
            "address_key": _keys(address_key, columns, _ADDRESS),
            **{name: columns[ours] for name, ours in _METER.items()},
            "serial_key": [serial and serial_key(serial) for serial in columns["meter_serial"]],
            "value_m3": values,
            "taken_on": days,
            "told": [None if v is None else f":{day}:{v}" for v, day in zip(values, days, strict=True)],
            **{kind: columns[ours] for kind, ours in _PROOFS.items()},
            "balance": _last_balances(numbers, turns, columns["balance"]),
        }

    def _beyond_their_dials(self, columns: Mapping[str, Sequence[Any]]) -> dict[int, LineRefused]:
        """Lines that tell a value but no capacity, when the dial that is known has fewer digits."""
        names = ("account", "meter_serial", "meter_capacity", "last_reading")
        lines = list(zip(*(columns[name] for name in names), strict=True))
        asked = {number for number, _, capacity, value in lines if capacity is None and value is not None}
        if not asked:
            return {}
        dials, refused = self._dials(asked), dict[int, LineRefused]()
        for place, (number, serial, capacity, value) in enumerate(lines):
            if serial is None or number not in asked:
                continue
            known = dials.setdefault((number, serial_key(serial)), capacity or _digits_of(value))
            if capacity is not None:
                dials[number, serial_key(serial)] = capacity
            elif value is not None and value >= 10**known:
                refused[place] = LineRefused("last_reading", Fault.READING)
        return refused

    def _dials(self, numbers: set[str]) -> dict[tuple[str, str], int]:
        """The capacities of the meters of accounts, by number and serial key."""
        ids = account_ids(self._session, self._supplier_id, numbers)
        numbers_of = {account_id: number for number, account_id in ids.items()}
        meters = select(_METERS.c.customer_account_id, _METERS.c.serial_key, _METERS.c.capacity)
        theirs = among(self._connection, _METERS.c.customer_account_id, numbers_of)
        found = self._connection.execute(meters.where(theirs))
        return {(numbers_of[account_id], serial): capacity for account_id, serial, capacity in found}

    # What is new, and what of it was there already

    def _add_fresh(self) -> None:
        fresh = _S.fresh == 1
        self._insert(_ACCOUNTS, self._account(), fresh)
        self._insert(_METERS, self._meter(), fresh, _S.serial_key.is_not(None))
        self._insert(_READINGS, self._reading(), fresh, _S.told.is_not(None), _its_meter())
        for kind in _PROOFS:
            self._insert(_PINS, self._proof(kind), fresh, _S[kind].is_not(None))

    def _merge(self, lines: ColumnElement[bool]) -> set[int]:
        """Lines of accounts that are there, each of another account; those that changed anything."""
        premises = {_ACCOUNTS.c[name]: _S[name] for name in _PREMISES}
        meter = {_METERS.c[name]: _S[name] for name in _METER}
        touched = self._update(_ACCOUNTS, premises, lines, _ACCOUNTS.c.id == _S.account_id)
        self._find_anew(lines, touched)
        touched |= self._update(_METERS, meter, lines, _its_meter())
        unmetered = select(_METERS.c.id).where(_its_meter()).correlate(_STAGED).scalar_subquery().is_(None)
        touched |= self._add(_METERS, self._meter(), lines, _S.serial_key.is_not(None), unmetered)
        touched |= self._add(
            _READINGS, self._reading(), lines, _S.told.is_not(None), _its_meter(), _is_unseen()
        )
        for kind in _PROOFS:
            touched |= self._merge_proofs(kind, lines)
        return touched

    def _find_anew(self, lines: ColumnElement[bool], touched: set[int]) -> None:
        """Changed accounts are found by what they are now: a line may have told of a part only."""
        if not touched:
            return
        names = (*_NAME, *_ADDRESS)
        changed = among(self._connection, _S.line, touched)
        found = self._connection.execute(
            select(_ACCOUNTS.c.id, *(_ACCOUNTS.c[name] for name in names)).where(
                _ACCOUNTS.c.id == _S.account_id, lines, changed
            )
        )
        keys = [
            {
                "row": row["id"],
                "name": name_key(*(row[name] for name in _NAME)),
                "address": address_key(*(row[name] for name in _ADDRESS)),
            }
            for row in found.mappings()
        ]
        statement = update(_ACCOUNTS).where(_ACCOUNTS.c.id == bindparam("row"))
        values: dict[str, Any] = {"name_key": bindparam("name"), "address_key": bindparam("address")}
        self._connection.execute(statement.values(values), keys)

    def _merge_proofs(self, kind: str, lines: ColumnElement[bool]) -> set[int]:
        """A PIN that the register has told before, and that the desk has replaced since, stays revoked."""
        ours = _hash_of(kind)
        kinds = [kind]
        where = [lines, ours != _S[kind], _PINS.c.customer_account_id == _S.account_id]
        if kind == PIN_KIND:
            kinds.append(TOLD_KIND)
            where.append(_hash_of(TOLD_KIND).is_distinct_from(_S[kind]))
        values = {"bcrypt_hash": _S[kind], "issued_at": literal(self._now)}
        touched = self._change(_PINS, values, *where, _PINS.c.kind.in_(kinds))
        return touched | self._add(_PINS, self._proof(kind), lines, _S[kind].is_not(None), ours.is_(None))

    def _update(
        self, table: Table, columns: Mapping[Any, Any], lines: ColumnElement[bool], same: ColumnElement[bool]
    ) -> set[int]:
        """What is known is written, what is unknown stays as it is."""
        differs = or_(*(and_(new.is_not(None), old.is_distinct_from(new)) for old, new in columns.items()))
        values = {old.name: func.coalesce(new, old) for old, new in columns.items()}
        return self._change(table, values, lines, same, differs)

    def _change(self, table: Table, values: dict[str, Any], *where: ColumnElement[bool]) -> set[int]:
        """Rows as they were are kept; the lines that changed them."""
        former = self._connection.execute(select(_S.line, table).where(*where)).mappings().all()
        if not former:
            return set()
        keep_former(self._connection, self._register_id, table, former)
        self._connection.execute(update(table).values(values).where(*where))
        return {row["line"] for row in former}

    def _add(self, table: Table, row: dict[str, Any], *where: ColumnElement[bool]) -> set[int]:
        """The lines that add a row."""
        lines = set(self._connection.execute(select(_S.line).where(*where)).scalars())
        if lines:
            self._insert(table, row, *where)
        return lines

    def _insert(self, table: Table, row: dict[str, Any], *where: ColumnElement[bool]) -> None:
        rows = select(*row.values(), literal(self._register_id)).where(*where)
        # The desk may issue an account's first PIN meanwhile: it holds.
        new = insert_new(self._connection, table, *_PROOF) if table is _PINS else insert(table)
        self._connection.execute(new.from_select([*row, "register_id"], rows))

    # Rows as they are made of a staged line

    def _account(self) -> dict[str, Any]:
        known: dict[str, Any] = {name: func.coalesce(_S[name], "") for name in _PREMISES}
        known |= {name: _S[name] for name in ("area_m2", "residents", "name_key", "address_key")}
        return {"id": _S.account_id, "supplier_id": literal(self._supplier_id), "number": _S.number, **known}

    def _meter(self) -> dict[str, Any]:
        needed = case(
            (_S.value_m3 >= 10**7, 8), (_S.value_m3 >= 10**6, 7), (_S.value_m3 >= 10**5, 6), else_=_USUAL_DIAL
        )
        return {
            "customer_account_id": _S.account_id,
            "serial_key": _S.serial_key,
            **{name: _S[name] for name in _METER},
            "model": func.coalesce(_S.model, ""),
            "capacity": func.coalesce(_S.capacity, needed),
        }

    def _reading(self) -> dict[str, Any]:
        return {
            "meter_id": _METERS.c.id,
            "value_m3": _S.value_m3,
            "kind": literal(ReadingKind.ACTUAL.value),
            "source": literal(ReadingSource.REGISTER.value),
            "taken_on": _S.taken_on,
            "period": func.substr(_S.told, 2, 7),
            "received_at": literal(self._now, _READINGS.c.received_at.type),
            "idempotency_key": literal("register:") + cast(_METERS.c.id, String) + _S.told,
        }

    def _proof(self, kind: str) -> dict[str, Any]:
        return {
            "customer_account_id": _S.account_id,
            "kind": literal(kind),
            "bcrypt_hash": _S[kind],
            "issued_at": literal(self._now, _PINS.c.issued_at.type),
        }


def _digits_of(value: int | None) -> int:
    """The capacity of a new dial of which nothing but a value is known, as `_meter` has it."""
    return max(_USUAL_DIAL, len(str(value or 0)))


def _keys(key: Callable[..., str], columns: Mapping[str, Sequence[Any]], names: tuple[str, ...]) -> list[str]:
    """What accounts are found by, as the lines alone would have it."""
    return list(map(key, *([text or "" for text in columns[name]] for name in names)))


def _turns(numbers: Sequence[str]) -> list[int]:
    """How many lines of the same account stand before each."""
    if len(set(numbers)) == len(numbers):
        return [0] * len(numbers)
    seen: Counter[str] = Counter()
    turns = []
    for number in numbers:
        turns.append(seen[number])
        seen[number] += 1
    return turns


def _last_balances(
    numbers: Sequence[str], turns: list[int], balances: Sequence[int | None]
) -> list[int | None]:
    """The last line of an account that states a balance speaks for it."""
    stating = zip(numbers, turns, balances, strict=True)
    last = {n: place for place, (n, t, b) in enumerate(stating) if b is not None and t < MOST_LINES}
    return [
        b if last.get(n) == place else None
        for place, (n, b) in enumerate(zip(numbers, balances, strict=True))
    ]


def _its_meter() -> ColumnElement[bool]:
    return and_(_METERS.c.customer_account_id == _S.account_id, _METERS.c.serial_key == _S.serial_key)


# What a staged line is held against is asked for line by line (a scalar subquery): the planner can turn an EXISTS
# round, and begin with the big table.


def _hash_of(kind: str) -> ScalarSelect[str]:
    """The proof that the account of a staged line has."""
    pins = _PINS.alias()
    ours = (pins.c.customer_account_id == _S.account_id, pins.c.kind == kind)
    return select(pins.c.bcrypt_hash).where(*ours).correlate(_STAGED).scalar_subquery()


def _is_unseen() -> ColumnElement[bool]:
    """The value does not stand yet, whoever brought it; a cancelled own one may come again."""
    stands = or_(_READINGS.c.cancelled_at.is_(None), _READINGS.c.source == ReadingSource.REGISTER)
    seen = select(func.count(_READINGS.c.id)).where(
        _READINGS.c.meter_id == _METERS.c.id,
        _READINGS.c.taken_on == _S.taken_on,
        _READINGS.c.value_m3 == _S.value_m3,
        stands,
    )
    return seen.correlate(_STAGED, _METERS).scalar_subquery() == 0


class Statement:
    """One journal transaction by which the accounts come to owe what the supplier says.

    What an account owes here is the supplier's balance less the payments made here that the supplier
    has not been told of (docs/adr/0005).
    """

    def __init__(self, session: Session, register_id: int, now: datetime) -> None:
        self._session = session
        self._connection = session.connection()
        self._register_id = register_id
        self._now = now
        self._transaction_id: int | None = None

    def state(self) -> set[int]:
        """Post what differs for the staged lines that state a balance; those whose debt it moved."""
        delta = _S.balance - _sum(
            _PAYMENTS, _PAYMENTS.c.status == PaymentStatus.SUCCEEDED, _PAYMENTS.c.exported_at.is_(None)
        )
        delta -= _sum(_ENTRIES, _ENTRIES.c.ledger == Ledger.SUBSCRIBER)
        return self._post(_S.balance, _S.fresh == 1) | self._post(delta, _S.fresh == 0)

    def close(self) -> None:
        """The other side: one entry that makes the transaction sum to zero."""
        if self._transaction_id is None:
            return
        ours = _ENTRIES.c.transaction_id == self._transaction_id
        total = select(cast(func.sum(_ENTRIES.c.amount_kopecks), BigInteger)).where(ours)
        closing = JournalEntry(
            transaction_id=self._transaction_id,
            ledger=Ledger.STATEMENT,
            amount_kopecks=-self._connection.execute(total).scalar_one(),
        )
        self._session.add(closing)
        self._session.flush()

    def _post(self, delta: ColumnElement[int], lines: ColumnElement[bool]) -> set[int]:
        where = (_S.balance.is_not(None), lines, delta != 0)
        moved = set(self._connection.execute(select(_S.line).where(*where)).scalars())
        if moved:
            row: dict[str, Any] = {
                "transaction_id": literal(self._transaction()),
                "ledger": literal(Ledger.SUBSCRIBER.value),
                "customer_account_id": _S.account_id,
                "amount_kopecks": delta,
            }
            entries = insert(_ENTRIES).from_select(list(row), select(*row.values()).where(*where))
            self._connection.execute(entries)
        return moved

    def _transaction(self) -> int:
        if self._transaction_id is None:
            transaction = JournalTransaction(
                kind="statement", provider="register", object_id=str(self._register_id), at=self._now
            )
            self._session.add(transaction)
            self._session.flush()
            self._transaction_id = transaction.id or 0
        return self._transaction_id


def _sum(table: Table, *where: ColumnElement[bool]) -> ColumnElement[int]:
    """Kopecks of a staged line's account."""
    total = cast(func.coalesce(func.sum(table.c.amount_kopecks), 0), BigInteger)
    ours = table.c.customer_account_id == _S.account_id
    return select(total).where(ours, *where).correlate(_STAGED).scalar_subquery()
