"""The states of passkeys without a browser: what each handler shows, and what a browser's excuses become."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cabinet import container
from cabinet.texts import errors
from cabinet.ui.states.passkeys import PasskeyConfirmState, PasskeySignInState, PasskeysState, PasskeyState
from tests.authenticators import Authenticator
from tests.factories import subscriber
from tests.fakes import World, make_world
from tests.hostile import HOSTILE
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of

LIST, ONE, CONFIRM = "/settings/passkeys", "/settings/passkey", "/settings/confirm"
EXCUSES = {
    "NotAllowedError": "passkey.cancelled",
    "InvalidStateError": "passkey.known",
    "SecurityError": "passkey.unable",
    "": "passkey.unable",
}


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    monkeypatch.setattr(container, "current", lambda: made.deps)
    yield made
    made.dispose()


def anna(world: World) -> Browser:
    actor = subscriber(world, visitor=visitor_of(world, ANNA))
    return Browser(ANNA, session_cookie(world, actor.user))


async def add(browser: Browser, telephone: Authenticator) -> PasskeysState:
    answer = await browser.call(PasskeysState.add, LIST)
    assert "make()" in str(answer)
    state = await browser.state(PasskeysState)
    await browser.call(PasskeysState.finish, LIST, sent={"answer": telephone.make(state.options)})
    return state


async def test_a_passkey_is_added_renamed_used_and_removed(world: World) -> None:
    mine, telephone = anna(world), Authenticator()
    state = await add(mine, telephone)
    assert (state.problems, state.added, [x.used for x in state.rows]) == ({}, 1, [""])
    query = {"id": state.rows[0].id}
    await mine.call(PasskeyState.load, ONE, query)
    await mine.call(PasskeyState.save, ONE, query, form={"name": "Телефон"})
    one = await mine.state(PasskeyState)
    assert (one.row.name, one.saved, one.problems) == ("Телефон", 1, {})

    elsewhere = Browser(BORIS)
    await elsewhere.call(PasskeySignInState.load, "/login", {"next": "/pay"})
    await elsewhere.call(PasskeySignInState.begin)
    there = await elsewhere.state(PasskeySignInState)
    await elsewhere.call(PasskeySignInState.finish, sent={"answer": telephone.prove(there.options)})
    assert there.ticket
    assert (there.problems, there.after) == ({}, "/pay")

    gone = await mine.call(PasskeyState.remove, ONE, query)
    assert "removed=1" in str(gone)
    await mine.call(PasskeysState.load, LIST, {"removed": "1"})
    assert (state.rows, state.removed) == ([], True)


async def test_after_ten_minutes_adding_asks_who_it_is_and_leads_back(world: World) -> None:
    mine = anna(world)
    world.clock.move(minutes=11)
    assert "/settings/confirm?next=%2Fsettings%2Fpasskeys" in str(await mine.call(PasskeysState.add, LIST))


async def test_after_ten_minutes_the_passkey_confirms_and_leads_back_to_own_pages_only(world: World) -> None:
    mine, telephone = anna(world), Authenticator()
    await mine.call(PasskeyConfirmState.load, CONFIRM)
    state = await mine.state(PasskeyConfirmState)
    assert not state.offered
    await add(mine, telephone)
    world.clock.move(minutes=11)
    for after, where in (("/settings/passkeys", "/settings/passkeys"), ("//evil.example", "/settings")):
        query = {"next": after}
        await mine.call(PasskeyConfirmState.load, CONFIRM, query)
        assert state.offered
        await mine.call(PasskeyConfirmState.begin, CONFIRM, query)
        answer = telephone.prove(state.options)
        sent = str(await mine.call(PasskeyConfirmState.finish, CONFIRM, query, sent={"answer": answer}))
        assert f'"{where}"' in sent or f"'{where}'" in sent or where in sent
        assert "evil" not in sent
    assert "confirm" not in str(await mine.call(PasskeysState.add, LIST))


async def test_a_strangers_passkey_has_no_page(world: World) -> None:
    state = await add(anna(world), Authenticator())
    boris = subscriber(world, "boris@example.ru", visitor_of(world, BORIS))
    browser = Browser(BORIS, session_cookie(world, boris.user, BORIS))
    await browser.call(PasskeyState.load, ONE, {"id": state.rows[0].id})
    await browser.call(PasskeyState.save, ONE, {"id": state.rows[0].id}, form={"name": "моё"})
    await browser.call(PasskeyState.remove, ONE, {"id": state.rows[0].id})
    theirs = await browser.state(PasskeyState)
    assert (theirs.row.id, theirs.problems) == ("", {"": errors.WORDS["not_found"]})


@pytest.mark.parametrize(("said", "code"), EXCUSES.items(), ids=EXCUSES.values())
async def test_what_the_browser_says_instead_of_an_answer_is_told_in_words(
    world: World, said: str, code: str
) -> None:
    mine = anna(world)
    for state, begin in ((PasskeysState, PasskeysState.add), (PasskeySignInState, PasskeySignInState.begin)):
        await mine.call(begin, LIST)
        await mine.call(state.finish, LIST, sent={"answer": said})
        assert (await mine.state(state)).problems == {"": errors.WORDS[code]}


async def test_a_question_that_another_one_replaced_says_nothing(world: World) -> None:
    mine = anna(world)
    await mine.call(PasskeysState.finish, LIST, sent={"answer": "AbortError"})
    await mine.call(PasskeySignInState.finish, sent={"answer": "AbortError"})
    assert (await mine.state(PasskeysState)).problems == (await mine.state(PasskeySignInState)).problems == {}


async def test_suggestions_are_offered_where_the_browser_can_and_again_before_they_are_late(
    world: World,
) -> None:
    browser = Browser(ANNA)
    for sent in (False, None, 1, "true", {}):
        assert await browser.call(PasskeySignInState.arrive, able=sent) == []
    state = await browser.state(PasskeySignInState)
    assert state.options == ""
    assert "offer()" in str(await browser.call(PasskeySignInState.arrive, able=True))
    first = json.loads(state.options)["challenge"]
    again = await browser.call(PasskeySignInState.finish, sent={"answer": "again"})
    assert "offer()" in str(again)
    assert json.loads(state.options)["challenge"] != first


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_answers_sign_nobody_in_and_add_nothing(world: World, value: Any) -> None:
    mine = anna(world)
    told = {errors.WORDS[code] for code in ("passkey.unable", "passkey.refused", "passkey.late")}
    for sent in (value, {"answer": value}, {"answer": "{}", "remember": value}, {"answer": [value]}):
        await mine.call(PasskeySignInState.finish, sent=sent)
        await mine.call(PasskeysState.finish, LIST, sent=sent)
        signing, adding = await mine.state(PasskeySignInState), await mine.state(PasskeysState)
        assert (signing.ticket, adding.rows) == ("", [])
        assert {signing.problems[""], adding.problems[""]} <= told
