"""The check's state without a browser: what each handler shows, and that nothing sent by anybody breaks it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import altcha
import pytest
import reflex as rx

from cabinet import container
from cabinet.domain.human_check import HumanCheckPolicy, HumanCheckTaskNeeded
from cabinet.texts import human_check as texts
from cabinet.ui.gate import PUBLIC, declared
from cabinet.ui.states.human_check import HumanCheckState, with_pass
from tests.fakes import World, make_world

HANDLERS = ("arrive", "wake", "begin", "prove", "waive", "change_picture", "change_sound", "check")
HOSTILE = [None, True, 1.5, 10**30, "", "\0", "я" * 5000, [], {"a": 1}, ["AEHKPC"]]


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    monkeypatch.setattr(container, "current", lambda: made.deps)
    yield made
    made.dispose()


async def state_of(device: str = "cookie-of-anna") -> HumanCheckState:
    """The state of a browser that has just come."""
    root = rx.State(_reflex_internal_init=True)
    headers = {"cookie": f"device={device}"} if device else {}
    root.router_data = root._update_router_vars(
        {
            "pathname": "/register",
            "query": {},
            "headers": headers,
            "token": "t",
            "sid": "s",
            "ip": "192.0.2.1",
        },
        {},
    )
    return await root.get_state(HumanCheckState)


async def call(state: HumanCheckState, handler: str, **payload: Any) -> Any:
    """As Reflex does it: the payload's keys are arguments."""
    return await getattr(HumanCheckState, handler).fn(state, **payload)


def solved(state: HumanCheckState) -> str:
    given = altcha.Challenge.from_dict(json.loads(state.challenge))
    found = altcha.solve_challenge(given)
    assert found
    return altcha.Payload(given, found).to_base64()


async def at_picture() -> HumanCheckState:
    state = await state_of()
    await call(state, "begin", ticked=True, purpose="register")
    await call(state, "prove", solution=solved(state))
    assert state.picture
    return state


async def test_tick_work_and_answer_lead_to_a_pass(world: World) -> None:
    state = await state_of()
    await call(state, "begin", ticked=True, purpose="register")
    assert state.said == texts.WORKING
    assert not state.picture
    await call(state, "prove", solution=solved(state))
    assert (state.said, state.challenge) == (texts.LOOK, "")
    await call(state, "check", answer=world.pictures.answers[-1])
    assert (state.said, state.passed, state.picture) == (texts.PASSED, True, "")
    assert state._pass_id
    turn = state.turn
    assert state._take_pass()
    assert (state.passed, state._pass_id, state.said) == (False, "", "")
    assert state.turn == turn + 1


async def test_a_tick_made_before_the_page_came_alive_is_heard_once(world: World) -> None:
    state = await state_of()
    await call(state, "wake", ticked=False, purpose="register")
    assert not state.challenge
    await call(state, "wake", ticked=True, purpose="register")
    await call(state, "prove", solution=solved(state))
    picture = state.picture
    assert picture
    await call(state, "wake", ticked=True, purpose="register")  # on its way while the tick was heard
    assert state.picture == picture


async def test_a_wrong_answer_says_so_and_shows_another_picture(world: World) -> None:
    state = await at_picture()
    before = state.picture
    await call(state, "check", answer="222222")
    assert state.said == texts.WRONG
    assert state.picture not in {"", before}
    await call(state, "check", answer="222222")
    assert state.said.strip("\N{NO-BREAK SPACE}") == texts.WRONG
    assert state.said != texts.WRONG  # said again, so heard again


async def test_nothing_typed_spends_nothing(world: World) -> None:
    state = await at_picture()
    before = state.picture
    await call(state, "check", answer="  ")
    assert (state.said, state.picture) == (texts.EMPTY, before)


async def test_too_many_pictures_leave_the_last_one_and_say_how_long_to_wait(world: World) -> None:
    state = await at_picture()
    for _ in range(19):
        await call(state, "change_picture")
    last = state.picture
    await call(state, "change_picture")
    assert "10\N{NO-BREAK SPACE}минут" in state.said
    assert state.picture == last
    await call(state, "check", answer="222222")
    assert "10\N{NO-BREAK SPACE}минут" in state.said
    assert state.picture == ""


async def test_a_late_picture_unticks_the_box_and_says_why(world: World) -> None:
    state = await at_picture()
    world.clock.move(minutes=11)
    event = await call(state, "check", answer="222222")
    assert "устарела" in state.said
    assert state.picture == ""
    assert ".checked = false" in str(event)


async def test_unticking_forgets_the_check(world: World) -> None:
    state = await at_picture()
    await call(state, "begin", ticked=False, purpose="register")
    assert (state.picture, state.said, state.challenge, state._purpose) == ("", "", "", "")


async def test_a_browser_without_cookies_is_told_so(world: World) -> None:
    state = await state_of(device="")
    await call(state, "begin", ticked=True, purpose="register")
    assert "cookie" in state.said
    assert state.challenge == ""


