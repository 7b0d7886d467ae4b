import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import text

from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FormStale, Several
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentFinal, PaymentMismatch, PaymentStatus
from cabinet.domain.permissions import Actor, Visitor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import AcquirerPayment, AcquirerUnclear, PaymentOrder
from cabinet.services import notices, notifications, payments
from cabinet.services.notices import ChooseNotices
from cabinet.services.payments import StartPayment
from tests.factories import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_SERIAL,
    SERIAL,
    last_text,
    link,
    owner,
    with_supplier,
)
from tests.fakes import World

DUE = Money(8130)
BORIS = Visitor("boris", "192.0.2.2")
Case = tuple[World, Actor, StartPayment]


@pytest.fixture
def case(izhevsk: World) -> Case:
    """Anna, who owes 81.30, and her wish to pay it."""
    anna, account = owner(izhevsk)
    return izhevsk, anna, StartPayment(account, DUE, "form-1")


def bank_id(address: str) -> str:
    return address.rpartition("payment=")[2]


def owed(world: World, account: int) -> Money:
    with world.deps.snapshot() as tx:
        return tx.journal.balance(account)


def paid(world: World, actor: Actor, command: StartPayment, status: PaymentStatus) -> None:
    address = payments.start_payment(world.deps, actor, command)
    world.bank.decide(bank_id(address), status)
    payments.settle(world.deps, bank_id(address))


def history(world: World, actor: Actor, account: int) -> list[tuple[str, str]]:
    """The payments of the cabinet that the page shows: sums and how they stand."""
    rows = payments.get_pay_form(world.deps, actor, account).history
    return [(x.amount, x.status) for x in rows if not x.id.startswith("outside-")]


def test_extended_access_sees_what_others_have_paid_and_basic_its_own_only(case: Case) -> None:
    world, anna, command = case
    boris = with_supplier(world, "boris@example.ru", BORIS)
    link(world, boris, ACCOUNT)
    paid(world, boris, replace(command, amount=Money(500)), PaymentStatus.SUCCEEDED)
    paid(world, boris, replace(command, amount=Money(600), key="form-2"), PaymentStatus.FAILED)
    payments.start_payment(world.deps, boris, replace(command, amount=Money(700), key="form-3"))
    world.clock.move(minutes=1)
    paid(world, anna, command, PaymentStatus.FAILED)
    account = command.account_id
    assert history(world, anna, account) == [("81,30\u00a0₽", "failed"), ("5,00\u00a0₽", "succeeded")]
    assert sorted(status for _, status in history(world, boris, account)) == [
        "failed",
        "pending",
        "succeeded",
    ]


def test_of_what_others_have_paid_nothing_tells_who_they_are(case: Case) -> None:
    world, anna, command = case
    boris = with_supplier(world, "boris@example.ru", BORIS)
    link(world, boris, ACCOUNT, SERIAL)
    paid(world, boris, command, PaymentStatus.SUCCEEDED)
    form = payments.get_pay_form(world.deps, anna, command.account_id)
    assert "boris" not in str(form)
    with pytest.raises(NotFound):
        payments.get_payment(world.deps, anna, form.history[0].id)


def test_the_form_is_prefilled_with_the_debt(case: Case) -> None:
    world, anna, command = case
    form = payments.get_pay_form(world.deps, anna, command.account_id)
    assert (form.amount, form.due) == ("81,30", "К оплате 81,30\u00a0₽")
    assert form.history[0].channel in {"почта", "расчётный центр", "Сбербанк"}


def test_a_confirmed_payment_changes_the_balance_once_and_is_told_of(case: Case) -> None:
    world, anna, command = case
    address = payments.start_payment(world.deps, anna, command)
    world.bank.decide(bank_id(address), PaymentStatus.SUCCEEDED)
    assert [payments.settle(world.deps, bank_id(address)) for _ in range(3)] == [PaymentStatus.SUCCEEDED] * 3
    assert owed(world, command.account_id) == Money(0)
    assert "81,30" in last_text(world, "anna@example.ru")
    with world.deps.snapshot() as tx:
        assert (tx.journal.total(), tx.journal.unbalanced()) == (Money(0), [])


def test_whoever_switched_it_off_is_not_told_of_a_payment(case: Case) -> None:
    world, anna, command = case
    notices.choose_notices(world.deps, anna, ChooseNotices.parse({}))
    letters = len(world.mail.letters)
    address = payments.start_payment(world.deps, anna, command)
    world.bank.decide(bank_id(address), PaymentStatus.SUCCEEDED)
    assert payments.settle(world.deps, bank_id(address)) == PaymentStatus.SUCCEEDED
    notifications.deliver_due(world.deps)
    assert len(world.mail.letters) == letters


