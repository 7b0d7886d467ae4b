"""Files made for the supplier: which rows each of them holds, for good."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, update
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.payments import PaymentStatus
from cabinet.domain.readings import ReadingSource
from cabinet.domain.registers import ExportKind
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.payments import Payment
from cabinet.persistence.types import instant, key, refers

_AT_ONCE = 1000  # rows


class RegisterExport(SQLModel, table=True):
    """A file for the supplier. Its rows bear its number from before it is written: none is in two files."""

    __tablename__ = "register_exports"

    id: int | None = key()
    supplier_id: int = refers("suppliers.id")
    kind: str = Field(max_length=12)
    path: str = Field(max_length=1000)
    lines: int = 0
    started_at: datetime = instant()
    finished_at: datetime | None = instant(default=None)


class RegisterExports:
    """The repository of files for the supplier."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_unfinished(self, supplier_id: int, kind: ExportKind) -> RegisterExport | None:
        """The file that has its rows but was perhaps never written: its export was interrupted."""
        return self._session.exec(
            select(RegisterExport).where(
                RegisterExport.supplier_id == supplier_id,
                RegisterExport.kind == kind.value,
                col(RegisterExport.finished_at).is_(None),
            )
        ).one_or_none()

    def is_promised(self, path: str) -> bool:
        """Whether a file of that name, of any supplier and kind, is being written or was interrupted."""
        found = select(RegisterExport.id).where(
            RegisterExport.path == path, col(RegisterExport.finished_at).is_(None)
        )
        return self._session.exec(found.limit(1)).one_or_none() is not None

    def add(self, export: RegisterExport, since: datetime | None) -> RegisterExport:
        """Number a file, and mark what the supplier has not been told of, received since then, as its rows.

        A row that is committed later bears no number, and so waits for the next file, whatever its own
        number and time are.
        """
        self._session.add(export)
        self._session.flush()
        claim = _claim_readings if export.kind == ExportKind.READINGS else _claim_payments
        export.lines = self._session.exec(claim(export, since)).rowcount
        self._session.flush()
        return export

    def list_rows(self, export: RegisterExport) -> Iterator[tuple[Any, ...]]:
        """A file's rows, always the same in the same order: a reading or a payment, then the others' columns."""
        rows = _readings(export) if export.kind == ExportKind.READINGS else _payments(export)
        for row in self._session.execute(rows, execution_options={"yield_per": _AT_ONCE}):
            yield tuple(row)

    def finish(self, export_id: int, now: datetime) -> None:
        """The file is there: from now on the supplier knows of its payments."""
        self._session.exec(
            update(RegisterExport).where(col(RegisterExport.id) == export_id).values(finished_at=now)
        )
        told = update(Payment).where(col(Payment.export_id) == export_id, col(Payment.exported_at).is_(None))
        self._session.exec(told.values(exported_at=now))


def _claim_readings(export: RegisterExport, since: datetime | None) -> Any:  # noqa: ANN401 - an update
    meters = (
        select(Meter.id)
        .join(CustomerAccount, col(CustomerAccount.id) == col(Meter.customer_account_id))
        .where(CustomerAccount.supplier_id == export.supplier_id)
    )
    claim = update(Reading).where(
        col(Reading.export_id).is_(None),
        col(Reading.source) != ReadingSource.REGISTER,
        col(Reading.cancelled_at).is_(None),
        col(Reading.meter_id).in_(meters),
    )
    if since:
        claim = claim.where(col(Reading.received_at) >= since)
    return claim.values(export_id=export.id).execution_options(synchronize_session=False)


def _claim_payments(export: RegisterExport, since: datetime | None) -> Any:  # noqa: ANN401 - an update
    accounts = select(CustomerAccount.id).where(CustomerAccount.supplier_id == export.supplier_id)
    claim = update(Payment).where(
        col(Payment.export_id).is_(None),
        col(Payment.exported_at).is_(None),
        col(Payment.status) == PaymentStatus.SUCCEEDED,
        col(Payment.customer_account_id).in_(accounts),
    )
    if since:
        claim = claim.where(col(Payment.finished_at) >= since)
    return claim.values(export_id=export.id).execution_options(synchronize_session=False)


def _readings(export: RegisterExport) -> Executable:
    return (
        select(Reading, CustomerAccount.number, Meter.serial_number)
        .join(Meter, col(Meter.id) == col(Reading.meter_id))
        .join(CustomerAccount, col(CustomerAccount.id) == col(Meter.customer_account_id))
        .where(Reading.export_id == export.id)
        .order_by(col(Reading.id))
    )


def _payments(export: RegisterExport) -> Executable:
    return (
        select(Payment, CustomerAccount.number)
        .join(CustomerAccount, col(CustomerAccount.id) == col(Payment.customer_account_id))
        .where(Payment.export_id == export.id)
        .order_by(col(Payment.finished_at), col(Payment.id))
    )
