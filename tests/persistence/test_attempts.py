from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cabinet.domain.errors import TooMany
from cabinet.domain.limits import Limit
from cabinet.persistence.unit_of_work import UnitOfWork
from tests.fakes import NOON, World

LIMIT = Limit("bucket", 3, timedelta(minutes=5))


def reserve(world: World, subject: str = "anna", limit: Limit = LIMIT) -> int:
    with world.deps.transaction() as tx:
        return tx.attempts.reserve(limit, subject, world.clock.at)


def left(world: World, subject: str = "anna", limit: Limit = LIMIT) -> int:
    with world.deps.snapshot() as tx:
        return tx.attempts.left(limit, subject, world.clock.at)


def test_tries_are_counted_down_and_the_next_waits_for_the_oldest_to_pass(world: World) -> None:
    assert [reserve(world) for _ in range(2)] == [2, 1]
    world.clock.move(minutes=2)
    assert reserve(world) == 0
    with pytest.raises(TooMany) as raised:
        reserve(world)
    assert (raised.value.facts["retry_in"], left(world)) == (180, 0)
    world.clock.move(minutes=3)
    assert left(world) == 2
    assert [reserve(world) for _ in range(2)] == [1, 0]
    with pytest.raises(TooMany) as again:
        reserve(world)
    assert again.value.facts["retry_in"] == 120


def test_one_may_always_try_again_in_a_second_at_least(world: World) -> None:
    for _ in range(3):
        reserve(world)
    world.clock.move(minutes=4, seconds=59.999)
    with pytest.raises(TooMany) as raised:
        reserve(world)
    assert raised.value.facts["retry_in"] == 1


def test_a_limit_that_is_reached_is_in_the_log_without_whose_it_is(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        reserve(world)
    assert caplog.messages == []
    with pytest.raises(TooMany):
        reserve(world)
    assert caplog.messages == ["a limit is reached: bucket"]


def test_a_refused_try_is_not_counted(world: World) -> None:
    for _ in range(3):
        reserve(world)
    for _ in range(10):
        with pytest.raises(TooMany):
            reserve(world)
    world.clock.move(minutes=5)
    assert left(world) == 3


def test_subjects_and_buckets_are_counted_apart(world: World) -> None:
    for _ in range(3):
        reserve(world)
    assert reserve(world, "boris") == 2
    assert reserve(world, limit=Limit("other", 1, timedelta(minutes=1))) == 0
    with world.deps.transaction() as tx:
        assert tx.attempts.reserve(LIMIT, 7, world.clock.at) == 2
    assert left(world, "7") == 2


def test_a_right_try_is_given_back(world: World) -> None:
    reserve(world)
    reserve(world)
    for expected in (2, 3, 3):
        with world.deps.transaction() as tx:
            tx.attempts.release(LIMIT, "anna")
        assert left(world) == expected


def test_of_tries_that_are_given_back_at_once_each_is_another(world: World) -> None:
    def give_back(_: int) -> None:
        with world.deps.transaction() as tx:
            tx.attempts.release(LIMIT, "anna")

    with ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            assert [reserve(world) for _ in range(3)] == [2, 1, 0]
            list(pool.map(give_back, range(3)))
            assert left(world) == 3


def test_what_no_limit_counts_any_more_is_forgotten(world: World) -> None:
    reserve(world)
    world.clock.move(minutes=4)
    reserve(world)
    world.clock.move(minutes=1)
    with world.deps.transaction() as tx:
        assert [tx.attempts.forget_before(LIMIT, world.clock.at) for _ in range(2)] == [1, 0]
    assert left(world) == 2


def test_a_limit_of_a_lifetime_can_be_counted(world: World) -> None:
    ever = Limit("ever", 2, timedelta(days=36_500))
    reserve(world, limit=ever)
    world.clock.move(days=3000)
    assert reserve(world, limit=ever) == 0
    with pytest.raises(TooMany):
        reserve(world, limit=ever)


def test_of_thirty_tries_at_once_three_are_let_through(world: World) -> None:
    def attempt(_: int) -> bool:
        try:
            reserve(world)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(30))) == 3


def test_a_try_of_a_transaction_that_failed_is_not_counted(world: World) -> None:
    with pytest.raises(TooMany), world.deps.transaction() as tx:
        _reserve_many(tx)
    assert left(world) == 3


def _reserve_many(tx: UnitOfWork) -> None:
    for _ in range(4):
        tx.attempts.reserve(LIMIT, "anna", NOON)
