import pytest

from cabinet.domain.errors import Denied
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.services import sessions, sign_in, users
from cabinet.services.sign_in import SignInWrong
from cabinet.services.users import UserUnknown
from tests.factories import ACCOUNT, PASSWORD, SERIAL, enter, last_text, link, operator, owner, with_supplier
from tests.fakes import VISITOR, World

ANNA = Login.parse("anna@example.ru")


def try_to_sign_in(world: World) -> str:
    command = sign_in.SignIn.parse({"login": "anna@example.ru", "password": PASSWORD})
    return sign_in.sign_in(world.deps, Actor.anonymous(VISITOR), command).ticket


def test_a_subscriber_is_shown_with_accounts_and_sessions_and_looking_is_written_down(izhevsk: World) -> None:
    owner(izhevsk)
    row = users.show_user(izhevsk.deps, Actor.system(), ANNA)
    assert (row.login, row.sessions, row.blocked_at) == ("anna@example.ru", 1, None)
    assert [(x.number.replace("\u00a0", "").replace(" ", ""), x.extended) for x in row.accounts] == [
        (ACCOUNT, True)
    ]
    with izhevsk.deps.snapshot() as tx:
        assert len(tx.audit.list_actions("user.shown")) == 1


def test_a_blocked_cabinet_is_closed_at_once_and_its_owner_is_told(izhevsk: World) -> None:
    actor = with_supplier(izhevsk)
    link(izhevsk, actor, ACCOUNT, SERIAL)
    _, token = enter(izhevsk, try_to_sign_in(izhevsk))
    waiting = try_to_sign_in(izhevsk)
    users.block_user(izhevsk.deps, Actor.system(), ANNA)
    assert sessions.identify(izhevsk.deps, VISITOR, token).user_id is None
    assert sessions.open_session(izhevsk.deps, Actor.anonymous(VISITOR), waiting) is None
    with pytest.raises(SignInWrong):
        try_to_sign_in(izhevsk)
    assert "закрыт" in last_text(izhevsk, "anna@example.ru")
    shown = users.show_user(izhevsk.deps, Actor.system(), ANNA)
    assert (shown.blocked_at, shown.sessions) == (izhevsk.clock.now(), 0)


def test_a_cabinet_that_is_opened_again_is_as_it_was(izhevsk: World) -> None:
    owner(izhevsk)
    users.block_user(izhevsk.deps, Actor.system(), ANNA)
    users.unblock_user(izhevsk.deps, Actor.system(), ANNA)
    izhevsk.clock.move(minutes=10)
    assert try_to_sign_in(izhevsk) == ""  # a code, for no browser is known any more
    assert len(users.show_user(izhevsk.deps, Actor.system(), ANNA).accounts) == 1


def test_operators_and_strangers_are_no_subscribers(izhevsk: World) -> None:
    operator(izhevsk)
    for login in ("olga@example.ru", "nobody@example.ru"):
        for act in (users.show_user, users.block_user, users.unblock_user):
            with pytest.raises(UserUnknown):
                act(izhevsk.deps, Actor.system(), Login.parse(login))


def test_nobody_but_the_command_line_may(izhevsk: World) -> None:
    anna, _ = owner(izhevsk)
    for actor in (anna, operator(izhevsk)):
        for act in (users.show_user, users.block_user, users.unblock_user):
            with pytest.raises(Denied):
                act(izhevsk.deps, actor, ANNA)