def test_a_refused_payment_changes_nothing(case: Case) -> None:
    world, anna, command = case
    address = payments.start_payment(world.deps, anna, command)
    world.bank.decide(bank_id(address), PaymentStatus.FAILED)
    assert payments.settle(world.deps, bank_id(address)) is PaymentStatus.FAILED
    assert owed(world, command.account_id) == DUE
    assert "не списаны" in last_text(world, "anna@example.ru")


def test_a_double_click_pays_once(case: Case) -> None:
    world, anna, command = case
    with ThreadPoolExecutor(8) as pool:
        addresses = set(pool.map(lambda _: payments.start_payment(world.deps, anna, command), range(12)))
    assert len(addresses) == 1
    with world.deps.snapshot() as tx:
        assert len(tx.payments.list_of(anna, command.account_id)) == 1


def test_the_same_form_with_another_sum_is_stale(case: Case) -> None:
    world, anna, command = case
    payments.start_payment(world.deps, anna, command)
    with pytest.raises(FormStale):
        payments.start_payment(world.deps, anna, replace(command, amount=Money(100)))


@pytest.mark.parametrize(
    "typed", ["", "1e3", "0", "-5", "0,99", "500000,01", "10" * 15, "abc", "12,345", "1,2,3", "∞", "５"]
)
def test_what_is_no_sum_is_said_so(typed: str) -> None:
    with pytest.raises(Several) as raised:
        StartPayment.parse({"amount": typed, "key": "k", "account": "1"})
    assert [problem.field for problem in raised.value.problems] == ["amount"]


@pytest.mark.parametrize("typed", ["282.20", "282,20", "282", "1 282,2", "1\u00a0000 ₽"])
def test_a_sum_is_read_however_it_is_typed(typed: str) -> None:
    assert StartPayment.parse({"amount": typed, "key": "k", "account": "1"}).amount.kopecks > 0


def test_closed_without_an_answer_stays_open_until_the_bank_is_asked(case: Case) -> None:
    world, anna, command = case
    address = payments.start_payment(world.deps, anna, command)
    ours = payments.get_pay_form(world.deps, anna, command.account_id).history[0]
    assert payments.get_payment(world.deps, anna, ours.id).status == PaymentStatus.PENDING
    assert payments.reconcile(world.deps) == 0
    world.bank.decide(bank_id(address), PaymentStatus.SUCCEEDED)
    world.clock.move(minutes=1)
    assert payments.reconcile(world.deps) == 1
    assert payments.get_payment(world.deps, anna, ours.id).status == PaymentStatus.SUCCEEDED
    assert owed(world, command.account_id) == Money(0)


class DeafBank:
    """A bank whose answers are lost, or lies."""

    name = "demo"

    def __init__(self, world: World, lie: int = 0) -> None:
        self._bank = world.bank
        self._lie = lie

    def register(self, order: PaymentOrder) -> AcquirerPayment:
        """It takes the order, and the answer is lost."""
        self._bank.register(order)
        raise AcquirerUnclear

    def fetch(self, acquirer_payment_id: str) -> AcquirerPayment:
        """Another sum than was ordered, or no answer."""
        if not self._lie:
            raise AcquirerUnclear
        told = self._bank.fetch(acquirer_payment_id)
        return replace(told, amount=Money(told.amount.kopecks + self._lie))


