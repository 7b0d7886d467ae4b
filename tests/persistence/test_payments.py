from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from cabinet.domain.errors import NotFound
from cabinet.domain.payments import PaymentFinal, PaymentStatus
from cabinet.domain.permissions import Actor, Visitor
from cabinet.persistence.payments import OutsidePayment, Payment
from tests.factories import OTHER_ACCOUNT, OTHER_SERIAL, owner
from tests.fakes import NOON, World

PENDING, SUCCEEDED, FAILED = PaymentStatus.PENDING, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED
Case = tuple[World, Actor, int]


@pytest.fixture
def case(izhevsk: World) -> Case:
    """Anna and her account."""
    anna, account = owner(izhevsk)
    return izhevsk, anna, account


def add(case: Case, payment_id: str, minutes: int = 0, status: str = "created") -> None:
    world, anna, account = case
    payment = Payment(
        id=payment_id,
        customer_account_id=account,
        user_id=anna.user,
        form_key=f"form-{payment_id}",
        amount_kopecks=8130,
        status=status,
        acquirer="demo",
        acquirer_payment_id=f"bank-{payment_id}",
        created_at=NOON + timedelta(minutes=minutes),
    )
    with world.deps.transaction() as tx:
        tx.payments.add(payment)


def test_a_payment_is_its_payers_own(case: Case) -> None:
    world, anna, _ = case
    boris, _ = owner(world, OTHER_ACCOUNT, OTHER_SERIAL, "boris@example.ru", Visitor("boris", "192.0.2.2"))
    add(case, "p")
    with world.deps.snapshot() as tx:
        assert tx.payments.get_for(anna, "p").id == "p"
        assert tx.payments.find_by_form(anna, "form-p")
        assert tx.payments.find_by_form(boris, "form-p") is None
        for actor, payment_id in ((boris, "p"), (anna, "q")):
            with pytest.raises(NotFound):
                tx.payments.get_for(actor, payment_id)


@pytest.mark.parametrize("same", ["form_key", "acquirer_payment_id"])
def test_one_form_and_one_number_of_the_bank_are_one_payment(case: Case, same: str) -> None:
    world, _, _ = case
    add(case, "p")
    with world.deps.snapshot() as tx:
        twin = Payment(**{**tx.payments.get("p").model_dump(), "id": "q"})
    other = "acquirer_payment_id" if same == "form_key" else "form_key"
    setattr(twin, other, "another")
    with pytest.raises(IntegrityError), world.deps.transaction() as tx:
        tx.payments.add(twin)


def test_the_reconciler_is_given_the_open_ones_oldest_first(case: Case) -> None:
    world, _, _ = case
    for number, status in enumerate(("succeeded", "pending", "failed", "created", "pending")):
        add(case, f"p{number}", 10 - number, status)
    with world.deps.snapshot() as tx:
        later, earlier = NOON + timedelta(minutes=9), NOON + timedelta(minutes=7)
        assert [x.id for x in tx.payments.list_open(later)] == ["p4", "p3"]
        assert [x.id for x in tx.payments.list_open(later + timedelta(seconds=1))] == ["p4", "p3", "p1"]
        assert [x.id for x in tx.payments.list_open(earlier)] == ["p4"]


def test_the_history_is_newest_first_and_not_endless(case: Case) -> None:
    world, anna, account = case
    for number in range(5):
        add(case, f"p{number}", number)
    with world.deps.snapshot() as tx:
        assert [x.id for x in tx.payments.list_of(anna, account, most=3)] == ["p4", "p3", "p2"]
        assert tx.payments.list_of(anna, account + 1, others=True) == []


def test_an_end_is_dated_and_final(case: Case) -> None:
    world, _, _ = case
    add(case, "p")
    with world.deps.transaction() as tx:
        payment = tx.payments.get("p", lock=True)
        payment.move(PENDING, NOON)
        assert payment.finished_at is None
        payment.move(SUCCEEDED, NOON)
    with world.deps.snapshot() as tx:
        stored = tx.payments.get("p")
    assert (stored.status, stored.finished_at) == ("succeeded", NOON)
    with pytest.raises(PaymentFinal):
        stored.move(FAILED, NOON)


def test_payments_made_elsewhere_are_told_newest_first(case: Case) -> None:
    world, _, account = case
    with world.deps.transaction() as tx:
        for day in (28, 30, 29):
            tx.session.add(
                OutsidePayment(
                    customer_account_id=account,
                    paid_on=date(2030, 11, day),
                    amount_kopecks=day,
                    channel="post",
                    external_id=f"e-{day}",
                )
            )
    with world.deps.snapshot() as tx:
        assert [x.amount_kopecks for x in tx.payments.list_outside(account, most=3)] == [30, 29, 28]
    with pytest.raises(IntegrityError), world.deps.transaction() as tx:
        tx.session.add(
            OutsidePayment(
                customer_account_id=account,
                paid_on=date(2030, 12, 1),
                amount_kopecks=1,
                channel="post",
                external_id="e-28",
            )
        )
