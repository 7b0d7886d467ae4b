"""The ways in as their pages show them: what comes back after a reload, and where each of them leads on."""

from typing import Any

import pytest

from cabinet.domain.permissions import Actor
from cabinet.services import confirmations, password_reset
from cabinet.texts import entrance as texts
from cabinet.texts import errors
from cabinet.ui import routes
from cabinet.ui.states.confirmation import ConfirmationState
from cabinet.ui.states.password_reset import ResetState
from cabinet.ui.states.registration import RegistrationState
from cabinet.ui.states.second_factors import SecondFactorsState
from cabinet.ui.states.sign_in import SignInState
from tests.factories import PASSWORD, code_in, last_text, link_token_in, pass_for, register, subscriber
from tests.fakes import World
from tests.services.second_steps import code_of, secret_of
from tests.ui.browsers import ANNA, BORIS, Browser, session_cookie, visitor_of

MAIL, NOBODY = "anna@example.ru", "nobody@example.ru"
CONFIRM, RESET, SECOND = "/confirm", "/reset", "/settings/second"


def link_of(world: World, login: str, device: str) -> dict[str, str]:
    """The query of the link that a registration from a browser was sent."""
    register(world, login, visitor_of(world, device))
    return {"token": link_token_in(last_text(world, login))}


async def test_a_link_that_has_confirmed_elsewhere_is_told_of_on_its_own_page_only(portal: World) -> None:
    there = Browser(BORIS)
    link = link_of(portal, MAIL, ANNA)
    state = await there.state(ConfirmationState)
    await there.call(ConfirmationState.load, CONFIRM, link)
    await there.call(ConfirmationState.submit, CONFIRM, link, form={})
    assert state.done_elsewhere
    await there.call(ConfirmationState.load, CONFIRM, link)
    assert state.done_elsewhere
    register(portal, "boris@example.ru", visitor_of(portal, BORIS))
    await there.call(ConfirmationState.load, CONFIRM)
    assert (state.done_elsewhere, state.by_link) == (False, False)
    assert state.sent_words == texts.sent("email", "b•••@example.ru")
    code = code_in(last_text(portal, "boris@example.ru"))
    await there.call(ConfirmationState.submit, CONFIRM, form={"code": code})
    assert state.ticket


async def test_a_link_that_does_not_hold_says_what_its_own_page_can_do(portal: World) -> None:
    there = Browser(BORIS)
    state = await there.state(ConfirmationState)
    for query, code in (
        ({"token": "made-up"}, "link.unknown"),
        (link_of(portal, MAIL, ANNA), "link.expired"),
    ):
        portal.clock.move(minutes=11 if code == "link.expired" else 0)
        await there.call(ConfirmationState.load, CONFIRM, query)
        await there.call(ConfirmationState.submit, CONFIRM, query, form={})
        assert state.problems == {"": errors.WORDS[code]}
    await there.call(ConfirmationState.load, CONFIRM)
    await there.call(ConfirmationState.submit, CONFIRM, form={"code": "123456"})
    assert state.problems == {"": errors.WORDS["confirmation.gone"]}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("/readings?account=7", "/readings?account=7"), ("//evil.example", ""), ("/api/session/end", "")],
)
async def test_where_one_wanted_to_go_is_kept_over_the_code(portal: World, asked: str, kept: str) -> None:
    subscriber(portal, visitor=visitor_of(portal, ANNA))
    portal.clock.move(minutes=2)
    there = Browser(BORIS)
    await there.call(SignInState.load, "/login", {"next": asked})
    sent = await there.call(SignInState.submit, "/login", {"next": asked}, form=typed(MAIL))
    assert routes.confirm(kept) in str(sent)
    assert "evil" not in str(sent)
    await there.call(ConfirmationState.load, CONFIRM, {"next": kept})
    state = await there.state(ConfirmationState)
    assert (state.after, state.entering) == (kept, True)


