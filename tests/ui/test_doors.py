"""Sockets of a session that has ended are closed, and no other."""

import asyncio

import pytest
from reflex.utils.token_manager import SocketRecord

from cabinet import container
from cabinet.persistence.unit_of_work import transactions
from cabinet.services import sessions
from cabinet.ui import doors
from cabinet.ui.doors import Doors
from cabinet.ui.states.customer_accounts import AccountsState
from cabinet.ui.states.home import HomeState
from tests.factories import owner
from tests.fakes import World
from tests.ui.browsers import ANNA, Browser, session_cookie, visitor_of
from tests.ui.test_sockets import SOON, namespace


@pytest.fixture
def closed() -> list[str]:
    return []


async def told(own: Doors, *ended: int) -> None:
    own.hear(frozenset(ended))
    await asyncio.sleep(0)


async def test_every_tab_of_an_ended_session_is_closed_once(closed: list[str]) -> None:
    own = Doors(closed.append)
    for token, session in (("one", 1), ("two", 1), ("other", 2)):
        own.see(token, session)
    await told(own, 1, 3)
    await told(own, 1)
    assert closed == ["one", "two"]


async def test_a_tab_that_is_gone_is_not_closed(closed: list[str]) -> None:
    own = Doors(closed.append)
    own.see("one", 1)
    own.leave("one")
    await told(own, 1)
    assert closed == []


async def test_a_session_found_dead_is_closed_after_its_answer_and_a_visitor_is_not(
    closed: list[str],
) -> None:
    own = Doors(closed.append, patience=SOON)
    own.see("visitor", None)
    for token in ("one", "back"):
        own.see(token, 1)
        own.see(token, None)
    own.see("back", 2)
    assert closed == []
    await asyncio.sleep(3 * SOON)
    assert closed == ["one"]


def test_nobody_listens_before_the_first_socket(closed: list[str]) -> None:
    Doors(closed.append).hear(frozenset({1}))
    assert closed == []


@pytest.fixture
def served(portal: World, closed: list[str], monkeypatch: pytest.MonkeyPatch) -> World:
    """A portal whose commits ring, and whose doors are watched."""
    own = Doors(closed.append, patience=SOON)
    monkeypatch.setattr(doors, "_doors", own)
    object.__setattr__(portal.deps, "transaction", transactions(portal.engine, sessions_ended=own.hear))
    return portal


async def test_what_is_signed_out_elsewhere_is_closed_here(served: World, closed: list[str]) -> None:
    actor, _ = owner(served, visitor=visitor_of(served, ANNA))
    cookie = session_cookie(served, actor.user)
    await Browser(ANNA, cookie).call(HomeState.load, "/")
    sessions.close_session(served.deps, cookie)
    await asyncio.sleep(0)
    assert closed == ["t"]


async def test_a_session_that_has_idled_out_is_closed_after_its_next_event(
    served: World, closed: list[str]
) -> None:
    actor, _ = owner(served, visitor=visitor_of(served, ANNA))
    browser = Browser(ANNA, session_cookie(served, actor.user))
    await browser.call(HomeState.load, "/")
    served.clock.move(days=31)
    assert "/login" in str(await browser.call(AccountsState.load, "/accounts"))
    await asyncio.sleep(3 * SOON)
    assert closed == ["t"]


async def test_the_namespace_closes_the_whole_connection_so_that_the_page_comes_back() -> None:
    class Line:
        def __init__(self) -> None:
            self.queue = asyncio.Queue[str | None]()

        async def close(self, *, wait: bool) -> None:
            assert not wait
            await self.queue.put("goodbye")

    class Engine:
        def __init__(self) -> None:
            self.sockets = {"engine-of-sid": Line()}

    own = namespace()
    own.server.eio = Engine()
    writer = own.server.eio.sockets["engine-of-sid"].queue
    own.server.manager.eio_sid_from_sid = lambda sid, _namespace: f"engine-of-{sid}"
    own._token_manager.token_to_socket["token"] = SocketRecord(
        instance_id=own._token_manager.instance_id, sid="sid"
    )
    own.hang_up("token")
    own.hang_up("nobody's")
    await asyncio.gather(*own._tasks)
    assert [writer.get_nowait(), writer.get_nowait()] == ["goodbye", None]
    assert writer.empty()


def test_the_portal_s_own_commits_ring_for_sessions() -> None:
    assert container.session_bell() is not container.queue_bell()
