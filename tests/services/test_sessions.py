from typing import Any

import pytest
from sqlmodel import SQLModel, select

from cabinet.domain.errors import NotFound, ReauthenticationNeeded, SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import SecondStepGone
from cabinet.persistence.users import Confirmation, SignInTicket, User, UserSession
from cabinet.services import confirmations, profile, second_factors, sessions, sign_in
from cabinet.texts import devices
from tests.factories import PASSWORD, code_in, enter, last_text, operator, register, subscriber
from tests.fakes import VISITOR, World

MAIL = "anna@example.ru"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
TELEPHONE = Visitor("telephone", "192.0.2.9", CHROME)
BORIS = Visitor("device-of-boris", "192.0.2.2")


def sign_in_from(world: World, visitor: Visitor, *, remember: bool = False) -> tuple[Actor, str]:
    """Another session of Anna's: by password, and by a code where the browser is new."""
    form = {"login": MAIL, "password": PASSWORD, "remember": "on" if remember else ""}
    actor = Actor.anonymous(visitor)
    world.clock.move(minutes=2)
    ticket = sign_in.sign_in(world.deps, actor, sign_in.SignIn.parse(form)).ticket
    if not ticket:
        ticket = confirmations.confirm_code(world.deps, actor, code_in(last_text(world, MAIL))).ticket
    return enter(world, ticket, visitor)


def test_sessions_are_listed_with_this_one_first(world: World) -> None:
    here = subscriber(world)
    sign_in_from(world, TELEPHONE)
    mine, other = sessions.list_sessions(world.deps, here)
    assert (mine.here, mine.device, mine.address) == (True, devices.UNKNOWN, "192.0.2.1")
    assert (other.here, other.device, other.address) == (False, "Chrome, Windows", "192.0.2.9")
    assert mine.seen == "20\u00a0ноября 2026, 11:00"


def test_the_time_is_told_in_the_suppliers_zone(izhevsk: World) -> None:
    here = subscriber(izhevsk)
    profile.choose_supplier(izhevsk.deps, here, profile.list_suppliers(izhevsk.deps, here)[0].id)
    assert sessions.list_sessions(izhevsk.deps, here)[0].seen == "20\u00a0ноября 2026, 12:00"


def test_one_session_is_ended_and_dead_at_its_next_event(world: World) -> None:
    here = subscriber(world)
    there, cookie = sign_in_from(world, TELEPHONE)
    assert there.session_id
    sessions.revoke_session(world.deps, here, there.session_id)
    assert sessions.identify(world.deps, TELEPHONE, cookie).user_id is None
    assert [row.here for row in sessions.list_sessions(world.deps, here)] == [True]
    with pytest.raises(NotFound):
        sessions.revoke_session(world.deps, here, there.session_id)


def test_all_others_are_ended_and_this_one_lives(world: World) -> None:
    subscriber(world)
    here, mine = sign_in_from(world, VISITOR)
    _, theirs = sign_in_from(world, TELEPHONE, remember=True)
    assert sessions.revoke_other_sessions(world.deps, here) == 2
    assert sessions.identify(world.deps, TELEPHONE, theirs).user_id is None
    assert sessions.identify(world.deps, VISITOR, mine).user_id == here.user_id
    assert sessions.revoke_other_sessions(world.deps, here) == 0


def test_who_has_taken_an_open_cabinet_over_does_not_throw_its_owner_out(world: World) -> None:
    subscriber(world)
    there, theirs = sign_in_from(world, TELEPHONE, remember=True)
    here, _ = sign_in_from(world, VISITOR, remember=True)
    world.clock.move(minutes=11)
    with pytest.raises(ReauthenticationNeeded):
        sessions.revoke_session(world.deps, here, there.session_id or 0)
    with pytest.raises(ReauthenticationNeeded):
        sessions.revoke_other_sessions(world.deps, here)
    assert sessions.identify(world.deps, TELEPHONE, theirs).user_id == here.user_id


def test_what_is_idle_or_too_old_is_not_listed(world: World) -> None:
    subscriber(world)
    sign_in_from(world, TELEPHONE)
    here, _ = sign_in_from(world, VISITOR, remember=True)
    assert len(sessions.list_sessions(world.deps, here)) == 3
    world.clock.move(minutes=31)
    assert [row.here for row in sessions.list_sessions(world.deps, here)] == [True]
    world.clock.move(days=31)
    assert sessions.list_sessions(world.deps, here) == []


def test_a_stranger_and_a_visitor_end_nothing(world: World) -> None:
    here = subscriber(world)
    boris = subscriber(world, "boris@example.ru", BORIS)
    for session_id in (here.session_id or 0, -1, 10**17):
        with pytest.raises(NotFound):
            sessions.revoke_session(world.deps, boris, session_id)
    assert sessions.revoke_other_sessions(world.deps, boris) == 0
    for act in (sessions.list_sessions, sessions.revoke_other_sessions):
        with pytest.raises(SignInNeeded):
            act(world.deps, Actor.anonymous(VISITOR))
    assert [row.here for row in sessions.list_sessions(world.deps, here)] == [True]


def test_a_browser_without_cookies_is_a_visitor_with_a_name_of_nothing(world: World) -> None:
    visitor = sessions.make_visitor(world.deps, "", "192.0.2.1" * 20, "agent" * 100)
    assert (visitor.device, len(visitor.address), len(visitor.agent)) == ("", 64, 256)
    assert sessions.identify(world.deps, visitor, "").user_id is None
    assert sessions.identify(world.deps, visitor, "no such session").user_id is None
    known = sessions.make_visitor(world.deps, "cookie", "192.0.2.1", "agent")
    assert len(known.device) == 64
    assert "cookie" not in known.device


