"""Meters and the readings of their dials."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Index, UniqueConstraint, and_, or_, true
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cabinet.domain.errors import NotFound
from cabinet.domain.period import BillingPeriod
from cabinet.domain.readings import ReadingKind
from cabinet.persistence.types import BigId, brought_by, instant, key, refers

_RECENT: Final = 24


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
    """A value of a dial in whole m³; never changed, only cancelled.

    Attributes:
        counted: false when the meter's verification was overdue on its day, or the meter is another one that the
            supplier does not know yet: stored, and not charged by.
        fall: why it is less than the one before it (`DialFall`), as declared; "" when it is not less.
    """

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
    counted: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    fall: str = Field(default="", max_length=12, sa_column_kwargs={"server_default": ""})
    export_id: int | None = refers("register_exports.id", index=False, default=None)


def _standing(meter_id: int) -> SelectOfScalar[Reading]:
    """A dial's actual readings that are not cancelled, the newest first."""
    return (
        select(Reading)
        .where(
            Reading.meter_id == meter_id,
            col(Reading.cancelled_at).is_(None),
            Reading.kind != ReadingKind.ESTIMATED,
        )
        .order_by(col(Reading.taken_on).desc(), col(Reading.id).desc())
    )


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

    def cancel(self, reading: Reading, now: datetime) -> None:
        """Take a reading back; it stays in the history."""
        reading.cancelled_at = now
        self._session.flush()

    def find_by_key(self, idempotency_key: str) -> Reading | None:
        """The reading of a submission that came before."""
        return self._session.exec(
            select(Reading).where(Reading.idempotency_key == idempotency_key)
        ).one_or_none()

    def find_last(self, meter_id: int, today: date, *, lock: bool = False) -> Reading | None:
        """The newest actual reading that stands; what a register has dated ahead comes in its time.

        Raises:
            NotFound: the import that brought the meter was undone meanwhile.
        """
        if lock:  # rows that an import brings refer to the meter, and are no reason to wait for its end
            meter = select(Meter.id).where(Meter.id == meter_id)
            if self._session.exec(meter.with_for_update(key_share=True)).one_or_none() is None:
                raise NotFound
        been = _standing(meter_id).where(Reading.taken_on <= today)
        return self._session.exec(been.limit(1)).one_or_none()

    def find_before(self, reading: Reading) -> Reading | None:
        """The newest actual reading of the same dial, before that one, that stands."""
        earlier = or_(
            col(Reading.taken_on) < reading.taken_on,
            and_(col(Reading.taken_on) == reading.taken_on, col(Reading.id) < reading.id),
        )
        return self._session.exec(_standing(reading.meter_id).where(earlier).limit(1)).one_or_none()

    def list_read_periods(self, meter_id: int) -> set[BillingPeriod]:
        """The newest periods in which an actual reading that stands was counted."""
        counted = _standing(meter_id).where(col(Reading.counted)).limit(_RECENT)
        return {BillingPeriod.parse(x.period) for x in self._session.exec(counted)}

    def lock_for_meters(self, meter_ids: list[int], reading_id: int) -> Reading | None:
        """A reading by its number, if it belongs to one of those meters; no export takes it meanwhile."""
        ours = (Reading.id == reading_id, col(Reading.meter_id).in_(meter_ids))
        return self._session.exec(select(Reading).where(*ours).with_for_update()).one_or_none()

    def list_recent(self, meter_id: int, most: int = _RECENT) -> list[Reading]:
        """The newest readings, newest first, cancelled ones too."""
        return list(
            self._session.exec(
                select(Reading)
                .where(Reading.meter_id == meter_id)
                .order_by(col(Reading.taken_on).desc(), col(Reading.id).desc())
                .limit(most)
            )
        )
