"""While a browser is in a practice world its pages show that world alone, and nothing real when it is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cabinet import container
from cabinet.domain import practice as facts
from cabinet.domain.practice import Start
from cabinet.practice import PracticeWorlds
from cabinet.services import training
from cabinet.services.training import ReachStep
from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS
from cabinet.ui import routes
from cabinet.ui.states import training as training_states
from cabinet.ui.states.confirmation import ConfirmationState
from cabinet.ui.states.home import HomeState
from cabinet.ui.states.password_reset import ResetState
from cabinet.ui.states.registration import RegistrationState
from cabinet.ui.states.sign_in import SignInState
from cabinet.ui.states.training import TrainingState
from tests.factories import ACCOUNT, owner
from tests.fakes import World
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of


@pytest.fixture
def worlds(portal: World, practice_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticeWorlds]:
    made = PracticeWorlds(practice_folder, portal.deps)
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


@pytest.mark.parametrize("page", sorted(facts.WAYS_IN))
async def test_on_a_page_where_one_comes_in_nobody_is_in_practice(
    portal: World, worlds: PracticeWorlds, session: str, page: str
) -> None:
    token = worlds.begin(Start.CONNECTED, visitor_of(portal, ANNA))
    browser = await at_home(session, token)
    assert facts.ACCOUNT in browser.sent()
    for handler in (SignInState.load, RegistrationState.submit, ConfirmationState.load, ResetState.load):
        payload = {"form": {"login": "zoya@example.ru"}} if handler is RegistrationState.submit else {}
        [leave] = [x for x in await browser.call(handler, page, **payload) if x is not None]
        assert routes.API_PRACTICE_END in str(leave)
    assert facts.ACCOUNT not in browser.sent()
    assert "zoya@example.ru" not in {x.to for x in portal.mail.letters}


def test_the_pages_where_one_comes_in_are_the_portals_own() -> None:
    ways = {routes.REGISTER, routes.CONFIRM, routes.LOGIN, routes.LOGIN_SECOND, routes.RESET}
    assert ways == facts.WAYS_IN
    used = {step.page for lesson in LESSONS.values() for step in lesson.steps}
    assert not used & ways


async def test_the_lessons_say_why_none_begins(portal: World) -> None:
    browser = Browser()
    for problem, words in texts.PROBLEMS.items():
        await browser.call(TrainingState.load, routes.TRAINING, {"problem": problem})
        assert (await browser.state(TrainingState)).problems == {"": words}
    for problem in ("", "other", "<b>"):
        await browser.call(TrainingState.load, routes.TRAINING, {"problem": problem})
        assert (await browser.state(TrainingState)).problems == {}


async def test_inside_a_lesson_the_list_shows_what_is_behind_of_the_real_person(
    portal: World, worlds: PracticeWorlds, session: str
) -> None:
    anna = visitor_of(portal, ANNA)
    training.record_progress(portal.deps, anna, session, ReachStep.parse("pay.show", "3"))
    for device, cookie in ((ANNA, session), (BORIS, session)):
        token = worlds.begin(Start.CONNECTED, visitor_of(portal, device))
        browser = Browser()
        browser.carry(device, cookie, token)
        await browser.call(TrainingState.load, routes.TRAINING)
        state = await browser.state(TrainingState)
        assert (state.passed, state.lessons["pay"].done) == (1, True)
    browser.carry(BORIS, "", token)
    await browser.call(TrainingState.load, routes.TRAINING)
    assert (await browser.state(TrainingState)).passed == 0


async def test_two_tabs_of_one_browser_each_keep_to_the_world_that_they_were_opened_in(
    portal: World, worlds: PracticeWorlds, session: str
) -> None:
    anna = visitor_of(portal, ANNA)
    tabs = [await at_home(session), await at_home(session, worlds.begin(Start.CONNECTED, anna))]
    tabs.append(await at_home(session, worlds.begin(Start.NEWCOMER, anna)))
    for tab in (*tabs, *tabs):
        await tab.call(HomeState.load, "/")
    assert [ACCOUNT in tab.sent() for tab in tabs] == [True, False, False]
    assert [facts.ACCOUNT in tab.sent() for tab in tabs] == [False, True, False]


def test_only_the_lessons_list_reaches_out_of_a_practice_world() -> None:
    states = Path(training_states.__file__).parent
    users = {x.name for x in states.glob("*.py") if "run_outside" in x.read_text()}
    assert users == {"training.py"}
