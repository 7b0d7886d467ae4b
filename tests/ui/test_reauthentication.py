"""A page that needs a fresh proof sends to «Подтвердите, что это вы» and back, to own paths only."""

from typing import Any

import pytest
import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import reauthentication
from cabinet.ui.session import handler, run
from cabinet.ui.states.reauthentication import ReauthenticationState
from tests.factories import PASSWORD, subscriber
from tests.fakes import World
from tests.services.second_steps import enrol
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of


class GuardedState(rx.State):
    """A page that asks at load."""

    problems: dict[str, str] = {}  # noqa: RUF012 - a State copies it for each browser
    opened: bool = False

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        await run(self, reauthentication.ask_recent)
        self.opened = True


@pytest.fixture
def anna(portal: World) -> Browser:
    user = subscriber(portal, visitor=visitor_of(portal, ANNA)).user
    browser = Browser(ANNA, session_cookie(portal, user))
    portal.clock.move(minutes=11)
    return browser


async def confirm(browser: Browser, after: str, current: str = PASSWORD) -> str:
    form: dict[str, Any] = {"current": current}
    handled = await browser.call(
        ReauthenticationState.confirm, "/settings/confirm", {"next": after}, form=form
    )
    return str(handled)


async def test_the_page_is_left_and_come_back_to(anna: Browser) -> None:
    sent = await anna.call(GuardedState.load, "/settings", {"a": "b"})
    assert "/settings/confirm?next=%2Fsettings%3Fa%3Db" in str(sent)
    assert not (await anna.state(GuardedState)).opened
    assert "/settings?a=b" in await confirm(anna, "/settings?a=b")
    assert await anna.call(GuardedState.load, "/settings") == []
    assert (await anna.state(GuardedState)).opened


@pytest.mark.parametrize("after", ["//evil.example", "https://evil.example", "/api/session/end", ""])
async def test_another_place_leads_to_the_settings(anna: Browser, after: str) -> None:
    sent = await confirm(anna, after)
    assert "/settings" in sent
    assert "evil" not in sent
    assert "api" not in sent


async def test_the_code_is_asked_for_where_an_app_is_on_only(portal: World, anna: Browser) -> None:
    await anna.call(ReauthenticationState.load, "/settings/confirm")
    assert not (await anna.state(ReauthenticationState)).asks_code
    boris = subscriber(portal, "boris@example.ru", visitor_of(portal, BORIS))
    enrol(portal, boris)
    browser = Browser(BORIS, session_cookie(portal, boris.user))
    await browser.call(ReauthenticationState.load, "/settings/confirm")
    assert "redirect" not in await confirm(browser, "/settings")
    state = await browser.state(ReauthenticationState)
    assert (state.asks_code, list(state.problems)) == (True, ["code"])


async def test_a_wrong_password_stays_and_is_not_kept(anna: Browser) -> None:
    assert "redirect" not in await confirm(anna, "/settings", "не тот пароль")
    state = await anna.state(ReauthenticationState)
    assert list(state.problems) == ["current"]
    assert "не тот пароль" not in anna.sent()
