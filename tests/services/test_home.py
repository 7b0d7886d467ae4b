import pytest
from sqlmodel import delete

from cabinet.domain.errors import NotFound, SignInNeeded
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus
from cabinet.domain.permissions import Actor
from cabinet.persistence.charges import Charge
from cabinet.persistence.meters import Meter, Reading
from cabinet.services import health, home, payments
from cabinet.services.payments import StartPayment
from tests.factories import owner
from tests.fakes import VISITOR, World


def test_the_home_page_tells_what_is_due_and_what_the_dial_showed(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    shown = home.get_home(izhevsk.deps, anna, account)
    assert (shown.roubles, shown.kopecks, shown.owed) == ("81", "30", True)
    assert (shown.previous, shown.window_open) == ("03\u00a0359", True)
    assert shown.bars


def test_what_is_paid_is_not_due_any_more(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    address = payments.start_payment(izhevsk.deps, anna, StartPayment(account, Money(10_000), "form"))
    bank_id = address.rpartition("payment=")[2]
    izhevsk.bank.decide(bank_id, PaymentStatus.SUCCEEDED)
    payments.settle(izhevsk.deps, bank_id)
    shown = home.get_home(izhevsk.deps, anna, account)
    assert (shown.due_title, shown.roubles, shown.kopecks, shown.owed) == ("Переплата", "18", "70", False)
    assert shown.due_note == ""
    assert payments.get_pay_form(izhevsk.deps, anna, account).amount == ""


def test_an_account_without_readings_meters_and_charges_has_a_home_page_too(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    for table in (Charge, Reading, Meter):
        with izhevsk.deps.transaction() as tx:
            tx.session.exec(delete(table))
        shown = home.get_home(izhevsk.deps, anna, account)
        assert shown.roubles == "81"
        assert shown.metered is (table is not Meter)
    assert (shown.previous, shown.window_open, shown.due_note) == ("", False, "")


def test_nobody_sees_a_home_page_that_is_not_theirs(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    with pytest.raises(NotFound):
        home.get_home(izhevsk.deps, anna, account + 1)
    with pytest.raises(SignInNeeded):
        home.get_home(izhevsk.deps, Actor.anonymous(VISITOR), account)


def test_health_counts_the_messages_that_wait(izhevsk: World) -> None:
    assert health.check(izhevsk.deps) == 0
    with izhevsk.deps.transaction() as tx:
        tx.outbox.add("mail", "a@example.ru", "password_changed", izhevsk.clock.at)
    assert health.check(izhevsk.deps) == 1
