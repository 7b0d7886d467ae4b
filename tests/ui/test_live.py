"""Open pages are asked to ask: once for what has moved, never another supplier's, and nothing stays of those that went."""

import asyncio
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from reflex.utils.format import format_event_handler

from cabinet import container
from cabinet.domain.permissions import OperatorRole
from cabinet.persistence.unit_of_work import transactions
from cabinet.services import request_review
from cabinet.texts import desk_requests as texts
from cabinet.ui import live, routes
from cabinet.ui.live import Watchers
from cabinet.ui.sockets import GuardedNamespace
from cabinet.ui.states.desk_requests import DeskRequestsState
from tests.factories import operator
from tests.fakes import World
from tests.requests import send
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of

SOON = 0.02  # seconds
IZHEVSK, PERM = frozenset({1}), frozenset({2})
REFRESH = format_event_handler(DeskRequestsState.refresh)


class Pages:
    """Pages that can be asked, and those that fail at it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.broken: set[str] = set()
        self.one = asyncio.Event()

    async def ask(self, token: str, event: str) -> None:
        self.one.set()
        if token in self.broken:
            raise ConnectionError
        self.asked.append((token, event))


async def pause(seconds: float = SOON * 4) -> None:
    """Longer than changes are gathered for."""
    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, over.set_result, None)
    await over


async def test_a_page_is_told_once_however_much_moves_and_asks_to_be_told_again() -> None:
    pages = Pages()
    watchers = Watchers(pages.ask, SOON)
    watchers.watch("olga", 1, "refresh")
    watchers.watch("boris", 2, "refresh")
    for _ in range(100):
        watchers.hear(IZHEVSK)
    await pause()
    assert pages.asked == [("olga", "refresh")]
    watchers.hear(IZHEVSK)
    await pause()
    assert pages.asked == [("olga", "refresh")]  # it has not asked since
    watchers.watch("olga", 1, "refresh")
    watchers.hear(IZHEVSK | PERM)
    await pause()
    assert sorted(pages.asked) == [("boris", "refresh"), ("olga", "refresh"), ("olga", "refresh")]


async def test_what_moves_in_other_threads_is_heard_and_a_page_that_fails_hurts_no_other() -> None:
    pages = Pages()
    watchers = Watchers(pages.ask, SOON)
    pages.broken.add("anna")
    for token in ("anna", "olga", "petr"):
        watchers.watch(token, 1, "refresh")
    thread = threading.Thread(target=watchers.hear, args=(IZHEVSK,))
    thread.start()
    await asyncio.wait_for(pages.one.wait(), 5)
    await pause()
    thread.join()
    assert pages.asked == [("olga", "refresh"), ("petr", "refresh")]


async def test_pages_that_come_and_go_leave_nothing() -> None:
    pages = Pages()
    watchers = Watchers(pages.ask, SOON)
    before = asyncio.all_tasks()
    for number in range(1000):
        watchers.watch(f"tab {number}", 1, "refresh")
        watchers.hear(IZHEVSK)
        watchers.leave(f"tab {number}")
    await pause()
    assert (len(watchers), asyncio.all_tasks() - before, pages.asked) == (0, set(), [])
    for number in range(1000):
        watchers.watch(f"tab {number}", 1, "refresh")
    watchers.hear(IZHEVSK)
    await asyncio.wait_for(pages.one.wait(), 5)
    (telling,) = asyncio.all_tasks() - before
    assert len(watchers) == 0
    await asyncio.wait_for(telling, 30)
    assert (asyncio.all_tasks() - before, len(pages.asked)) == (set(), 1000)


def test_what_is_committed_after_the_loop_has_ended_is_no_fault() -> None:
    pages: list[str] = []

    async def ask(token: str, _event: str) -> None:
        pages.append(token)

    watchers = Watchers(ask, SOON)

    async def begin() -> None:
        watchers.watch("olga", 1, "refresh")

    asyncio.run(begin())
    watchers.hear(IZHEVSK)
    assert pages == []


@pytest.fixture
def watchers(monkeypatch: pytest.MonkeyPatch) -> Watchers:
    """Those of the portal's pages."""

    async def nobody(_token: str, _event: str) -> None:
        """No page is open."""

    made = Watchers(nobody, SOON)
    monkeypatch.setattr(live, "_watchers", made)
    return made


async def at_the_queue(portal: World) -> tuple[Browser, int]:
    """An operator's browser that has opened the queue, and the operator's session."""
    actor = operator(portal, role=OperatorRole.CLERK, visitor=visitor_of(portal, ANNA))
    browser = Browser(ANNA, session_cookie(portal, actor.user, factor=True))
    await browser.call(DeskRequestsState.load, routes.DESK_REQUESTS)
    return browser, actor.user


