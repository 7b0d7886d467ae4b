from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import IntegrityError

from cabinet.domain.errors import Conflict
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from tests.fakes import World


def supplier(code: str = "a") -> Supplier:
    return Supplier(code=code, name="Газ", timezone="Europe/Samara")


def _add_and_fail(tx: UnitOfWork) -> None:
    tx.suppliers.add(supplier())
    raise Conflict


def codes(tx: UnitOfWork) -> list[str]:
    return [x.code for x in tx.suppliers.list_all()]


def test_what_a_block_has_done_is_there_after_it_and_not_before(world: World) -> None:
    with world.deps.transaction() as tx:
        tx.suppliers.add(supplier())
        with world.deps.snapshot() as other:
            assert codes(other) == []
    with world.deps.snapshot() as after:
        assert codes(after) == ["a"]


def test_what_raises_leaves_nothing(world: World) -> None:
    with pytest.raises(Conflict), world.deps.transaction() as tx:
        _add_and_fail(tx)
    with world.deps.snapshot() as after:
        assert codes(after) == []


def test_a_row_may_be_read_after_its_transaction(world: World) -> None:
    with world.deps.transaction() as tx:
        added = tx.suppliers.add(supplier())
    assert (added.id, added.code) == (1, "a")


def test_a_snapshot_sees_one_state_and_changes_nothing(world: World) -> None:
    with world.deps.snapshot() as tx:
        assert codes(tx) == []
        with world.deps.transaction() as other:
            other.suppliers.add(supplier())
        assert codes(tx) == []
        tx.session.add(supplier("b"))
    with world.deps.snapshot() as after:
        assert codes(after) == ["a"]


def test_a_snapshot_does_not_wait_for_a_writer(world: World) -> None:
    with world.deps.transaction() as tx:
        tx.suppliers.add(supplier())
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: _read(world)).result(timeout=5) == []


def _read(world: World) -> list[str]:
    with world.deps.snapshot() as tx:
        return codes(tx)


def test_writers_at_once_all_get_through(world: World) -> None:
    together = Barrier(8)

    def write(number: int) -> None:
        together.wait(10)
        with world.deps.transaction() as tx:
            tx.suppliers.add(supplier(f"s{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(_read(world)) == 8


def test_the_second_of_two_equal_codes_is_refused_and_breaks_nothing(world: World) -> None:
    for expected in (False, True):
        try:
            with world.deps.transaction() as tx:
                tx.suppliers.add(supplier())
        except IntegrityError:
            assert expected
    assert _read(world) == ["a"]
