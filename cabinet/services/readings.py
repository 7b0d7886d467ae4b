"""Readings: what the dial showed, what it would cost, and a receipt that is given once."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from cabinet.domain import charges
from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FormStale
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.domain.readings import (
    Dial,
    ReadingKind,
    ReadingSource,
    ReadingUncancellable,
    ReadingUnusual,
    is_unusual,
)
from cabinet.domain.volume import DialValue, Volume
from cabinet.persistence.customer_accounts import LinkedAccount
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.suppliers import SupplierPolicy
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.texts import amounts, dates
from cabinet.texts import readings as words

WARN_BEFORE: Final = timedelta(days=60)
_USUAL_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading in the history."""

    id: str
    value: str
    taken_on: str
    kind: str
    receipt: str
    cancelled: bool
    cancellable: bool


@dataclass(frozen=True, slots=True)
class MeterChoice:
    """One of an account's meters, to choose from."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class MeterRow:
    """What the page of readings shows of a meter before a value is typed.

    Attributes:
        ghost: the digits of the previous reading, as many as the dial has.
        window_open: whether a reading sent today is counted in this month.
        verification: a warning in words, or "".
        choices: the account's meters when there are several, this one among them.
    """

    account_id: str = ""
    meter_id: str = ""
    model: str = ""
    serial_number: str = ""
    capacity: int = 5
    ghost: str = ""
    previous: str = ""
    previous_on: str = ""
    window: str = ""
    window_open: bool = False
    verification: str = ""
    history: list[ReadingRow] = field(default_factory=list)
    choices: list[MeterChoice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """What the value on the drum means: «Расход 43 м³ ≈ 356,90 ₽» and how it was found."""

    volume: str = ""
    cost: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """The receipt of an accepted reading."""

    number: str = ""
    value: str = ""
    received_at: str = ""
    period: str = ""
    volume: str = ""
    cost: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True)
class SubmitReading:
    """A value to be sent; `key` is the same for the same submission, however often it comes."""

    account_id: int
    meter_id: int
    value: str
    key: str
    confirmed: bool


def number_of(text: str) -> int:
    """An id that came from a browser; -1, which is nobody's, for anything but a plain number."""
    most_digits = 18
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else -1


def get_meter(deps: Deps, actor: Actor, account_id: int, meter_id: int | None = None) -> MeterRow:
    """A meter of the account, the newest unless another is meant, with its last readings.

    Raises:
        NotFound: not the actor's account, or it has no such meter.
        ExtendedAccessNeeded: basic access can only pay.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.snapshot() as tx:
        found = tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        meters = tx.meters.list_of(account_id)
        meter = next((x for x in meters if meter_id in (None, x.id)), None)
        if meter is None:
            raise NotFound
        return _meter_row(deps, tx, found, meter, meters)


def estimate_reading(deps: Deps, actor: Actor, command: SubmitReading) -> EstimateRow:
    """What a value would mean, without storing anything.

    Raises:
        ReadingMalformed, ReadingBelowPrevious, ReadingTooLarge: the value cannot be.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.snapshot() as tx:
        case = _open_case(deps, tx, actor, command)
        return _estimate(tx, case, DialValue.parse(command.value, case.meter.capacity))


def submit_reading(deps: Deps, actor: Actor, command: SubmitReading) -> ReceiptRow:
    """Accept a reading once and give its receipt; the same submission again gives the same receipt.

    Raises:
        NotFound, ExtendedAccessNeeded: not the actor's to send.
        ReadingMalformed, ReadingBelowPrevious, ReadingTooLarge: the value cannot be.
        ReadingUnusual: more than three times the usual, and not confirmed yet.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.transaction() as tx:
        case = _open_case(deps, tx, actor, command, lock=True)
        key = f"web:{actor.user}:{case.meter.id}:{command.key}"
        if not command.key:
            raise FormStale
        known = tx.readings.find_by_key(key)
        if known is not None:
            return _receipt(tx, case, known)
        value = DialValue.parse(command.value, case.meter.capacity)
        volume = case.dial.consumption(value, case.policy.max_consumption_m3)
        usual = _usual_volume(tx, command.account_id)
        if is_unusual(volume, usual) and not command.confirmed:
            raise ReadingUnusual(volume=volume, usual=usual)
        reading = tx.readings.add(
            Reading(
                meter_id=case.meter.id or 0,
                user_id=actor.user,
                value_m3=value.cubic_metres,
                kind=ReadingKind.ACTUAL,
                source=ReadingSource.WEB,
                taken_on=case.today,
                period=str(case.policy.window.period_for(case.today)),
                received_at=deps.clock.now(),
                idempotency_key=key,
            )
        )
        tx.audit.record(actor, deps.clock.now(), "reading.submitted", reading.id)
        return _receipt(tx, case, reading)


def cancel_reading(deps: Deps, actor: Actor, account_id: int, reading_id: int) -> MeterRow:
    """Take back a reading that was sent from here, while its billing period is open.

    Raises:
        NotFound: not the actor's.
        ReadingUncancellable: from a register, cancelled already, or its window has closed.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.transaction() as tx:
        found = tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        meters = tx.meters.list_of(account_id)
        reading = tx.readings.find_for_meters([x.id or 0 for x in meters], reading_id)
        if reading is None:
            raise NotFound
        if not _is_cancellable(reading, _policy(deps, tx, found), _today(deps, found)):
            raise ReadingUncancellable
        reading.cancelled_at = deps.clock.now()
        tx.session.flush()
        tx.audit.record(actor, deps.clock.now(), "reading.cancelled", reading.id)
        meter = next(x for x in meters if x.id == reading.meter_id)
        return _meter_row(deps, tx, found, meter, meters)


