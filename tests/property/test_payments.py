"""Whatever the bank says, says twice, says late or gets wrong: what is owed and what was told agree."""

import shutil
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FormStale
from cabinet.domain.money import ZERO, Money
from cabinet.domain.payments import PaymentFinal, PaymentMismatch, PaymentStatus
from cabinet.domain.permissions import Actor
from cabinet.persistence.journal import JournalTransaction, OutboxMessage
from cabinet.persistence.payments import Payment
from cabinet.ports import AcquirerPayment, AcquirerUnclear, PaymentOrder
from cabinet.services import payments
from cabinet.services.payments import StartPayment
from tests.factories import owner
from tests.fakes import make_world

PENDING, SUCCEEDED, FAILED = PaymentStatus.PENDING, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED
ENDED = {SUCCEEDED, FAILED}
_numbers = count()


@dataclass
class Prepared:
    """A database in which Anna owns an account, to be copied for every story."""

    path: Path
    anna: Actor
    account: int


class Bank:
    """A bank that loses answers, changes its mind and names sums and orders that are not ours."""

    name = "demo"

    def __init__(self) -> None:
        self.books: dict[str, AcquirerPayment] = {}
        self.answered: set[str] = set()  # keys of orders whose answer has arrived
        self.mood = "honest"

    def register(self, order: PaymentOrder) -> AcquirerPayment:
        """Open a payment; the same key gives the same payment."""
        if self.mood == "deaf":
            raise AcquirerUnclear
        known = {payment.key: payment for payment in self.books.values()}
        made = known.get(order.key) or AcquirerPayment(
            f"b-{len(self.books)}", order.key, PENDING, order.amount, f"https://bank.test/{order.key}"
        )
        self.books[made.id] = made
        if self.mood == "mute":
            raise AcquirerUnclear
        self.answered.add(order.key)
        return made

    def fetch(self, acquirer_payment_id: str) -> AcquirerPayment:
        """The payment as it stands, or as the mood has it."""
        if self.mood in {"deaf", "mute"} or acquirer_payment_id not in self.books:
            raise AcquirerUnclear
        told = self.books[acquirer_payment_id]
        if self.mood == "greedy":
            return replace(told, amount=told.amount + Money(1), status=SUCCEEDED)
        if self.mood == "confused" and told.key in self.answered:
            return replace(told, id="b-x", status=SUCCEEDED)
        return replace(told, key="nobody's") if self.mood == "astray" else told


