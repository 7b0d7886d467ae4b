"""Meters and the readings of their dials."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.readings import ReadingKind
from cabinet.persistence.types import BigId, brought_by, instant, key, refers


class Meter(SQLModel, table=True):
    """Счётчик; `serial_key` is for comparing, `serial_number` as the register writes it."""

    __tablename__ = "meters"
    __table_args__ = (UniqueConstraint("customer_account_id", "serial_key"),)

    id: int | None = key()
    customer_account_id: int = refers("customer_accounts.id", index=False)
    serial_number: str = Field(max_length=40)
    serial_key: str = Field(max_length=40)
    model: str = Field(max_length=60, default="")
    capacity: int = 5
    installed_on: date | None = None
    verification_due_on: date | None = None
    thermo_compensated: bool | None = None
    register_id: int | None = brought_by()


class Reading(SQLModel, table=True):
    """A value of a dial in whole m³; never changed, only cancelled."""

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        Index("ix_readings_meter_id_taken_on", "meter_id", "taken_on"),
    )

    id: int | None = key()
    meter_id: int = refers("meters.id", index=False)
    user_id: int | None = refers("users.id", default=None)
    value_m3: int = Field(sa_type=BigId)
    kind: str = Field(max_length=12)
    source: str = Field(max_length=12)
    taken_on: date
    period: str = Field(max_length=7)
    received_at: datetime = instant()
    receipt_number: str | None = Field(default=None, max_length=20, unique=True)
    idempotency_key: str = Field(max_length=80)
    cancelled_at: datetime | None = instant(default=None)
    register_id: int | None = brought_by()
    export_id: int | None = refers("register_exports.id", index=False, default=None)


class Meters:
    """The repository of meters."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_of(self, account_id: int) -> list[Meter]:
        """The account's meters, newest first. Ask for the account by `get_for` before."""
        meters = self._session.exec(
            select(Meter).where(Meter.customer_account_id == account_id).order_by(col(Meter.id).desc())
        )
        return sorted(meters, key=lambda meter: meter.installed_on or date.min, reverse=True)


class Readings:
    """The repository of readings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, reading: Reading) -> Reading:
        """Store a reading and number its receipt."""
        self._session.add(reading)
        self._session.flush()
        reading.receipt_number = f"П-{reading.id:08d}"
        self._session.flush()
        return reading

    def find_by_key(self, idempotency_key: str) -> Reading | None:
        """The reading of a submission that came before."""
        return self._session.exec(
            select(Reading).where(Reading.idempotency_key == idempotency_key)
        ).one_or_none()

    def find_last(self, meter_id: int, *, lock: bool = False) -> Reading | None:
        """The newest actual reading that stands."""
        statement = (
            select(Reading)
            .where(
                Reading.meter_id == meter_id,
                col(Reading.cancelled_at).is_(None),
                Reading.kind != ReadingKind.ESTIMATED,
            )
            .order_by(col(Reading.taken_on).desc(), col(Reading.id).desc())
            .limit(1)
        )
        if lock:
            self._session.exec(select(Meter).where(Meter.id == meter_id).with_for_update()).one()
        return self._session.exec(statement).one_or_none()

    def find_for_meters(self, meter_ids: list[int], reading_id: int) -> Reading | None:
        """A reading by its number, if it belongs to one of those meters."""
        return self._session.exec(
            select(Reading).where(Reading.id == reading_id, col(Reading.meter_id).in_(meter_ids))
        ).one_or_none()

    def list_recent(self, meter_id: int, most: int = 24) -> list[Reading]:
        """The newest readings, newest first, cancelled ones too."""
        return list(
            self._session.exec(
                select(Reading)
                .where(Reading.meter_id == meter_id)
                .order_by(col(Reading.taken_on).desc(), col(Reading.id).desc())
                .limit(most)
            )
        )