async def test_a_page_of_the_queue_waits_until_it_is_gone(portal: World, watchers: Watchers) -> None:
    browser, _ = await at_the_queue(portal)
    assert watchers._watches["t"].event == REFRESH
    namespace = GuardedNamespace("/_event", SimpleNamespace(_event_processor=None))  # type: ignore[arg-type]
    namespace._token_manager.sid_to_token["sid"] = "t"
    gone = namespace.on_disconnect("sid")
    assert gone
    await gone
    assert len(watchers) == 0
    await browser.call(DeskRequestsState.refresh, routes.DESK_REQUESTS)
    assert len(watchers) == 1


async def test_a_page_that_is_elsewhere_reads_nothing_and_waits_for_nothing(
    portal: World, watchers: Watchers
) -> None:
    browser, _ = await at_the_queue(portal)
    watchers.leave("t")
    send(portal)
    await browser.call(DeskRequestsState.refresh, routes.DESK)
    assert (len(watchers), (await browser.state(DeskRequestsState)).rows) == (0, [])


async def test_a_session_that_was_ended_is_told_nothing_more(portal: World, watchers: Watchers) -> None:
    browser, user = await at_the_queue(portal)
    with portal.deps.transaction() as tx:
        tx.sessions.revoke_others(user, None, portal.clock.now())
    watchers.leave("t")  # as a push does
    send(portal)
    answers = await browser.call(DeskRequestsState.refresh, routes.DESK_REQUESTS)
    assert routes.LOGIN in str(answers)
    assert (len(watchers), (await browser.state(DeskRequestsState)).rows) == (0, [])


async def test_a_queue_that_nobody_looks_at_signs_its_operator_out(portal: World, watchers: Watchers) -> None:
    browser, _ = await at_the_queue(portal)
    page = await browser.state(DeskRequestsState)
    for _ in range(3):
        for _ in range(7):
            portal.clock.move(minutes=2)
            await browser.call(DeskRequestsState.refresh, routes.DESK_REQUESTS)
        assert (page.loaded, len(watchers)) == (True, 1)
        await browser.call(DeskRequestsState.load, routes.DESK_REQUESTS)  # somebody is there
    for _ in range(8):
        portal.clock.move(minutes=2)
        watchers.leave("t")
        answers = await browser.call(DeskRequestsState.refresh, routes.DESK_REQUESTS)
    assert routes.LOGIN in str(answers)
    assert len(watchers) == 0


async def test_the_portals_bell_reaches_its_pages_and_a_practice_world_has_none(
    portal: World, watchers: Watchers, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages()
    monkeypatch.setattr(live, "PAUSE", SOON)
    live.attach(pages.ask)
    await at_the_queue(portal)
    send(portal)  # in a world whose bell nobody has hung up, as in a practice one
    await pause()
    assert pages.asked == []
    bell = container.queue_bell()
    rung = replace(portal, deps=replace(portal.deps, transaction=transactions(portal.engine, bell.ring)))
    send(rung, email="petr@example.ru")
    await asyncio.wait_for(pages.one.wait(), 5)
    assert pages.asked == [("t", REFRESH)]
    assert len(watchers) == 0


@pytest.mark.parametrize("taken", [False, True])
async def test_a_claim_that_has_run_out_closes_the_request_and_says_why(
    portal: World, watchers: Watchers, *, taken: bool
) -> None:
    browser, _ = await at_the_queue(portal)
    number = send(portal).status.id
    await browser.call(DeskRequestsState.open, routes.DESK_REQUESTS, request_id=number)
    page = await browser.state(DeskRequestsState)
    portal.clock.move(minutes=8)
    await browser.call(DeskRequestsState.load, routes.DESK_REQUESTS)  # as after a lost connection
    assert (page.review.id, len(page.pages), page.told) == (number, 1, "")
    portal.clock.move(minutes=8)
    if taken:
        petr = operator(portal, "petr@example.ru", visitor=visitor_of(portal, BORIS))
        request_review.claim(portal.deps, petr, int(number))
    await browser.call(DeskRequestsState.refresh, routes.DESK_REQUESTS)
    assert (page.review.id, page.pages, page.tone) == ("", [], "warn")
    assert page.told == (texts.LOST if taken else texts.EXPIRED)
    assert (page.rows[0].waited, page.rows[0].waits) == (16 * 60, "ждёт 16 мин")
    assert len(watchers) == 1
