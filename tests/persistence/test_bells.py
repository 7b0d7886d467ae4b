"""What a commit tells of the requests' queue and of sessions: after it, whom it concerns, and nothing of what was undone."""

from contextlib import suppress
from dataclasses import replace

import pytest

from cabinet.adapters.bell_process import ProcessBell
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.pin_requests import RejectReason
from cabinet.persistence.pin_requests import PinRequest
from cabinet.persistence.unit_of_work import transactions
from cabinet.services import pin_requests, request_review, sessions
from tests.factories import enter, operator, subscriber
from tests.fakes import VISITOR, World
from tests.requests import attach, send


@pytest.fixture
def heard() -> list[frozenset[int]]:
    return []


@pytest.fixture
def rung(izhevsk: World, heard: list[frozenset[int]]) -> World:
    """A world whose commits are heard."""
    return replace(
        izhevsk, deps=replace(izhevsk.deps, transaction=transactions(izhevsk.engine, heard.append))
    )


def test_every_step_of_a_request_rings_for_its_supplier(rung: World, heard: list[frozenset[int]]) -> None:
    olga = operator(rung, role=OperatorRole.SENIOR)
    supplier = frozenset({olga.supplier})
    attach(rung, Actor.anonymous(VISITOR))
    assert heard == []  # a draft is nobody's yet
    number = int(send(rung).status.id)
    assert heard == [supplier]
    for step in (
        lambda: request_review.claim(rung.deps, olga, number),
        lambda: request_review.release(rung.deps, olga, number),
        lambda: request_review.claim(rung.deps, olga, number),
        lambda: request_review.reject(rung.deps, olga, number, RejectReason.DUPLICATE),
    ):
        heard.clear()
        step()
        assert heard == [supplier]
    sent = send(rung, email="petr@example.ru")
    heard.clear()
    pin_requests.withdraw(rung.deps, Actor.anonymous(VISITOR), sent.token)
    assert heard == [supplier]


def test_reading_and_what_is_undone_ring_nothing(rung: World, heard: list[frozenset[int]]) -> None:
    olga, number = operator(rung), int(send(rung).status.id)
    heard.clear()
    request_review.list_requests(rung.deps, olga)
    with suppress(ZeroDivisionError), rung.deps.transaction() as tx:
        tx.pin_requests.get_for(olga, number).claimed_by = olga.user
        tx.session.flush()
        raise ZeroDivisionError
    assert heard == []
    assert not request_review.list_requests(rung.deps, olga)[0].claimed


def test_it_rings_when_the_change_can_be_read(izhevsk: World) -> None:
    seen: list[str] = []

    def look(_suppliers: frozenset[int]) -> None:
        with izhevsk.deps.snapshot() as tx:
            found = tx.session.get(PinRequest, number)
            assert found
            seen.append(found.status)

    olga, number = operator(izhevsk), int(send(izhevsk).status.id)
    deps = replace(izhevsk.deps, transaction=transactions(izhevsk.engine, look))
    request_review.claim(deps, olga, number)
    assert seen == ["in_review"]


def test_ended_sessions_ring_by_their_numbers_and_what_is_undone_does_not(
    world: World, heard: list[frozenset[int]]
) -> None:
    anna = subscriber(world)
    deps = replace(world.deps, transaction=transactions(world.engine, sessions_ended=heard.append))
    with suppress(ZeroDivisionError), deps.transaction() as tx:
        tx.sessions.revoke_others(anna.user, None, world.clock.now())
        raise ZeroDivisionError
    assert heard == []
    sessions.revoke_other_sessions(deps, anna)
    assert heard == []
    with deps.transaction() as tx:
        ticket = sessions.issue_ticket(deps, tx, tx.users.get(anna.user), VISITOR, remember=False)
    second, _ = enter(world, ticket)
    sessions.revoke_other_sessions(deps, second)
    assert heard == [frozenset({anna.session_id})]


def test_a_listener_that_fails_neither_stops_the_others_nor_what_was_committed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bell, heard = ProcessBell(), list[frozenset[int]]()

    def fail(_suppliers: frozenset[int]) -> None:
        raise RuntimeError

    bell.listen(fail)
    bell.listen(heard.append)
    bell.ring(frozenset({1}))
    assert heard == [frozenset({1})]
    assert len(caplog.records) == 1
