"""The state belongs to its cookies and its live session, and the unexpected becomes a number."""

import asyncio
import logging
import os
import re
from typing import Any

import pytest

from cabinet import container
from cabinet.domain.errors import Busy
from cabinet.domain.permissions import Actor
from cabinet.services import customer_accounts, sessions
from cabinet.settings import Settings
from cabinet.texts import errors as texts
from cabinet.ui import pool, session
from cabinet.ui.pool import Pool
from cabinet.ui.states.charges import ChargesState
from cabinet.ui.states.customer_accounts import AccountsState
from cabinet.ui.states.home import HomeState
from cabinet.ui.states.sign_in import SignInState
from tests.factories import ACCOUNT, operator, owner
from tests.fakes import World
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of

STREET = "Сакко и Ванцетти"
REFERENCE = re.compile(r"Номер для справки: ([0-9A-F]{8})\.")


@pytest.fixture
def anna(portal: World) -> tuple[int, str]:
    """Anna, who has extended access: her id and her session cookie."""
    actor, _ = owner(portal, visitor=visitor_of(portal, ANNA))
    return actor.user, session_cookie(portal, actor.user)


async def at_home(cookie: str) -> Browser:
    browser = Browser(ANNA, cookie)
    await browser.call(HomeState.load, "/")
    assert (await browser.state(HomeState)).home.bare_number == ACCOUNT
    return browser


async def test_the_owners_page_has_the_owners_rows(anna: tuple[int, str]) -> None:
    browser = await at_home(anna[1])
    assert ACCOUNT in browser.sent()


@pytest.mark.parametrize("cookies", [(BORIS, ""), ("", ""), (ANNA, ""), (ANNA, "guess"), (BORIS, "guess")])
async def test_a_client_token_with_other_cookies_opens_an_empty_state(
    anna: tuple[int, str], cookies: tuple[str, str]
) -> None:
    browser = await at_home(anna[1])
    browser.carry(*cookies)
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert ACCOUNT not in browser.sent()
    assert (await browser.state(HomeState)).accounts == []


async def test_a_session_ended_elsewhere_is_over_at_the_sockets_next_event(
    portal: World, anna: tuple[int, str]
) -> None:
    browser = await at_home(anna[1])
    sessions.close_session(portal.deps, anna[1])
    answers = await browser.call(AccountsState.load, "/accounts")
    assert "/login?next=%2Faccounts" in str(answers)
    assert ACCOUNT not in browser.sent()


async def test_a_session_ended_elsewhere_hydrates_to_nothing(portal: World, anna: tuple[int, str]) -> None:
    browser = await at_home(anna[1])
    sessions.close_session(portal.deps, anna[1])
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert ACCOUNT not in browser.sent()


async def test_a_session_that_idled_out_hydrates_to_nothing(portal: World) -> None:
    actor, _ = owner(portal, visitor=visitor_of(portal, ANNA))
    with portal.deps.transaction() as tx:
        user = tx.users.get(actor.user)
        ticket = sessions.issue_ticket(portal.deps, tx, user, visitor_of(portal, ANNA), remember=False)
    opened = sessions.open_session(portal.deps, Actor.anonymous(visitor_of(portal, ANNA)), ticket)
    assert opened
    browser = await at_home(opened.token)
    portal.clock.move(minutes=31)
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert ACCOUNT not in browser.sent()


async def test_the_same_cookies_keep_the_state(anna: tuple[int, str]) -> None:
    browser = await at_home(anna[1])
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert ACCOUNT in browser.sent()


async def test_who_is_signed_in_and_refused_is_remembered_sixty_times_an_hour(
    portal: World, anna: tuple[int, str]
) -> None:
    clerk = operator(portal, "clerk@example.ru", visitor=visitor_of(portal, BORIS)).user
    await Browser("device-of-a-visitor").call(ChargesState.load, "/charges", {"account": "999"})
    await Browser(BORIS, session_cookie(portal, clerk, BORIS)).call(ChargesState.load, "/charges")
    browser = Browser(ANNA, anna[1])
    await browser.call(ChargesState.load, "/charges")
    for _ in range(65):
        await browser.call(ChargesState.load, "/charges", {"account": "999"})
    with portal.deps.snapshot() as tx:
        found = [(x.user_id, *x.details.values()) for x in tx.audit.list_actions("access.refused")]
        assert not tx.audit.list_actions("desk.refused")
    assert found == [(clerk, "charges.view", "denied")] + [(anna[0], "charges.view", "not_found")] * 59


