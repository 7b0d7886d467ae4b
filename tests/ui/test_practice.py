"""While a browser is in a practice world its pages show that world alone, and nothing real when it is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cabinet import container
from cabinet.domain import practice as facts
from cabinet.domain.practice import Start
from cabinet.practice import PracticeWorlds
from cabinet.ui import routes
from cabinet.ui.states.home import HomeState
from tests.factories import ACCOUNT, owner
from tests.fakes import World
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of


@pytest.fixture
def worlds(portal: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticeWorlds]:
    made = PracticeWorlds(tmp_path / "practice", portal.deps)
    monkeypatch.setattr(container, "practice_worlds", lambda: made)
    yield made
    made.close()


@pytest.fixture
def session(portal: World) -> str:
    """The real session of somebody with an account."""
    actor, _ = owner(portal, visitor=visitor_of(portal, ANNA))
    return session_cookie(portal, actor.user)


async def at_home(session: str, practice: str = "") -> Browser:
    browser = Browser()
    browser.carry(ANNA, session, practice)
    await browser.call(HomeState.load, "/")
    return browser


async def test_the_same_page_shows_the_practice_account(
    portal: World, worlds: PracticeWorlds, session: str
) -> None:
    token = worlds.begin(Start.CONNECTED, visitor_of(portal, ANNA))
    browser = await at_home(session, token)
    assert (await browser.state(HomeState)).home.bare_number == facts.ACCOUNT
    assert ACCOUNT not in browser.sent()


async def test_going_in_and_out_leaves_no_row_of_the_other_world(
    portal: World, worlds: PracticeWorlds, session: str
) -> None:
    token = worlds.begin(Start.CONNECTED, visitor_of(portal, ANNA))
    browser = await at_home(session)
    assert ACCOUNT in browser.sent()
    browser.carry(ANNA, session, token)
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert ACCOUNT not in browser.sent()
    await browser.call(HomeState.load, "/")
    assert facts.ACCOUNT in browser.sent()
    browser.carry(ANNA, session)
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert facts.ACCOUNT not in browser.sent()


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "never was"])
async def test_a_world_that_is_over_leads_out_and_shows_nothing_real(
    portal: World, worlds: PracticeWorlds, session: str, ended: bool
) -> None:
    token = worlds.begin(Start.CONNECTED, visitor_of(portal, ANNA))
    browser = await at_home(session, token)
    worlds.end(token)
    if not ended:
        browser.carry(ANNA, session, "0" * 32 + ".guess")
    [leave] = await browser.call(HomeState.load, "/")
    assert routes.API_PRACTICE_END in str(leave)
    assert ACCOUNT not in browser.sent()
    assert facts.ACCOUNT not in browser.sent()


async def test_another_browsers_token_works_as_its_own_session_would(
    portal: World, worlds: PracticeWorlds, session: str
) -> None:
    token = worlds.begin(Start.CONNECTED, visitor_of(portal, BORIS))
    browser = await at_home(session, token)
    assert ACCOUNT not in browser.sent()