def test_a_lost_answer_is_unknown_not_failed_and_the_same_form_goes_on(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(AcquirerUnclear):
        payments.start_payment(replace(world.deps, acquirer=DeafBank(world)), anna, command)
    ours = payments.get_pay_form(world.deps, anna, command.account_id).history[0]
    assert ours.status == PaymentStatus.CREATED
    assert payments.start_payment(world.deps, anna, command)
    assert (
        len(
            [
                x
                for x in payments.get_pay_form(world.deps, anna, command.account_id).history
                if x.id == ours.id
            ]
        )
        == 1
    )


def test_a_bank_that_names_another_sum_moves_nothing(case: Case) -> None:
    world, anna, command = case
    address = payments.start_payment(world.deps, anna, command)
    world.bank.decide(bank_id(address), PaymentStatus.SUCCEEDED)
    with pytest.raises(PaymentMismatch):
        payments.settle(replace(world.deps, acquirer=DeafBank(world, lie=1)), bank_id(address))
    assert owed(world, command.account_id) == DUE


def test_what_the_bank_names_wrongly_is_told_once_a_day(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    world, anna, command = case
    address = payments.start_payment(world.deps, anna, command)
    world.bank.decide(bank_id(address), PaymentStatus.SUCCEEDED)
    lied_to = replace(world.deps, acquirer=DeafBank(world, lie=1))
    for minutes in (1, 1, 24 * 60):
        world.clock.move(minutes=minutes)
        assert payments.reconcile(lied_to) == 0
    with world.deps.snapshot() as tx:
        told = tx.audit.list_actions("payment.mismatch")
        (ours,) = tx.payments.list_of(anna, command.account_id)
    assert [(x.object_id, x.details) for x in told] == [(command.account_id, {"payment": ours.id})] * 2
    assert [x.getMessage() for x in caplog.records if x.levelname == "ERROR"] == [
        f"the bank names another sum or another payment than was ordered: {ours.id}"
    ] * 2
    assert payments.reconcile(world.deps) == 1


def test_a_bank_that_names_anothers_payment_is_told(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    world, anna, command = case
    address = payments.start_payment(world.deps, anna, command)
    world.clock.move(minutes=1)
    bank = DeafBank(world)
    bank.fetch = lambda number: replace(world.bank.fetch(number), key="nobodys")  # type: ignore[method-assign]
    assert payments.reconcile(replace(world.deps, acquirer=bank)) == 0
    assert f"not ours when asked about {bank_id(address)}" in caplog.text


def test_a_payment_that_never_reached_the_bank_is_closed_after_a_day(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(AcquirerUnclear):
        payments.start_payment(replace(world.deps, acquirer=DeafBank(world)), anna, command)
    world.clock.move(days=2)
    assert payments.reconcile(world.deps) == 1
    assert payments.reconcile(world.deps) == 0


def test_a_strangers_payment_is_not_found(case: Case) -> None:
    world, anna, command = case
    payments.start_payment(world.deps, anna, command)
    ours = payments.get_pay_form(world.deps, anna, command.account_id).history[0]
    boris, _ = owner(
        world, OTHER_ACCOUNT, OTHER_SERIAL, "boris@example.ru", Visitor("device-of-boris", "192.0.2.2")
    )
    for attempt in (
        lambda: payments.get_payment(world.deps, boris, ours.id),
        lambda: payments.start_payment(world.deps, boris, command),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_webhooks_doubled_and_shuffled_keep_the_journal_at_zero(case: Case) -> None:
    world, anna, command = case
    addresses = [
        payments.start_payment(world.deps, anna, replace(command, amount=Money(100 + n), key=f"form-{n}"))
        for n in range(20)
    ]
    told = [bank_id(x) for x in addresses] * 3
    chance = random.Random(7)
    chance.shuffle(told)
    for n, one in enumerate(addresses):
        world.bank.decide(bank_id(one), PaymentStatus.SUCCEEDED if n % 2 else PaymentStatus.FAILED)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda x: payments.settle(world.deps, x), told))
    paid = sum(100 + n for n in range(20) if n % 2)
    assert owed(world, command.account_id) == DUE - Money(paid)
    with world.deps.snapshot() as tx:
        assert (tx.journal.total(), tx.journal.unbalanced()) == (Money(0), [])


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE journal_entries SET amount_kopecks = 0",
        "DELETE FROM journal_entries",
        "UPDATE journal_transactions SET kind = 'x'",
        "DELETE FROM journal_transactions",
    ],
)
def test_the_database_itself_refuses_to_change_the_journal(case: Case, deed: str) -> None:
    world, _, _ = case
    with pytest.raises(DatabaseError, match="append-only"), world.deps.transaction() as tx:
        tx.session.execute(text(deed))


def test_a_form_without_its_key_is_stale() -> None:
    for key in ("", "k" * 65):
        with pytest.raises(FormStale):
            StartPayment.parse({"amount": "100", "key": key, "account": "1"})


def test_a_payment_that_reaches_the_bank_while_it_is_given_up_stays_open(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(AcquirerUnclear):
        payments.start_payment(replace(world.deps, acquirer=DeafBank(world)), anna, command)
    world.clock.move(days=2)

    @contextmanager
    def late() -> Iterator[UnitOfWork]:
        payments.start_payment(world.deps, anna, command)
        with world.deps.transaction() as tx:
            yield tx

    assert payments.reconcile(replace(world.deps, transaction=late)) == 0
    ours = payments.get_pay_form(world.deps, anna, command.account_id).history[0]
    assert ours.status == PaymentStatus.PENDING


def test_a_payment_that_was_given_up_is_never_sent_to_the_bank_again(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(AcquirerUnclear):
        payments.start_payment(replace(world.deps, acquirer=DeafBank(world)), anna, command)
    world.clock.move(days=2)
    assert payments.reconcile(world.deps) == 1
    with pytest.raises(PaymentFinal):
        payments.start_payment(world.deps, anna, command)
    assert payments.start_payment(world.deps, anna, replace(command, key="form-2"))