def test_a_browser_without_a_device_cookie_gets_no_session_and_no_second_step(world: World) -> None:
    subscriber(world)
    nobody = Visitor("", "192.0.2.9")
    with world.deps.transaction() as tx:
        user = tx.users.get(1)
        ticket = sessions.issue_ticket(world.deps, tx, user, nobody, remember=False)
        second_factors.begin_second_step(world.deps, tx, Actor.anonymous(nobody), user, remember=False)
    assert sessions.open_session(world.deps, Actor.anonymous(nobody), ticket) is None
    with pytest.raises(SecondStepGone):
        second_factors.reserve_try(world.deps, Actor.anonymous(nobody))


def test_a_browser_whose_session_was_ended_here_is_asked_for_more_than_the_password(world: World) -> None:
    here = subscriber(world)
    there, _ = sign_in_from(world, TELEPHONE)
    form = sign_in.SignIn.parse({"login": MAIL, "password": PASSWORD})
    assert sign_in.sign_in(world.deps, Actor.anonymous(TELEPHONE), form).ticket
    sessions.revoke_session(world.deps, here, there.session_id or 0)
    world.clock.move(minutes=2)
    assert not sign_in.sign_in(world.deps, Actor.anonymous(TELEPHONE), form).ticket
    assert sign_in.sign_in(world.deps, Actor.anonymous(VISITOR), form).ticket
    sign_in_from(world, TELEPHONE)
    sessions.revoke_other_sessions(world.deps, here)
    world.clock.move(minutes=2)
    assert not sign_in.sign_in(world.deps, Actor.anonymous(TELEPHONE), form).ticket
    assert sign_in.sign_in(world.deps, Actor.anonymous(VISITOR), form).ticket


def test_a_stranger_forgets_nobodys_browser(world: World) -> None:
    here = subscriber(world)
    boris = subscriber(world, "boris@example.ru", BORIS)
    with pytest.raises(NotFound):
        sessions.revoke_session(world.deps, boris, here.session_id or 0)
    sessions.revoke_other_sessions(world.deps, boris)
    form = sign_in.SignIn.parse({"login": MAIL, "password": PASSWORD})
    assert sign_in.sign_in(world.deps, Actor.anonymous(VISITOR), form).ticket


def rows(world: World, table: type[SQLModel]) -> list[Any]:
    with world.deps.snapshot() as tx:
        return list(tx.session.exec(select(table)))


def test_a_session_that_ended_half_a_year_ago_is_forgotten_and_its_browser_known_until_then(
    world: World,
) -> None:
    here = subscriber(world)
    sessions.revoke_other_sessions(world.deps, here)
    world.clock.move(days=179)
    sessions.forget_old(world.deps)
    with world.deps.snapshot() as tx:
        assert tx.sessions.is_known_device(here.user, VISITOR.device)
        assert tx.sessions.is_known_network(VISITOR.network)
    world.clock.move(days=3)
    sessions.forget_old(world.deps)
    assert rows(world, UserSession) == []


def test_a_session_in_use_is_not_forgotten(world: World) -> None:
    subscriber(world)
    _, cookie = sign_in_from(world, VISITOR, remember=True)
    world.clock.move(days=29)
    sessions.forget_old(world.deps)
    assert sessions.identify(world.deps, VISITOR, cookie).user_id


def test_tickets_and_codes_of_long_ago_are_forgotten_with_the_passwords_chosen_by_them(world: World) -> None:
    subscriber(world)
    assert rows(world, SignInTicket)
    assert [x.password_hash for x in rows(world, Confirmation)] != [""]
    world.clock.move(hours=23)
    sessions.forget_old(world.deps)
    assert rows(world, SignInTicket)
    world.clock.move(hours=2)
    sessions.forget_old(world.deps)
    assert rows(world, SignInTicket) == []
    assert rows(world, Confirmation)
    world.clock.move(days=1)
    sessions.forget_old(world.deps)
    assert rows(world, Confirmation) == []


def test_who_never_confirmed_is_nobody_after_a_week_and_may_begin_again(world: World) -> None:
    register(world, MAIL)
    world.clock.move(days=6)
    sessions.forget_old(world.deps)
    assert rows(world, User)[0].login == MAIL
    world.clock.move(days=2)
    sessions.forget_old(world.deps)
    sessions.forget_old(world.deps)
    (nobody,) = rows(world, User)
    assert (nobody.login, nobody.password_hash, nobody.consent_address) == (f"released-{nobody.id}", "", "")
    assert subscriber(world).user != nobody.id


def test_who_begins_again_after_a_week_keeps_the_login_while_a_code_is_awaited(world: World) -> None:
    register(world, MAIL)
    world.clock.move(days=8)
    register(world, MAIL)
    sessions.forget_old(world.deps)
    code = code_in(last_text(world, MAIL))
    assert enter(world, confirmations.confirm_code(world.deps, Actor.anonymous(VISITOR), code).ticket)[0].user


def test_an_invited_operator_who_takes_a_while_is_not_forgotten(izhevsk: World) -> None:
    olga = operator(izhevsk)
    with izhevsk.deps.transaction() as tx:
        tx.users.get(olga.user).confirmed_at = None
        tx.users.get(olga.user).password_hash = "one"
    izhevsk.clock.move(days=30)
    sessions.forget_old(izhevsk.deps)
    assert {x.login for x in rows(izhevsk, User)} >= {"olga@example.ru"}