@dataclass(frozen=True, slots=True)
class _Case:
    """All that one value is judged by."""

    found: LinkedAccount
    meter: Meter
    policy: SupplierPolicy
    dial: Dial
    today: date


def _open_case(
    deps: Deps, tx: UnitOfWork, actor: Actor, command: SubmitReading, *, lock: bool = False
) -> _Case:
    found = tx.customer_accounts.get_for(actor, command.account_id, AccessLevel.EXTENDED)
    meter = next((x for x in tx.meters.list_of(command.account_id) if x.id == command.meter_id), None)
    if meter is None:
        raise NotFound
    last = tx.readings.find_last(command.meter_id, lock=lock)
    dial = Dial(meter.capacity, DialValue(last.value_m3) if last else None)
    return _Case(found, meter, _policy(deps, tx, found), dial, _today(deps, found))


def _estimate(tx: UnitOfWork, case: _Case, value: DialValue) -> EstimateRow:
    volume = case.dial.consumption(value, case.policy.max_consumption_m3)
    return _costing(tx, case, volume)


def _costing(tx: UnitOfWork, case: _Case, volume: int) -> EstimateRow:
    usage = case.found.account.usage
    price = tx.suppliers.find_price(case.found.account.supplier_id, usage, case.today)
    if price is None:
        return EstimateRow(f"{volume}", "", "")
    cost = charges.amount_for(Volume(Decimal(volume)), price)
    return EstimateRow(f"{volume}", amounts.roubles(cost), words.formula(volume, price, usage))


def _receipt(tx: UnitOfWork, case: _Case, reading: Reading) -> ReceiptRow:
    previous = next(
        (
            x
            for x in tx.readings.list_recent(case.meter.id or 0)
            if (x.taken_on, x.id or 0) < (reading.taken_on, reading.id or 0) and x.cancelled_at is None
        ),
        None,
    )
    cost = _costing(tx, case, reading.value_m3 - previous.value_m3 if previous else 0)
    year, month = (int(x) for x in reading.period.split("-"))
    return ReceiptRow(
        number=reading.receipt_number or "",
        value=DialValue(reading.value_m3).shown(case.meter.capacity),
        received_at=dates.moment(reading.received_at.astimezone(ZoneInfo(case.found.supplier.timezone))),
        period=dates.month(year, month),
        volume=cost.volume,
        cost=cost.cost,
        counted=not _is_overdue(case.meter, case.today),
    )


def _meter_row(
    deps: Deps, tx: UnitOfWork, found: LinkedAccount, meter: Meter, meters: list[Meter]
) -> MeterRow:
    policy, today = _policy(deps, tx, found), _today(deps, found)
    last = tx.readings.find_last(meter.id or 0)
    return MeterRow(
        account_id=str(found.account.id),
        meter_id=str(meter.id),
        model=meter.model,
        serial_number=meter.serial_number,
        capacity=meter.capacity,
        ghost=f"{last.value_m3:0{meter.capacity}d}" if last else "",
        previous=DialValue(last.value_m3).shown(meter.capacity) if last else "",
        previous_on=dates.day_year(last.taken_on) if last else "",
        window=words.window(
            policy.window_from_day, policy.window_to_day, policy.window.period_for(today).month
        ),
        window_open=policy.window.is_open(today),
        verification=_verification(meter, today),
        history=[
            _reading_row(x, meter, _is_cancellable(x, policy, today))
            for x in tx.readings.list_recent(meter.id or 0)
        ],
        choices=[MeterChoice(str(x.id), f"{x.model} № {x.serial_number}".strip()) for x in meters]
        if len(meters) > 1
        else [],
    )


def _reading_row(reading: Reading, meter: Meter, cancellable: bool) -> ReadingRow:
    return ReadingRow(
        id=str(reading.id),
        value=DialValue(reading.value_m3).shown(meter.capacity),
        taken_on=dates.day_year(reading.taken_on),
        kind=words.source(reading.kind, reading.source),
        receipt=reading.receipt_number or "" if reading.source == ReadingSource.WEB else "",
        cancelled=reading.cancelled_at is not None,
        cancellable=cancellable,
    )


def _is_cancellable(reading: Reading, policy: SupplierPolicy, today: date) -> bool:
    own = reading.source == ReadingSource.WEB and reading.cancelled_at is None
    return own and reading.period == str(policy.window.period_for(today))


def _usual_volume(tx: UnitOfWork, account_id: int) -> int:
    """The average monthly volume of the last year, in whole m³; 0 when nothing is known."""
    volumes = [
        line.volume.cubic_metres
        for line in tx.charges.list_recent(account_id, _USUAL_MONTHS)
        if line.service is charges.Service.GAS
    ]
    return round(sum(volumes) / len(volumes)) if volumes else 0


def _verification(meter: Meter, today: date) -> str:
    due = meter.verification_due_on
    if due is None or due - today > WARN_BEFORE:
        return ""
    return words.verification_overdue(due) if _is_overdue(meter, today) else words.verification_soon(due)


def _is_overdue(meter: Meter, today: date) -> bool:
    return meter.verification_due_on is not None and meter.verification_due_on < today


def _policy(deps: Deps, tx: UnitOfWork, found: LinkedAccount) -> SupplierPolicy:
    return tx.suppliers.policy_on(found.account.supplier_id, _today(deps, found))


def _today(deps: Deps, found: LinkedAccount) -> date:
    return local_day(deps.clock.now(), found.supplier.timezone)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day in a supplier's zone."""
    return at.astimezone(ZoneInfo(zone)).date()
