"""Reminders: once a period, in the supplier's zone, and only to whom they are wanted by."""

import contextlib
import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select, update

from cabinet.domain.permissions import Visitor
from cabinet.persistence.meters import Meter
from cabinet.services import notices, notifications, reminders
from cabinet.services.notices import ChooseNotices
from cabinet.services.readings import SubmitReading, get_meter, submit_reading
from tests.factories import link, owner, with_supplier
from tests.fakes import World

MAIL, PHONE = "anna@example.ru", "+79127451020"
BORIS = Visitor("device-of-boris", "192.0.2.2", "test browser")


def subjects(world: World) -> list[str]:
    """What has been sent about readings and meters; everything due is sent now."""
    notifications.deliver_due(world.deps)
    return [
        x.subject.replace("\u00a0", " ")
        for x in world.mail.letters
        if x.subject.startswith(("Пора", "Показание", "Поверка"))
    ]


def at(world: World, day: int, hour: int = 8, month: int = 11) -> int:
    """Move the clock to a moment in UTC and remind."""
    world.clock.at = datetime(2026, month, day, hour, tzinfo=UTC)
    return reminders.send_reminders(world.deps)


def without_verification(world: World) -> None:
    with world.deps.transaction() as tx:
        tx.session.exec(update(Meter).values(verification_due_on=None))


def window(world: World) -> tuple[int, int]:
    with world.deps.snapshot() as tx:
        policy = tx.suppliers.policy_on(tx.suppliers.list_all()[0].id or 0, date(2026, 11, 20))
    return policy.window_from_day, policy.window_to_day


def test_the_window_is_told_of_when_it_opens_and_before_it_closes_once_each(izhevsk: World) -> None:
    owner(izhevsk)
    without_verification(izhevsk)
    opens, closes = window(izhevsk)
    assert at(izhevsk, opens - 1) == 0
    for day in range(opens, closes + 1):
        at(izhevsk, day)
        at(izhevsk, day, 10)
    assert subjects(izhevsk) == [
        "Пора передать показание: счёт 3700 0000 0000",
        "Показание ещё не передано: счёт 3700 0000 0000",
    ]
    assert f"{closes} ноября" in izhevsk.mail.letters[-1].text.replace("\u00a0", " ")
    assert at(izhevsk, closes + 1) == 0
    at(izhevsk, opens, month=12)
    assert len(subjects(izhevsk)) == 3


def test_who_has_sent_a_reading_is_left_in_peace(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    without_verification(izhevsk)
    opens, closes = window(izhevsk)
    izhevsk.clock.at = datetime(2026, 11, opens, 2, tzinfo=UTC)
    meter = int(get_meter(izhevsk.deps, anna, account).meter_id)
    submit_reading(izhevsk.deps, anna, SubmitReading(account, meter, "03365", "form-1", confirmed=False))
    for day in range(opens, closes + 1):
        assert at(izhevsk, day) == 0
    assert subjects(izhevsk) == []


@pytest.mark.parametrize(("hour", "told"), [(4, 0), (5, 1), (15, 1), (16, 0)])
def test_nobody_is_woken_in_the_suppliers_zone(izhevsk: World, hour: int, told: int) -> None:
    owner(izhevsk)
    without_verification(izhevsk)
    assert at(izhevsk, window(izhevsk)[0], hour) == told


def test_switched_off_is_not_told_nor_made_up_for(izhevsk: World) -> None:
    anna, _ = owner(izhevsk)
    opens, _ = window(izhevsk)
    shown = notices.choose_notices(izhevsk.deps, anna, ChooseNotices.parse({"payments": "on"}))
    assert shown.wanted == {"readings": False, "verification": False, "payments": True}
    assert at(izhevsk, opens) > 0
    notices.choose_notices(izhevsk.deps, anna, ChooseNotices.parse({"readings": "on"}))
    at(izhevsk, opens, 9)
    assert subjects(izhevsk) == []


def test_a_phone_is_reminded_only_when_it_asks_and_basic_access_never(izhevsk: World) -> None:
    without_verification(izhevsk)
    anna, _ = owner(izhevsk, login=PHONE)
    boris = with_supplier(izhevsk, "boris@example.ru", BORIS)
    link(izhevsk, boris, "370000000000")
    assert notices.get_notices(izhevsk.deps, anna).wanted == {
        "readings": False,
        "verification": False,
        "payments": True,
    }
    opens, closes = window(izhevsk)
    at(izhevsk, opens)
    notices.choose_notices(izhevsk.deps, anna, ChooseNotices.parse({"readings": "on"}))
    at(izhevsk, closes)
    notifications.deliver_due(izhevsk.deps)
    told = [x.text for x in izhevsk.sms.messages if "показани" in x.text]
    assert len(told) == 1
    assert "последний день приёма" in told[0]
    assert subjects(izhevsk) == []


def test_a_verification_is_told_of_sixty_days_before_and_once(izhevsk: World) -> None:
    _, account = owner(izhevsk)
    with izhevsk.deps.transaction() as tx:
        meter = tx.session.exec(select(Meter).where(Meter.customer_account_id == account)).one()
        meter.verification_due_on = date(2027, 1, 31)
    at(izhevsk, 1, month=12)
    assert [x for x in subjects(izhevsk) if x.startswith("Поверка")] == []
    for day in (2, 3, 20):
        at(izhevsk, day, month=12)
    assert [x for x in subjects(izhevsk) if x.startswith("Поверка")] == [
        "Поверка счётчика до 31 января 2027: счёт 3700 0000 0000"
    ]


def test_choices_are_ones_own_and_whatever_is_sent_is_a_tick_or_none(izhevsk: World) -> None:
    anna, _ = owner(izhevsk)
    boris = with_supplier(izhevsk, "boris@example.ru", BORIS)
    sent = {
        "readings": ["on"],
        "verification": True,
        "payments": "on",
        "passwords": "on",
        "user_id": boris.user,
    }
    assert notices.choose_notices(izhevsk.deps, anna, ChooseNotices.parse(sent)).wanted == {
        "readings": False,
        "verification": False,
        "payments": True,
    }
    assert set(notices.get_notices(izhevsk.deps, boris).wanted.values()) == {True}


def test_two_workers_at_once_remind_once(izhevsk: World) -> None:
    owner(izhevsk)
    without_verification(izhevsk)
    izhevsk.clock.at = datetime(2026, 11, window(izhevsk)[0], 8, tzinfo=UTC)
    start = threading.Barrier(4)

    def one() -> None:
        start.wait()
        with contextlib.suppress(
            IntegrityError
        ):  # a worker's round fails, and the next one finds nothing to do
            reminders.send_reminders(izhevsk.deps)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert subjects(izhevsk) == ["Пора передать показание: счёт 3700 0000 0000"]