async def test_a_code_for_a_registration_leads_back_to_registering(portal: World) -> None:
    here = Browser(ANNA)
    register(portal, MAIL, visitor_of(portal, ANNA))
    await here.call(ConfirmationState.load, CONFIRM)
    assert not (await here.state(ConfirmationState)).entering


async def test_mistakes_of_a_registration_that_was_left_are_not_shown_again(portal: World) -> None:
    here = Browser(ANNA)
    await here.call(RegistrationState.submit, "/register", form={"login": "nobody"})
    state = await here.state(RegistrationState)
    assert "login" in state.problems
    await here.call(RegistrationState.load, "/register")
    assert state.problems == {}


@pytest.mark.parametrize("login", [MAIL, NOBODY])
async def test_the_step_of_a_new_password_outlives_a_reload(portal: World, login: str) -> None:
    subscriber(portal, visitor=visitor_of(portal, BORIS))
    portal.clock.move(minutes=2)
    visitor = visitor_of(portal, ANNA)
    asked = password_reset.AskReset.parse({"login": login}, pass_for(portal, visitor, "reset"))
    password_reset.ask_reset(portal.deps, Actor.anonymous(visitor), asked)
    here = Browser(ANNA)
    state = await here.state(ResetState)
    await here.call(ResetState.load, RESET)
    assert state.sent_words == texts.sent("email", f"{login[0]}•••@example.ru")
    assert state.resend_in == 60
    await here.call(ResetState.resend, RESET)
    assert "через" in state.problems[""]
    portal.clock.move(minutes=11)
    await here.call(ResetState.resend, RESET)
    assert (state.problems, state.resent, state.resend_in) == ({}, True, 60)
    await here.call(ResetState.restart, RESET)
    await here.call(ResetState.load, RESET)
    assert state.again


async def test_a_new_password_that_nobody_asked_for_begins_with_the_login(portal: World) -> None:
    here = Browser(ANNA)
    await here.call(ResetState.load, RESET)
    state = await here.state(ResetState)
    assert state.sent_words == ""
    form = {"code": "123456", "password": "совсем другая фраза"}
    await here.call(ResetState.save, RESET, form=form)
    assert state.problems == {"": errors.WORDS["confirmation.gone"]}


async def test_what_is_shown_once_stays_on_the_page_until_it_is_left(portal: World) -> None:
    user = subscriber(portal, visitor=visitor_of(portal, ANNA)).user
    here = Browser(ANNA, session_cookie(portal, user))
    state = await here.state(SecondFactorsState)
    await here.call(SecondFactorsState.load, SECOND)
    await here.call(SecondFactorsState.begin, SECOND)
    drawn = state.app
    await here.call(SecondFactorsState.load, SECOND)
    assert state.app == drawn
    assert drawn.secret
    form: dict[str, Any] = {"code": code_of(portal, secret_of(drawn))}
    await here.call(SecondFactorsState.confirm, SECOND, form=form)
    codes = list(state.codes)
    portal.clock.move(minutes=11)
    await here.call(SecondFactorsState.load, SECOND)
    assert state.codes == codes
    assert len(codes) == 10
    await here.call(SecondFactorsState.leave, SECOND)
    assert (state.codes, state.app.secret) == ([], "")


def typed(login: str) -> dict[str, Any]:
    return {"login": login, "password": PASSWORD}


async def test_a_code_entered_elsewhere_tells_this_browser_that_nothing_is_awaited(portal: World) -> None:
    visitor = visitor_of(portal, ANNA)
    register(portal, MAIL, visitor)
    confirmations.confirm_code(portal.deps, Actor.anonymous(visitor), code_in(last_text(portal, MAIL)))
    here = Browser(ANNA)
    portal.clock.move(minutes=2)
    await here.call(ConfirmationState.resend, CONFIRM)
    assert (await here.state(ConfirmationState)).problems == {"": errors.WORDS["confirmation.gone"]}
