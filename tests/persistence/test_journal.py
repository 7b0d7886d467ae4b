from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from cabinet.domain.money import ZERO, Money
from cabinet.domain.payments import Entry, Ledger, payment_entries, statement_entries
from cabinet.persistence.journal import JournalUnbalanced
from tests.fakes import NOON, World

LEASE = timedelta(minutes=2)


def balance(world: World, account_id: int) -> Money:
    with world.deps.snapshot() as tx:
        return tx.journal.balance(account_id)


def test_a_balance_is_the_sum_of_an_accounts_entries(izhevsk: World) -> None:
    before, other = balance(izhevsk, 1), balance(izhevsk, 2)
    with izhevsk.deps.transaction() as tx:
        tx.journal.post("payment", "bank", "p-1", payment_entries(1, Money(500)), NOON)
        tx.journal.post("statement", "register", "r-1", statement_entries({1: Money(80)}), NOON)
    assert balance(izhevsk, 1) == before - Money(420)
    assert balance(izhevsk, 2) == other
    assert balance(izhevsk, 10**6) == ZERO
    with izhevsk.deps.snapshot() as tx:
        assert (tx.journal.total(), tx.journal.unbalanced()) == (ZERO, [])


def test_entries_that_do_not_sum_to_zero_are_not_stored(izhevsk: World) -> None:
    before = balance(izhevsk, 1)
    with pytest.raises(JournalUnbalanced), izhevsk.deps.transaction() as tx:
        tx.journal.post("payment", "bank", "p-1", [Entry(Ledger.SUBSCRIBER, Money(1), 1)], NOON)
    assert balance(izhevsk, 1) == before


def test_one_fact_is_posted_once(izhevsk: World) -> None:
    def post(_: int) -> bool:
        try:
            with izhevsk.deps.transaction() as tx:
                tx.journal.post("payment", "bank", "p-1", payment_entries(1, Money(500)), NOON)
        except IntegrityError:
            return False
        return True

    before = balance(izhevsk, 1)
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(post, range(6))) == 1
    assert balance(izhevsk, 1) == before - Money(500)


def test_a_message_is_claimed_by_one_worker_until_its_lease_ends(world: World) -> None:
    with world.deps.transaction() as tx:
        tx.outbox.add("mail", "a@example.ru", "password_changed", NOON, sealed=b"x")
        tx.outbox.add("sms", "+79127451020", "password_changed", NOON + timedelta(seconds=1))
    claimed = []
    for channel, at in (("mail", NOON), ("mail", NOON), ("sms", NOON), ("mail", NOON + LEASE)):
        with world.deps.transaction() as tx:
            message = tx.outbox.claim(channel, at, LEASE)
            claimed.append((message.to, message.attempts) if message else None)
    assert claimed == [("a@example.ru", 1), None, None, ("a@example.ru", 2)]
    with world.deps.snapshot() as tx:
        assert tx.outbox.count_waiting() == 2
        assert tx.outbox.get(1).sealed == b"x"


def test_of_ten_workers_at_once_each_message_goes_to_one(world: World) -> None:
    with world.deps.transaction() as tx:
        for number in range(5):
            tx.outbox.add("mail", f"a{number}@example.ru", "password_changed", NOON)

    def claim(_: int) -> int | None:
        with world.deps.transaction() as tx:
            message = tx.outbox.claim("mail", NOON, LEASE)
            return message.id if message else None

    with ThreadPoolExecutor(10) as pool:
        claimed = [x for x in pool.map(claim, range(10)) if x]
    assert claimed
    assert len(claimed) == len(set(claimed)) <= 5
