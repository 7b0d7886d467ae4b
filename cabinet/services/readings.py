"""Readings: what the dial showed, what it would cost, and a receipt that is given once."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cabinet.domain.charges import Service
from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FormStale
from cabinet.domain.period import BillingPeriod, local_day
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.domain.readings import (
    Dial,
    DialFall,
    ReadingKind,
    ReadingSource,
    ReadingUncancellable,
    ReadingUnusual,
    is_unusual,
)
from cabinet.domain.volume import DialValue
from cabinet.persistence.customer_accounts import CustomerAccount, LinkedAccount
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.suppliers import SupplierPolicy
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import costs
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
    counted: bool
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
        meter_id: "" when the account has none; then only `no_meter` says something.
        window_shut: "" while the window is open; else when it opens.
        verification: a warning in words, with what the norm costs where that is known, or "".
        unsent: what is charged for the period when no reading comes, or "" when that is not known.
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
    window_shut: str = ""
    verification: str = ""
    unsent: str = ""
    no_meter: str = ""
    history: list[ReadingRow] = field(default_factory=list)
    choices: list[MeterChoice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """What the value on the drum means: «Расход 43 м³ ≈ 356,90 ₽» and how it was found.

    Attributes:
        volume: in m³; "" where a count begins.
        uncounted: why the value does not count, or "".
        instead: what follows of that, or "".
    """

    volume: str = ""
    cost: str = ""
    formula: str = ""
    uncounted: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """The receipt of an accepted reading; from `volume` on as in the estimate before it."""

    number: str = ""
    value: str = ""
    received_at: str = ""
    period: str = ""
    volume: str = ""
    cost: str = ""
    formula: str = ""
    uncounted: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class SubmitReading:
    """A value to be sent.

    Attributes:
        key: the same for the same submission, however often it comes.
        confirmed: that an unusual volume is right.
        fall: why it is less than before, where it is.
    """

    account_id: int
    meter_id: int
    value: str
    key: str
    confirmed: bool
    fall: DialFall | None = None


def get_meter(deps: Deps, actor: Actor, account_id: int, meter_id: int | None = None) -> MeterRow:
    """A meter of the account, the newest unless another is meant, with its last readings.

    Raises:
        NotFound: not the actor's account, or another's meter.
        ExtendedAccessNeeded: basic access can only pay.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.snapshot() as tx:
        found = tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        meters = tx.meters.list_of(account_id)
        if not meters and meter_id is None:
            return _no_meter_row(deps, tx, found)
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
        value = DialValue.parse(command.value, case.meter.capacity)
        volume = case.dial.consumption(value, case.policy.max_consumption_m3, command.fall)
        fall = command.fall if case.dial.fallen(value) else None
        day = case.policy.window.period_for(case.today).nearest(case.today)
        return _costing(tx, case, _Burnt(volume, day, counted=_counts(case, fall), fall=fall))


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
        _check_volume(tx, case, command, value)
        fall = command.fall if case.dial.fallen(value) else None
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
                counted=_counts(case, fall),
                fall=fall or "",
            )
        )
        tx.audit.record(actor, deps.clock.now(), "reading.submitted", reading.id)
        return _receipt(tx, case, reading)


