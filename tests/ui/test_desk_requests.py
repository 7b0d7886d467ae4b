"""The queue's page: a decision is about the request that was on the screen, or it is none."""

from collections.abc import Callable
from typing import Any

import pytest

from cabinet.domain.permissions import OperatorRole
from cabinet.domain.pin_requests import RejectReason
from cabinet.texts import desk_requests as texts
from cabinet.texts import errors
from cabinet.ui import routes
from cabinet.ui.states.desk_requests import DeskRequestsState as State
from tests.factories import operator
from tests.fakes import World
from tests.requests import look_at, send
from tests.ui.browsers import ANNA, Browser, session_cookie, visitor_of

Decision = Callable[[Browser, str], Any]


def approve(browser: Browser, shown: str) -> Any:
    return browser.call(State.approve, routes.DESK_REQUESTS, request_id=shown)


def release(browser: Browser, shown: str) -> Any:
    return browser.call(State.release, routes.DESK_REQUESTS, request_id=shown)


def refuse(browser: Browser, shown: str) -> Any:
    form = {"request": shown, "reason": f"reject.{RejectReason.DUPLICATE}"}
    return browser.call(State.turn_down, routes.DESK_REQUESTS, form=form)


DECISIONS = {approve: texts.APPROVED, release: texts.RELEASED, refuse: texts.TURNED_DOWN}


async def at_the_queue(portal: World, requests: int) -> tuple[Browser, State, list[str]]:
    """An operator's browser whose last request is open and was looked at; the numbers of all."""
    actor = operator(portal, role=OperatorRole.CLERK, visitor=visitor_of(portal, ANNA))
    browser = Browser(ANNA, session_cookie(portal, actor.user, factor=True))
    numbers = [send(portal).status.id for _ in range(requests)]
    for number in numbers:
        look_at(portal.deps, actor, int(number))
    await browser.call(State.open, routes.DESK_REQUESTS, request_id=numbers[-1])
    return browser, await browser.state(State), numbers


def deeds(portal: World) -> list[str]:
    with portal.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT action FROM audit_events ORDER BY id").all()
    return [action for (action,) in rows]


@pytest.mark.parametrize("decide", DECISIONS)
async def test_what_was_on_the_screen_is_decided_once_however_often_it_is_pressed(
    portal: World, decide: Decision
) -> None:
    browser, page, [number] = await at_the_queue(portal, 1)
    for _ in range(2):
        await decide(browser, number)
        assert (page.problems, page.told, page.times) == ({}, DECISIONS[decide], 1)
    assert "desk.refused" not in deeds(portal)


@pytest.mark.parametrize("decide", DECISIONS)
async def test_a_request_that_was_not_on_the_screen_is_not_decided(portal: World, decide: Decision) -> None:
    """The key came after the server had opened another one, and before the page showed it."""
    browser, page, [shown, opened] = await at_the_queue(portal, 2)
    before = deeds(portal)
    await decide(browser, shown)
    assert list(page.problems.values()) == [errors.of("pin_request.not_shown", "", {})]
    assert (page.review.id, deeds(portal)) == (opened, before)
    await decide(browser, opened)
    assert page.told == DECISIONS[decide]


@pytest.mark.parametrize("decide", DECISIONS)
async def test_nothing_is_decided_while_nothing_is_open(portal: World, decide: Decision) -> None:
    browser, page, [number] = await at_the_queue(portal, 1)
    await release(browser, number)
    before = deeds(portal)
    for shown in ("", number):
        await decide(browser, shown)
    assert (page.problems, page.told, deeds(portal)) == ({}, texts.RELEASED, before)
