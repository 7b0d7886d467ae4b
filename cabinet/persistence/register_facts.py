"""Registers of facts come in: charges and payments made elsewhere. A fact never changes."""

from collections.abc import Hashable, Sequence
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from cabinet.domain.registers import Change, ChargeRecord, Fault, LineRefused, PaymentRecord
from cabinet.persistence.register_rows import Row, account_ids, fetch, insert_rows, table_of

Fact = TypeVar("Fact", ChargeRecord, PaymentRecord)
_OUR_OWN = ("id", "register_id")


class FactsImport(Generic[Fact]):
    """Takes batches of lines: a new fact is added, the same fact is nothing, another one is refused."""

    table: str
    conflict: Fault

    def __init__(self, session: Session, supplier_id: int, register_id: int) -> None:
        self._session = session
        self._supplier_id = supplier_id
        self._register_id = register_id

    def take(self, records: Sequence[Fact]) -> list[Change | LineRefused]:
        """Store a batch; what each line did or why it is refused, in their order."""
        ids = account_ids(self._session, self._supplier_id, (r.account for r in records))
        former = self._former(records, ids)
        added: list[Row] = []
        results = [self._take_one(record, ids, former, added) for record in records]
        insert_rows(self._session.connection(), table_of(self.table), added)
        return results

    def finish(self) -> None:
        """Nothing is left to do."""

    def _take_one(
        self, record: Fact, ids: dict[str, int], former: dict[Hashable, Row], added: list[Row]
    ) -> Change | LineRefused:
        account_id = ids.get(record.account)
        if account_id is None:
            return LineRefused("account", Fault.UNKNOWN_ACCOUNT)
        row = {"customer_account_id": account_id, **self.values(record)}
        known = former.get(self.key(row))
        if known is None:
            former[self.key(row)] = row
            added.append({**row, "register_id": self._register_id})
            return Change.ADDED
        differing = next((name for name in row if row[name] != known[name]), None)
        return Change.UNCHANGED if differing is None else LineRefused(self.column(differing), self.conflict)

    def _former(self, records: Sequence[Fact], ids: dict[str, int]) -> dict[Hashable, Row]:
        table = table_of(self.table)
        column, values = self.narrowed(records)
        rows = fetch(
            self._session.connection(),
            table,
            table.c.customer_account_id.in_(set(ids.values())),
            table.c[column].in_(values),
        )
        return {self.key(row): row for row in rows}

    def values(self, record: Fact) -> Row:
        """The table's columns of a record, without the account."""
        raise NotImplementedError

    def key(self, row: Row) -> Hashable:
        """What makes a fact the same fact."""
        raise NotImplementedError

    def narrowed(self, records: Sequence[Fact]) -> tuple[str, set[str]]:
        """A column and its values, to look up no more than the batch's own facts."""
        raise NotImplementedError

    def column(self, name: str) -> str:
        """The register's column of a table's column."""
        return name.removesuffix("_kopecks")


class ChargesImport(FactsImport[ChargeRecord]):
    """Charges by account, period and service; an imported period is closed."""

    table = "charges"
    conflict = Fault.PERIOD_CLOSED

    def values(self, record: ChargeRecord) -> Row:
        """The table's columns of a charge."""
        charge = record.charge
        sums: dict[str, Any] = {
            f"{name}_kopecks": getattr(charge, name).kopecks
            for name in ("amount", "recalculation", "penalty", "opening", "paid", "closing")
        }
        return {
            "period": str(charge.period),
            "service": charge.service.value,
            "method": charge.method.value,
            "reading_from": charge.reading_from,
            "reading_to": charge.reading_to,
            "coefficient": charge.coefficient,
            "volume_m3": charge.volume.cubic_metres,
            "price": charge.price,
            **sums,
        }

    def key(self, row: Row) -> Hashable:
        """Account, period and service."""
        return row["customer_account_id"], row["period"], row["service"]

    def narrowed(self, records: Sequence[ChargeRecord]) -> tuple[str, set[str]]:
        """The periods of the batch."""
        return "period", {str(record.charge.period) for record in records}


class PaymentsImport(FactsImport[PaymentRecord]):
    """Payments by account, channel and the channel's own number."""

    table = "outside_payments"
    conflict = Fault.PAYMENT_DIFFERS

    def values(self, record: PaymentRecord) -> Row:
        """The table's columns of a payment."""
        return {
            "paid_on": record.paid_on,
            "amount_kopecks": record.amount.kopecks,
            "channel": record.channel,
            "external_id": record.external_id,
            "reading_m3": record.reading_m3,
        }

    def key(self, row: Row) -> Hashable:
        """Account, channel and number."""
        return row["customer_account_id"], row["channel"], row["external_id"]

    def narrowed(self, records: Sequence[PaymentRecord]) -> tuple[str, set[str]]:
        """The numbers of the batch."""
        return "external_id", {record.external_id for record in records}

    def column(self, name: str) -> str:
        """The register calls the dial's value a reading."""
        return "reading" if name == "reading_m3" else super().column(name)
