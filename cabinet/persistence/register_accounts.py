"""The register of accounts comes in: accounts, meters, dials, proofs and what is owed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session

from cabinet.domain.account_search import address_key, name_key
from cabinet.domain.money import Money
from cabinet.domain.payments import Ledger, PaymentStatus
from cabinet.domain.period import BillingPeriod
from cabinet.domain.readings import ReadingKind, ReadingSource
from cabinet.domain.registers import AccountRecord, Change, DialRecord
from cabinet.persistence.access_pins import TOLD_KIND
from cabinet.persistence.customer_accounts import LEGACY_KIND, PIN_KIND
from cabinet.persistence.journal import JournalTransaction
from cabinet.persistence.register_rows import Merge, Row, account_ids, fetch, insert_rows, table_of

_UNKNOWN_PREMISES: Final[Row] = {
    "els": "", "izhku": "", "last_name": "", "first_name": "", "middle_name": "", "region": "",
    "locality": "", "street": "", "house": "", "flat": "", "area_m2": None, "residents": None, "usage": "",
}  # fmt: skip
_UNKNOWN_METER: Final[Row] = {
    "model": "", "installed_on": None, "verification_due_on": None, "thermo_compensated": None,
}  # fmt: skip
_USUAL_DIAL: Final = 5


class AccountsImport:
    """Takes batches of lines; `finish` closes the statement of what is owed.

    A line of an account that is there already updates it; a line with another serial number adds a
    meter. Meters that the register is silent about stay.
    """

    def __init__(self, session: Session, supplier_id: int, register_id: int, now: datetime) -> None:
        self._session = session
        self._supplier_id = supplier_id
        self._now = now
        self._statement = Statement(session, register_id, now)

    def take(self, records: Sequence[AccountRecord]) -> list[Change]:
        """Store a batch; what each line did, in their order."""
        known = account_ids(self._session, self._supplier_id, (r.account for r in records))
        changes = self._premises(records, list(known.values()))
        ids = account_ids(self._session, self._supplier_id, (r.account for r in records))
        batch = _Batch(self._session, records, [ids[r.account] for r in records], set(known.values()))
        parts = [
            batch.meters_and_dials(self._now),
            batch.proofs(self._now),
            batch.balances(self._statement),
        ]
        for index, change in enumerate(changes):
            if change is Change.UNCHANGED and any(index in touched for touched in parts):
                changes[index] = Change.UPDATED
        return changes

    def finish(self) -> None:
        """Close the statement."""
        self._statement.close()

    def _premises(self, records: Sequence[AccountRecord], ids: list[int]) -> list[Change]:
        table = table_of("customer_accounts")
        connection = self._session.connection()
        rows = fetch(connection, table, table.c.id.in_(ids)) if ids else []
        merge = Merge(table, {row["number"]: row for row in rows})
        changes = [
            merge.put(
                record.account,
                record.known,
                {**_UNKNOWN_PREMISES, "supplier_id": self._supplier_id, "number": record.account},
            )
            for record in records
        ]
        merge.complete(_search_keys)
        merge.flush(connection)
        return changes


def _search_keys(row: Row) -> Row:
    return {
        "name_key": name_key(row["last_name"], row["first_name"], row["middle_name"]),
        "address_key": address_key(row["locality"], row["street"], row["house"], row["flat"]),
    }


class _Batch:
    """The parts of one batch besides the accounts themselves; each gives the lines that it touched.

    Nothing is looked up for accounts that have just come in.
    """

    def __init__(
        self, session: Session, records: Sequence[AccountRecord], ids: list[int], former: set[int]
    ) -> None:
        self._session = session
        self._connection = session.connection()
        self._lines = list(enumerate(zip(records, ids, strict=True)))
        self._former = former

    def meters_and_dials(self, now: datetime) -> set[int]:
        """Meters by their serial numbers, then the latest values of their dials."""
        touched = self._meters()
        keys = self._meter_ids()
        dials = [
            (index, keys[account_id, record.meter.serial_key], record.dial)
            for index, (record, account_id) in self._lines
            if record.meter and record.dial
        ]
        return touched | self._readings(dials, now)

    def _meters(self) -> set[int]:
        table = table_of("meters")
        rows = (
            fetch(self._connection, table, table.c.customer_account_id.in_(self._former))
            if self._former
            else []
        )
        merge = Merge(table, {(row["customer_account_id"], row["serial_key"]): row for row in rows})
        touched = {
            index
            for index, (record, account_id) in self._lines
            if record.meter
            and merge.put(
                (account_id, record.meter.serial_key),
                record.meter.known,
                _new_meter(account_id, record.meter.serial_key, record.dial),
            )
            is not Change.UNCHANGED
        }
        merge.flush(self._connection)
        return touched

    def _meter_ids(self) -> dict[tuple[int, str], int]:
        table = table_of("meters")
        ids = {account_id for _, (record, account_id) in self._lines if record.dial}
        found = self._connection.execute(
            select(table.c.customer_account_id, table.c.serial_key, table.c.id).where(
                table.c.customer_account_id.in_(ids)
            )
        )
        return {(account_id, serial): meter_id for account_id, serial, meter_id in found}

    def _readings(self, dials: list[tuple[int, int, DialRecord]], now: datetime) -> set[int]:
        seen = self._seen({meter_id for _, meter_id, _ in dials}, {d.taken_on for *_, d in dials})
        touched, rows = set(), []
        for index, meter_id, dial in dials:
            if (meter_id, dial.taken_on, dial.value_m3) not in seen:
                seen.add((meter_id, dial.taken_on, dial.value_m3))
                touched.add(index)
                rows.append(_new_reading(meter_id, dial, now))
        insert_rows(self._connection, table_of("readings"), rows)
        return touched

    def _seen(self, meter_ids: set[int], days: set[date]) -> set[tuple[int, date, int]]:
        """Values that stand already, whoever brought them; a cancelled own one may come again."""
        if not self._former:
            return set()
        table = table_of("readings")
        stands = table.c.cancelled_at.is_(None) | (table.c.source == ReadingSource.REGISTER)
        found = self._connection.execute(
            select(table.c.meter_id, table.c.taken_on, table.c.value_m3).where(
                table.c.meter_id.in_(meter_ids), table.c.taken_on.in_(days), stands
            )
        )
        return {(meter_id, day, value) for meter_id, day, value in found}

    def proofs(self, now: datetime) -> set[int]:
        """PINs and former passwords.

        A PIN that the register has told before, and that the desk has replaced since, stays revoked.
        """
        table = table_of("access_pins")
        rows = (
            fetch(self._connection, table, table.c.customer_account_id.in_(self._former))
            if self._former
            else []
        )
        told = {r["customer_account_id"]: r["bcrypt_hash"] for r in rows if r["kind"] == TOLD_KIND}
        merge = Merge(table, {(r["customer_account_id"], r["kind"]): r for r in rows})
        touched = set()
        for index, (record, account_id) in self._lines:
            for kind, text in ((PIN_KIND, record.pin), (LEGACY_KIND, record.legacy)):
                if not text or (kind == PIN_KIND and told.get(account_id) == text):
                    continue
                if _put_proof(merge, account_id, kind, text, now):
                    touched.add(index)
                    if kind == PIN_KIND and account_id in told:
                        _put_proof(merge, account_id, TOLD_KIND, text, now)
        merge.flush(self._connection)
        return touched

    def balances(self, statement: "Statement") -> set[int]:
        """What the supplier says is owed; the last line of an account speaks for it."""
        stated = {
            account_id: (index, record.balance)
            for index, (record, account_id) in self._lines
            if record.balance is not None
        }
        moved = statement.state({i: balance for i, (_, balance) in stated.items()}, self._former)
        return {stated[account_id][0] for account_id in moved}


def _put_proof(merge: Merge[tuple[int, str]], account_id: int, kind: str, text: str, now: datetime) -> bool:
    """Store a proof unless it stands already; whether it did not."""
    former = merge.get((account_id, kind))
    if former and former["bcrypt_hash"] == text:
        return False
    known = {"bcrypt_hash": text, "issued_at": now}
    merge.put((account_id, kind), known, {"customer_account_id": account_id, "kind": kind})
    return True


def _new_meter(account_id: int, serial_key: str, dial: DialRecord | None) -> Row:
    digits = len(str(dial.value_m3)) if dial else 0
    return {
        **_UNKNOWN_METER,
        "customer_account_id": account_id,
        "serial_key": serial_key,
        "capacity": max(_USUAL_DIAL, digits),
    }


def _new_reading(meter_id: int, dial: DialRecord, now: datetime) -> Row:
    return {
        "meter_id": meter_id,
        "user_id": None,
        "value_m3": dial.value_m3,
        "kind": ReadingKind.ACTUAL,
        "source": ReadingSource.REGISTER,
        "taken_on": dial.taken_on,
        "period": str(BillingPeriod.of(dial.taken_on)),
        "received_at": now,
        "idempotency_key": f"register:{meter_id}:{dial.taken_on}:{dial.value_m3}",
    }


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
        self._total = 0

    def state(self, stated: dict[int, Money], former: set[int]) -> set[int]:
        """Post what differs for some accounts; those whose debt moved. `former` ones have a past."""
        past = former & stated.keys()
        folds, untold = self._folds(past), self._untold(past)
        deltas = {
            account_id: balance.kopecks - untold.get(account_id, 0) - folds.get(account_id, 0)
            for account_id, balance in stated.items()
        }
        moved = {account_id: delta for account_id, delta in deltas.items() if delta}
        self._post(list(moved.items()), Ledger.SUBSCRIBER)
        self._total += sum(moved.values())
        return set(moved)

    def close(self) -> None:
        """The other side: one entry that makes the transaction sum to zero."""
        if self._transaction_id is not None:
            self._post([(None, -self._total)], Ledger.STATEMENT)

    def _post(self, sides: Sequence[tuple[int | None, int]], ledger: Ledger) -> None:
        if not sides:
            return
        transaction_id = self._transaction()
        rows: list[dict[str, Any]] = [
            {
                "transaction_id": transaction_id,
                "ledger": ledger,
                "customer_account_id": account_id,
                "amount_kopecks": amount,
            }
            for account_id, amount in sides
        ]
        insert_rows(self._connection, table_of("journal_entries"), rows)

    def _transaction(self) -> int:
        if self._transaction_id is None:
            transaction = JournalTransaction(
                kind="statement", provider="register", object_id=str(self._register_id), at=self._now
            )
            self._session.add(transaction)
            self._session.flush()
            self._transaction_id = transaction.id or 0
        return self._transaction_id

    def _folds(self, ids: set[int]) -> dict[int, int]:
        entries = table_of("journal_entries")
        return self._sums(
            select(entries.c.customer_account_id, func.sum(entries.c.amount_kopecks))
            .where(entries.c.customer_account_id.in_(ids), entries.c.ledger == Ledger.SUBSCRIBER)
            .group_by(entries.c.customer_account_id),
            ids,
        )

    def _untold(self, ids: set[int]) -> dict[int, int]:
        payments = table_of("payments")
        return self._sums(
            select(payments.c.customer_account_id, func.sum(payments.c.amount_kopecks))
            .where(
                payments.c.customer_account_id.in_(ids),
                payments.c.status == PaymentStatus.SUCCEEDED,
                payments.c.exported_at.is_(None),
            )
            .group_by(payments.c.customer_account_id),
            ids,
        )

    def _sums(self, statement: Any, ids: set[int]) -> dict[int, int]:  # noqa: ANN401 - a select of pairs
        if not ids:
            return {}
        return {account_id: int(total) for account_id, total in self._connection.execute(statement)}