def broken(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("canary-of-a-value")


async def test_without_the_database_nobody_is_served_rows_but_words(
    anna: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await at_home(anna[1])
    monkeypatch.setattr(sessions, "identify", broken)
    await browser.call(ChargesState.load, "/charges")
    charges = await browser.state(ChargesState)
    assert REFERENCE.search(charges.problems[""])
    assert charges.months == []
    assert ACCOUNT in browser.sent()  # the page stays as it was, a handler sends only what it changes
    await browser.send("reflex___state____state.set_is_hydrated", {"value": True})
    assert ACCOUNT not in browser.sent()  # but what sends all of it sends nothing


async def test_the_unexpected_shows_a_number_that_the_log_has_with_the_place_and_no_value(
    anna: tuple[int, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(customer_accounts, "list_accounts_with_dues", broken)
    browser = Browser(ANNA, anna[1])
    await browser.call(AccountsState.load, "/accounts")
    shown = REFERENCE.search((await browser.state(AccountsState)).problems[""])
    assert shown
    (record,) = [x for x in caplog.records if x.levelno == logging.ERROR]
    line = record.getMessage()
    assert shown[1] in line
    assert "ZeroDivisionError at ui/test_session.py:" in line
    assert "canary" not in line
    assert record.exc_info is None


async def test_a_form_that_breaks_ends_its_waiting(portal: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session.sessions, "make_visitor", broken)
    browser = Browser(ANNA, "")
    state = await browser.state(SignInState)
    answers = [x async for x in SignInState.submit.fn(state, form={"login": "a", "password": "b"})]  # type: ignore[attr-defined]
    assert answers == [None, None]
    assert not state.busy
    assert REFERENCE.search(state.problems[""])


async def test_more_than_the_pool_may_queue_is_told_to_wait() -> None:
    small = Pool("small", threads=1, places=1)
    first = asyncio.create_task(small.run(sorted, [2, 1]))
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await small.run(sorted, [])
    assert await first == [1, 2]
    assert await small.run(sorted, [3, 1]) == [1, 3]


async def test_who_checks_passwords_gives_way_at_the_processor() -> None:
    niceness = await pool.services.run(os.nice, 0)
    assert await pool.hashing.run(os.nice, 0) == min(niceness + 10, 19)


async def test_while_passwords_are_checked_without_end_only_who_needs_one_is_told_to_wait(
    anna: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool.hashing, "places", 0)
    guesser = Browser(BORIS)
    await guesser.call(SignInState.submit, form={"login": "nobody@example.ru", "password": "не тот пароль"})
    assert (await guesser.state(SignInState)).problems == {"": texts.WORDS["busy"]}
    assert ACCOUNT in (await at_home(anna[1])).sent()


async def test_a_busy_portal_says_so_and_keeps_the_page(
    anna: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await at_home(anna[1])
    monkeypatch.setattr(pool.services, "places", 0)
    await browser.call(AccountsState.load, "/accounts")
    assert (await browser.state(AccountsState)).problems == {"": texts.WORDS["busy"]}
    assert ACCOUNT in browser.sent()


async def test_strange_cookies_beside_ours_do_not_hide_it(anna: tuple[int, str]) -> None:
    browser = Browser(ANNA, anna[1])
    browser.cookies = f'prefs={{"a":1, "b":[2]}}; =; ключ=я; {browser.cookies}; x'
    await browser.call(HomeState.load, "/")
    assert (await browser.state(HomeState)).member


async def test_under_https_only_the_prefixed_cookies_count(
    anna: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = Settings(public_url="https://cabinet.example")
    monkeypatch.setattr(container, "settings", lambda: strict)
    browser = Browser(ANNA, anna[1])
    await browser.call(HomeState.load, "/")
    assert not (await browser.state(HomeState)).member
    browser.cookies = "; ".join(f"__Host-{x}" for x in browser.cookies.split("; "))
    await browser.call(HomeState.load, "/")
    assert (await browser.state(HomeState)).member


async def test_an_address_too_odd_for_a_database_is_nothing(portal: World) -> None:
    browser = Browser()
    for value in ("\0", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "я" * 3000):
        await browser.call(SignInState.load, "/login", {"next": value})
    assert (await browser.state(SignInState)).after == ""