class PaymentMachine(RuleBasedStateMachine):
    """Anna pays by several forms; the bank and time do what they like."""

    forms = Bundle("forms")
    places = st.integers(0, 5)
    sums = st.integers(100, 50_000_000)
    moods = st.sampled_from(["honest", "honest", "honest", "deaf", "mute", "greedy", "confused", "astray"])

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        super().__init__()
        self.path = folder / f"story-{next(_numbers)}.db"
        shutil.copyfile(prepared.path, self.path)
        self.world = make_world(f"sqlite:///{self.path}", folder)
        self.bank = Bank()
        self.deps = replace(self.world.deps, acquirer=self.bank)
        self.anna, self.account = prepared.anna, prepared.account
        self.owed_first = self.owed()
        self.ends: dict[str, PaymentStatus] = {}
        self.given_up: set[str] = set()
        self.decided: set[tuple[str | None, str]] = set()

    def teardown(self) -> None:
        """Nothing stays on the disk."""
        self.world.dispose()
        for left in self.path.parent.glob(f"{self.path.name}*"):
            left.unlink()

    def owed(self) -> Money:
        """What Anna owes by the journal."""
        with self.deps.snapshot() as tx:
            return tx.journal.balance(self.account)

    def stored(self) -> list[Payment]:
        """All payments of the house."""
        with self.deps.snapshot() as tx:
            return list(tx.session.exec(select(Payment).order_by(col(Payment.id))))

    @initialize(target=forms, kopecks=sums)
    def first(self, kopecks: int) -> StartPayment:
        """A payment that has reached the bank."""
        return self.ordered(kopecks, "honest")

    @rule(target=forms, kopecks=sums, mood=moods)
    def pay(self, kopecks: int, mood: str) -> StartPayment:
        """A new form is sent, whatever the bank makes of it."""
        return self.ordered(kopecks, mood)

    def ordered(self, kopecks: int, mood: str) -> StartPayment:
        """A form with a key of its own, sent."""
        form = StartPayment(self.account, Money(kopecks), f"form-{len(self.stored())}")
        self.send(form, mood)
        return form

    @rule(form=forms, mood=moods)
    def send(self, form: StartPayment, mood: str) -> None:
        """The form goes to the bank, perhaps not for the first time."""
        self.bank.mood = mood
        try:
            address = payments.start_payment(self.deps, self.anna, form)
        except (AcquirerUnclear, PaymentFinal):
            return
        assert address.startswith("https://bank.test/")

    @rule(form=forms)
    def forge(self, form: StartPayment) -> None:
        """The key of a form with another sum is nothing."""
        with pytest.raises(FormStale):
            payments.start_payment(self.deps, self.anna, replace(form, amount=form.amount + Money(1)))

    @rule(place=places, status=st.sampled_from([SUCCEEDED, SUCCEEDED, FAILED, PENDING]))
    def decide(self, place: int, status: PaymentStatus) -> None:
        """The bank ends a payment or thinks better of it, and says so."""
        chosen = sorted(self.bank.books)[place % len(self.bank.books)]
        self.bank.books[chosen] = replace(self.bank.books[chosen], status=status)
        self.decided.add((chosen, status))
        self.notify(place, "honest", 1)

    @rule(place=places, mood=moods, times=st.integers(1, 3))
    def notify(self, place: int, mood: str, times: int) -> None:
        """A notice of a payment that there is, once or more often."""
        self.bank.mood = mood
        for _ in range(times):
            self.settle(sorted(self.bank.books)[place % len(self.bank.books)])

    @rule(name=st.text(max_size=12))
    def notify_of_nothing(self, name: str) -> None:
        """A notice of a payment that nobody made."""
        self.settle(f"?{name}")

    def settle(self, bank_id: str) -> None:
        """Bring it where the bank says it stands; liars and the silent move nothing."""
        before = Counter(x.status for x in self.stored())
        try:
            payments.settle(self.deps, bank_id)
        except (AcquirerUnclear, PaymentMismatch, NotFound):
            assert Counter(x.status for x in self.stored()) == before

    @rule(minutes=st.sampled_from([0, 1, 2000]), mood=moods)
    def wait(self, minutes: int, mood: str) -> None:
        """Time passes, the worker asks about what is open, and Anna looks at all her payments."""
        self.bank.mood = mood
        self.world.clock.move(minutes=minutes)
        payments.reconcile(self.deps)
        for payment in self.stored():
            assert payments.get_payment(self.deps, self.anna, payment.id).id == payment.id

    @invariant()
    def every_form_made_one_payment(self) -> None:
        """However often it was sent."""
        keys = [x.form_key for x in self.stored()]
        assert len(keys) == len(set(keys))

    @invariant()
    def an_end_is_an_end(self) -> None:
        """The bank has decided it, or it never reached the bank for a day; it never moves again."""
        for payment in self.stored():
            known = self.ends.get(payment.id)
            assert known in {None, payment.status}
            if PaymentStatus(payment.status) in ENDED:
                self.ends[payment.id] = PaymentStatus(payment.status)
                assert payment.finished_at
                if not payment.acquirer_payment_id:
                    self.given_up.add(payment.id)
                decided = (payment.acquirer_payment_id, payment.status) in self.decided
                assert decided or (payment.id in self.given_up and payment.status == FAILED)

    @invariant()
    def what_is_owed_is_what_was_not_paid(self) -> None:
        """The balance is the first one less what has succeeded; the journal sums to zero."""
        paid = sum((x.amount for x in self.stored() if x.status == SUCCEEDED), ZERO)
        assert self.owed() == self.owed_first - paid
        with self.deps.snapshot() as tx:
            assert (tx.journal.total(), tx.journal.unbalanced()) == (ZERO, [])

    @invariant()
    def every_end_is_written_and_told_once(self) -> None:
        """One journal transaction for each success, one message for each end."""
        statuses = Counter(x.status for x in self.stored())
        with self.deps.snapshot() as tx:
            posted = tx.session.exec(
                select(JournalTransaction.object_id).where(JournalTransaction.kind == "payment")
            ).all()
            told = Counter(
                tx.session.exec(
                    select(OutboxMessage.template).where(col(OutboxMessage.template).startswith("payment_"))
                )
            )
        assert len(posted) == len(set(posted)) == statuses[SUCCEEDED]
        assert told["payment_succeeded"] == statuses[SUCCEEDED]
        assert told["payment_failed"] + len(self.given_up) == statuses[FAILED]


def test_no_story_of_payments_loses_or_doubles_a_kopeck(demo_sqlite_url: str, tmp_path: Path) -> None:
    world = make_world(demo_sqlite_url, tmp_path)
    anna, account = owner(world)
    world.dispose()
    prepared = Prepared(Path(demo_sqlite_url.removeprefix("sqlite:///")), anna, account)
    machine = partial(PaymentMachine, prepared, prepared.path.parent)
    run_state_machine_as_test(
        machine,  # type: ignore[arg-type] # any factory will do
        settings=settings(max_examples=25, stateful_step_count=20, deadline=None),
    )