@pytest.mark.parametrize("value", HOSTILE)
async def test_hostile_values_pass_nothing_and_break_nothing(world: World, value: Any) -> None:
    state = await state_of()
    await call(state, "begin", ticked=value, purpose="register")
    await call(state, "begin", ticked=True, purpose=value)
    await call(state, "prove", solution=value)
    await call(state, "check", answer=value)
    assert (state.picture, state._pass_id, state.problems) == ("", "", {})
    await call(state, "begin", ticked=True, purpose="register")
    await call(state, "prove", solution=value)
    assert (state.picture, state._pass_id, state.problems) == ("", "", {})
    state = await at_picture()
    await call(state, "check", answer=value)
    assert (state.passed, state._pass_id, state.problems) == (False, "", {})
    assert "\0" not in state.said


async def test_handlers_out_of_order_do_nothing(world: World) -> None:
    state = await state_of()
    assert await call(state, "prove", solution="x") is None
    assert await call(state, "waive") is None
    assert await call(state, "change_picture") is None
    assert await call(state, "change_sound") is None
    assert await call(state, "check", answer="AEHKPC") is None
    assert await call(state, "arrive") is None
    assert (state.picture, state.challenge, state.said, state.passed) == ("", "", "", False)


def test_every_handler_is_declared_public() -> None:
    full = HumanCheckState.get_full_name()
    assert {declared(f"{full}.{name}") for name in HANDLERS} == {PUBLIC}


async def test_what_the_page_is_sent_holds_no_answer_and_no_pass(world: World) -> None:
    state = await at_picture()
    answer = world.pictures.answers[-1]
    assert answer not in str(state.dict())
    await call(state, "check", answer=answer)
    assert state._pass_id not in str(state.dict())


async def at_sound() -> HumanCheckState:
    state = await at_picture()
    await call(state, "change_sound")
    assert state.sound
    return state


async def test_listening_replaces_the_picture_and_its_words_earn_a_pass(world: World) -> None:
    state = await at_sound()
    assert (state.picture, state.said) == ("", texts.HEAR)
    await call(state, "check", answer=" ".join(world.speech.spoken[-1]))
    assert (state.said, state.passed, state.sound) == (texts.PASSED, True, "")


async def test_other_words_and_the_way_back_to_a_picture(world: World) -> None:
    state = await at_sound()
    before = state.sound
    await call(state, "change_sound")
    assert state.said == texts.OTHER_SOUND
    assert state.sound not in {"", before}
    await call(state, "check", answer=" ")
    assert state.said == texts.EMPTY_WORDS
    await call(state, "change_picture")
    assert (state.said, state.sound) == (texts.CHANGED, "")
    assert state.picture


async def test_wrong_words_say_so_and_after_two_the_task_may_be_left_out(world: World) -> None:
    state = await at_sound()
    await call(state, "check", answer="не те слова")
    assert (state.said, state.waivable) == (texts.WRONG_WORDS, False)
    await call(state, "check", answer="не те слова")
    assert state.waivable
    await call(state, "waive")
    assert (state.said, state.picture, state.sound) == (texts.WORKING_HARDER, "", "")
    await call(state, "prove", solution=solved(state))
    assert (state.said, state.passed, state.waivable) == (texts.WAIVED, True, False)
    assert state._pass_id


async def test_a_task_is_not_waived_for_ever(world: World) -> None:
    state = await at_picture()
    for _ in range(2):
        await call(state, "check", answer="222222")
    for _ in range(5):
        await call(state, "waive")
    task = state.said
    await call(state, "waive")
    assert state.said != task
    assert not state.passed


async def test_while_all_is_calm_the_tick_is_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = replace(world.deps, human_check_policy=HumanCheckPolicy())
    monkeypatch.setattr(container, "current", lambda: quiet)
    state = await state_of()
    await call(state, "begin", ticked=True, purpose="register")
    await call(state, "prove", solution=solved(state))
    assert (state.said, state.passed, state.picture) == (texts.PASSED, True, "")


async def test_a_form_that_needs_a_task_unticks_the_box_and_gets_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = replace(world.deps, human_check_policy=HumanCheckPolicy())
    monkeypatch.setattr(container, "current", lambda: quiet)

    async def refuse(_: str) -> None:
        raise HumanCheckTaskNeeded

    state = await state_of()
    with pytest.raises(HumanCheckTaskNeeded):
        await with_pass(state, refuse)
    await call(state, "begin", ticked=True, purpose="register")
    await call(state, "prove", solution=solved(state))
    assert state.picture
    await call(state, "check", answer=world.pictures.answers[-1])
    assert state.passed
    await call(state, "begin", ticked=True, purpose="register")
    await call(state, "prove", solution=solved(state))
    assert state.passed


async def test_what_the_page_is_sent_holds_none_of_the_words(world: World) -> None:
    state = await at_sound()
    assert not any(word in str(state.dict()) for word in world.speech.spoken[-1])