def cancel_reading(deps: Deps, actor: Actor, account_id: int, reading_id: int) -> MeterRow:
    """Take back a reading that was sent from here, while its billing period is open.

    Raises:
        NotFound: not the actor's.
        ReadingUncancellable: from a register, cancelled already, told to the supplier, its window has closed, or
            the dial fell with it and others follow.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.transaction() as tx:
        found = tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        meters = tx.meters.list_of(account_id)
        reading = tx.readings.lock_for_meters([x.id or 0 for x in meters], reading_id)
        if reading is None:
            raise NotFound
        today = _today(deps, found)
        last = tx.readings.find_last(reading.meter_id, today)
        if not _is_cancellable(reading, last, _policy(deps, tx, found), today):
            raise ReadingUncancellable
        tx.readings.cancel(reading, deps.clock.now())
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


def _check_volume(tx: UnitOfWork, case: _Case, command: SubmitReading, value: DialValue) -> None:
    volume = case.dial.consumption(value, case.policy.max_consumption_m3, command.fall) or 0
    usual = _usual_volume(tx, command.account_id)
    if is_unusual(volume, usual) and not command.confirmed:
        raise ReadingUnusual(volume=volume, usual=usual)


def _counts(case: _Case, fall: DialFall | None) -> bool:
    """Another meter counts when the supplier knows of it, an overdue one when it is verified."""
    return fall is not DialFall.REPLACED and not _is_overdue(case.meter, case.today)


def _open_case(
    deps: Deps, tx: UnitOfWork, actor: Actor, command: SubmitReading, *, lock: bool = False
) -> _Case:
    found = tx.customer_accounts.get_for(actor, command.account_id, AccessLevel.EXTENDED)
    meter = next((x for x in tx.meters.list_of(command.account_id) if x.id == command.meter_id), None)
    if meter is None:
        raise NotFound
    today = _today(deps, found)
    dial = _dial(meter, tx.readings.find_last(command.meter_id, today, lock=lock))
    return _Case(found, meter, _policy(deps, tx, found), dial, today)


@dataclass(frozen=True, slots=True)
class _Burnt:
    """What a reading means.

    Attributes:
        volume: by how much the dial went on, m³; None where a count begins.
        day: of the billing period: what held on it is calculated with.
        counted: false when the verification is overdue, or the meter is another one.
        fall: why it is less than before, or None.
    """

    volume: int | None
    day: date
    counted: bool
    fall: DialFall | None


def _costing(tx: UnitOfWork, case: _Case, burnt: _Burnt) -> EstimateRow:
    if burnt.fall is DialFall.REPLACED:
        return EstimateRow(uncounted=words.REPLACED, instead=words.REPLACED_NOTE)
    account, volume = case.found.account, burnt.volume
    cost = costs.metered_cost(tx, account, case.meter, volume, burnt.day) if volume is not None else None
    shown = EstimateRow(
        volume="" if volume is None else str(volume),
        cost=amounts.roubles(cost.amount) if cost else "",
        formula=cost.formula if cost else "",
    )
    if burnt.counted:
        return shown
    instead = costs.norm_instead(costs.norm_cost(tx, account, burnt.day), cost)
    return replace(shown, uncounted=words.NOT_COUNTED, instead=instead)


def _receipt(tx: UnitOfWork, case: _Case, reading: Reading) -> ReceiptRow:
    period = BillingPeriod.parse(reading.period)
    fall = DialFall(reading.fall) if reading.fall else None
    burnt = _Burnt(
        volume=_dial(case.meter, tx.readings.find_before(reading)).went_on(DialValue(reading.value_m3), fall),
        day=period.nearest(reading.taken_on),
        counted=reading.counted,
        fall=fall,
    )
    cost = _costing(tx, case, burnt)
    return ReceiptRow(
        number=reading.receipt_number or "",
        value=DialValue(reading.value_m3).shown(case.meter.capacity),
        received_at=dates.moment(reading.received_at.astimezone(ZoneInfo(case.found.supplier.timezone))),
        period=dates.month(period.year, period.month),
        volume=cost.volume,
        cost=cost.cost,
        formula=cost.formula,
        uncounted=cost.uncounted,
        instead=cost.instead,
    )


def _dial(meter: Meter, before: Reading | None) -> Dial:
    return Dial(meter.capacity, DialValue(before.value_m3) if before else None)


def _meter_row(
    deps: Deps, tx: UnitOfWork, found: LinkedAccount, meter: Meter, meters: list[Meter]
) -> MeterRow:
    policy, today = _policy(deps, tx, found), _today(deps, found)
    last = tx.readings.find_last(meter.id or 0, today)
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
        window_shut=_window_shut(policy, today),
        verification=_verification(tx, found.account, meter, policy, today),
        unsent=_unsent(tx, found.account, meters, policy, today),
        history=[
            _reading_row(x, meter, _is_cancellable(x, last, policy, today))
            for x in tx.readings.list_recent(meter.id or 0)
        ],
        choices=[MeterChoice(str(x.id), f"{x.model} № {x.serial_number}".strip()) for x in meters]
        if len(meters) > 1
        else [],
    )


def _no_meter_row(deps: Deps, tx: UnitOfWork, found: LinkedAccount) -> MeterRow:
    norm = costs.norm_cost(tx, found.account, _today(deps, found))
    return MeterRow(account_id=str(found.account.id), no_meter=words.no_meter(norm.monthly if norm else ""))


def _window_shut(policy: SupplierPolicy, today: date) -> str:
    window = policy.window
    if window.is_open(today):
        return ""
    opens_on = window.opens_on(today)
    return words.window_over(today.month, opens_on) if window.is_over(today) else words.window_ahead(opens_on)


def _reading_row(reading: Reading, meter: Meter, cancellable: bool) -> ReadingRow:
    return ReadingRow(
        id=str(reading.id),
        value=DialValue(reading.value_m3).shown(meter.capacity),
        taken_on=dates.day_year(reading.taken_on),
        kind=words.source(reading.kind, reading.source, reading.fall),
        counted=reading.counted,
        receipt=reading.receipt_number or "" if reading.source == ReadingSource.WEB else "",
        cancelled=reading.cancelled_at is not None,
        cancellable=cancellable,
    )


def _is_cancellable(reading: Reading, last: Reading | None, policy: SupplierPolicy, today: date) -> bool:
    """Where a dial fell, what follows stands on that: without it the next one would be less than the one before."""
    own = reading.source == ReadingSource.WEB and reading.cancelled_at is None
    open_still = reading.export_id is None and reading.period == str(policy.window.period_for(today))
    return own and open_still and not (reading.fall and last is not None and last.id != reading.id)


def _usual_volume(tx: UnitOfWork, account_id: int) -> int:
    """The average monthly volume of the last year, in whole m³; 0 when nothing is known."""
    volumes = [
        line.volume.cubic_metres
        for line in tx.charges.list_recent(account_id, _USUAL_MONTHS)
        if line.service is Service.GAS
    ]
    return round(sum(volumes) / len(volumes)) if volumes else 0


def _verification(
    tx: UnitOfWork, account: CustomerAccount, meter: Meter, policy: SupplierPolicy, today: date
) -> str:
    due = meter.verification_due_on
    if due is None or due - today > WARN_BEFORE:
        return ""
    day = policy.window.period_for(today).nearest(today)
    norm = costs.norm_cost(tx, account, day)
    warning = words.verification_overdue if _is_overdue(meter, today) else words.verification_soon
    return warning(due, norm.monthly if norm else "")


def _unsent(
    tx: UnitOfWork, account: CustomerAccount, meters: list[Meter], policy: SupplierPolicy, today: date
) -> str:
    """Charges are of the account: what one of several meters would cost is not known."""
    if len(meters) > 1 or _is_overdue(meters[0], today):
        return ""
    period = policy.window.period_for(today)
    return costs.cost_without_reading(tx, account, meters[0], period, period.nearest(today))


def _is_overdue(meter: Meter, today: date) -> bool:
    return meter.verification_due_on is not None and meter.verification_due_on < today


def _policy(deps: Deps, tx: UnitOfWork, found: LinkedAccount) -> SupplierPolicy:
    return tx.suppliers.policy_on(found.account.supplier_id, _today(deps, found))


def _today(deps: Deps, found: LinkedAccount) -> date:
    return local_day(deps.clock.now(), found.supplier.timezone)
