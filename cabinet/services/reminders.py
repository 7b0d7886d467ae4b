"""Reminders: the window of readings opens and is about to close, a meter's verification is due soon.

Each once for an account, between nine in the morning and eight in the evening of the supplier's zone.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cabinet.domain.calendar_file import MonthlyEvent
from cabinet.domain.errors import NotFound
from cabinet.domain.identity import spaced_number
from cabinet.domain.notices import NoticeKind
from cabinet.domain.period import local_day
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.persistence.notices import verification_mark
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.customer_accounts import shown_address
from cabinet.services.deps import Deps
from cabinet.services.notices import tell_user
from cabinet.texts import dates
from cabinet.texts import readings as words

CLOSING: Final = timedelta(days=2)
VERIFICATION: Final = timedelta(days=60)
_FROM_HOUR, _TO_HOUR = 9, 20
_BATCH: Final = 100

_Batch = Callable[[UnitOfWork], int]


def send_reminders(deps: Deps) -> int:
    """Remind whoever is to be reminded now; how many were dealt with, those who switched it off too."""
    now, done = deps.clock.now(), 0
    with deps.snapshot() as tx:
        suppliers = tx.suppliers.list_all()
    for supplier in suppliers:
        local = now.astimezone(ZoneInfo(supplier.timezone))
        if _FROM_HOUR <= local.hour < _TO_HOUR:
            done += _remind_of(deps, supplier, local.date())
    return done


def make_event(deps: Deps, actor: Actor, account_id: int) -> str:
    """The opening of the window, every month, as a file for the calendar of whoever sends the readings.

    Raises:
        NotFound, ExtendedAccessNeeded: not the actor's to send.
    """
    actor.require(Permission.READING_SUBMIT)
    with deps.snapshot() as tx:
        found = tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        today = local_day(deps.clock.now(), found.supplier.timezone)
        window = tx.suppliers.policy_on(found.account.supplier_id, today).window
        event = MonthlyEvent(
            uid=f"readings-{account_id}@{urlsplit(deps.address).hostname}",
            first_on=window.next_opening(today),
            month_day=window.from_day,
            summary=words.event(found.link.alias or shown_address(found)),
            description=words.event_note(window.from_day, window.to_day),
            url=f"{deps.address}/readings?account={account_id}",
        )
        return event.to_ics(deps.clock.now())


def _remind_of(deps: Deps, supplier: Supplier, today: date) -> int:
    def readings(tx: UnitOfWork) -> int:
        return _readings(deps, tx, supplier, today)

    def verifications(tx: UnitOfWork) -> int:
        return _verifications(deps, tx, supplier, today)

    return _in_batches(deps, readings) + _in_batches(deps, verifications)


def _in_batches(deps: Deps, batch: _Batch) -> int:
    """Short transactions, so that nobody waits for a city to be reminded."""
    done = 0
    while True:
        with deps.transaction() as tx:
            found = batch(tx)
        done += found
        if found < _BATCH:
            return done


def _readings(deps: Deps, tx: UnitOfWork, supplier: Supplier, today: date) -> int:
    try:
        window = tx.suppliers.policy_on(supplier.id or 0, today).window
    except NotFound:  # its rules begin later
        return 0
    if not window.is_open(today):
        return 0
    closes_on, period = window.closes_on(today), str(window.period_for(today))
    template = "readings_closing" if closes_on - today <= CLOSING else "readings_open"
    mark = f"{template}:{period}"
    found = tx.notices.list_without_reading(supplier.id or 0, period, mark, _BATCH)
    for user, account in found:
        tx.notices.remember(user.id or 0, account.id or 0, NoticeKind.READINGS, mark, deps.clock.now())
        number, until = spaced_number(account.number), dates.day(closes_on)
        tell_user(deps, tx, user, template, account=number, until=until)
    return len(found)


def _verifications(deps: Deps, tx: UnitOfWork, supplier: Supplier, today: date) -> int:
    kind, last = NoticeKind.VERIFICATION, today + VERIFICATION
    found = tx.notices.list_verifications(supplier.id or 0, today, last, _BATCH)
    for user, account, meter in found:
        tx.notices.remember(user.id or 0, account.id or 0, kind, verification_mark(meter), deps.clock.now())
        in_use = (
            tx.meters.list_of(account.id or 0)[0].id == meter.id
        )  # a meter taken away is verified by nobody
        if in_use and meter.verification_due_on:
            number, until = spaced_number(account.number), dates.day_year(meter.verification_due_on)
            tell_user(deps, tx, user, "verification_due", account=number, until=until)
    return len(found)
