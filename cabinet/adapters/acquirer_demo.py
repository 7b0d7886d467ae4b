"""A bank for demonstration: it keeps its own books in a file of its own and moves no money."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cabinet.domain.codes import new_token
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus
from cabinet.ports import AcquirerPayment, AcquirerUnclear, PaymentOrder

_TABLE = (
    "CREATE TABLE IF NOT EXISTS payments (id TEXT PRIMARY KEY, key TEXT UNIQUE, status TEXT, "
    "kopecks INTEGER, description TEXT, return_url TEXT)"
)


class DemoAcquirer:
    """The demo bank. `decide` is what the payer's click on its page does."""

    name = "demo"

    def __init__(self, path: Path, address: str) -> None:
        self._path = path
        self._address = address

    def register(self, order: PaymentOrder) -> AcquirerPayment:
        """Open a payment; the same key gives the same payment."""
        with self._books() as books:
            books.execute(
                "INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (
                    new_token()[:24],
                    order.key,
                    PaymentStatus.PENDING,
                    order.amount.kopecks,
                    order.description,
                    order.return_url,
                ),
            )
            row = books.execute("SELECT * FROM payments WHERE key = ?", (order.key,)).fetchone()
        return self._payment(row)

    def fetch(self, acquirer_payment_id: str) -> AcquirerPayment:
        """The payment as it stands.

        Raises:
            AcquirerUnclear: the bank knows no such payment.
        """
        return self._payment(self._row(acquirer_payment_id))

    def decide(self, acquirer_payment_id: str, status: PaymentStatus) -> None:
        """Confirm or refuse an open payment; one that has ended stays as it is."""
        with self._books() as books:
            books.execute(
                "UPDATE payments SET status = ? WHERE id = ? AND status = ?",
                (status, acquirer_payment_id, PaymentStatus.PENDING),
            )

    def order_of(self, acquirer_payment_id: str) -> PaymentOrder:
        """What the payer is asked to pay and where they return.

        Raises:
            AcquirerUnclear: the bank knows no such payment.
        """
        row = self._row(acquirer_payment_id)
        return PaymentOrder(row["key"], Money(row["kopecks"]), row["description"], row["return_url"])

    def _row(self, acquirer_payment_id: str) -> sqlite3.Row:
        with self._books() as books:
            row = books.execute("SELECT * FROM payments WHERE id = ?", (acquirer_payment_id,)).fetchone()
        if row is None:
            raise AcquirerUnclear
        found: sqlite3.Row = row
        return found

    def _payment(self, row: sqlite3.Row) -> AcquirerPayment:
        return AcquirerPayment(
            id=row["id"],
            key=row["key"],
            status=PaymentStatus(row["status"]),
            amount=Money(row["kopecks"]),
            confirmation_url=f"{self._address}/demo/bank?payment={row['id']}",
        )

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=10)) as books, books:
            books.row_factory = sqlite3.Row
            books.execute(_TABLE)
            yield books
