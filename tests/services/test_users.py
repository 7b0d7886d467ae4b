from dataclasses import replace
from functools import partial

import pytest
import typer
from typer.testing import CliRunner

from cabinet.commands import users as commands
from cabinet.domain.errors import Denied
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.services import sessions, sign_in
from cabinet.services.sign_in import SignInWrong
from cabinet.services.users import Deed, UserUnknown, manage_user
from cabinet.texts import users as texts
from tests.factories import ACCOUNT, PASSWORD, SERIAL, enter, last_text, link, operator, owner, with_supplier
from tests.fakes import VISITOR, World

ANNA = Login.parse("anna@example.ru")


def try_to_sign_in(world: World) -> str:
    command = sign_in.SignIn.parse({"login": "anna@example.ru", "password": PASSWORD})
    return sign_in.sign_in(world.deps, Actor.anonymous(VISITOR), command).ticket


@pytest.mark.parametrize("deed", Deed)
def test_whatever_is_done_with_a_cabinet_is_written_down(izhevsk: World, deed: Deed) -> None:
    anna = with_supplier(izhevsk)
    manage_user(izhevsk.deps, Actor.system(), ANNA, deed)
    with izhevsk.deps.snapshot() as tx:
        assert [x.object_id for x in tx.audit.list_actions(deed)] == [anna.user]


def test_a_subscriber_is_shown_with_accounts_and_sessions(izhevsk: World) -> None:
    owner(izhevsk)
    row = manage_user(izhevsk.deps, Actor.system(), ANNA)
    assert (row.login, row.sessions, row.blocked_at) == ("anna@example.ru", 1, None)
    assert [(x.number.replace("\u00a0", "").replace(" ", ""), x.extended) for x in row.accounts] == [
        (ACCOUNT, True)
    ]


def test_a_blocked_cabinet_is_closed_at_once_and_its_owner_is_told(izhevsk: World) -> None:
    actor = with_supplier(izhevsk)
    link(izhevsk, actor, ACCOUNT, SERIAL)
    _, token = enter(izhevsk, try_to_sign_in(izhevsk))
    waiting = try_to_sign_in(izhevsk)
    closed = manage_user(izhevsk.deps, Actor.system(), ANNA, Deed.BLOCK)
    assert (closed.blocked_at, closed.sessions) == (izhevsk.clock.now(), 0)
    assert sessions.identify(izhevsk.deps, VISITOR, token).user_id is None
    assert sessions.open_session(izhevsk.deps, Actor.anonymous(VISITOR), waiting) is None
    with pytest.raises(SignInWrong):
        try_to_sign_in(izhevsk)
    assert "закрыт" in last_text(izhevsk, "anna@example.ru")
    assert manage_user(izhevsk.deps, Actor.system(), ANNA) == closed


def test_a_cabinet_that_is_opened_again_is_as_it_was(izhevsk: World) -> None:
    owner(izhevsk)
    before = manage_user(izhevsk.deps, Actor.system(), ANNA)
    manage_user(izhevsk.deps, Actor.system(), ANNA, Deed.BLOCK)
    opened = manage_user(izhevsk.deps, Actor.system(), ANNA, Deed.UNBLOCK)
    assert opened == replace(before, sessions=0)
    izhevsk.clock.move(minutes=10)
    assert try_to_sign_in(izhevsk) == ""  # a code, for no browser is known any more


def test_operators_and_strangers_are_no_subscribers(izhevsk: World) -> None:
    operator(izhevsk)
    for login in ("olga@example.ru", "nobody@example.ru"):
        for deed in Deed:
            with pytest.raises(UserUnknown):
                manage_user(izhevsk.deps, Actor.system(), Login.parse(login), deed)


def test_nobody_but_the_command_line_may(izhevsk: World) -> None:
    anna, _ = owner(izhevsk)
    for actor in (anna, operator(izhevsk)):
        for deed in Deed:
            with pytest.raises(Denied):
                manage_user(izhevsk.deps, actor, ANNA, deed)


def test_the_command_line_shows_closes_and_opens(izhevsk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    application = typer.Typer(pretty_exceptions_enable=False)
    commands.mount(application)
    monkeypatch.setattr("cabinet.terminal.dependencies", lambda: izhevsk.deps)
    run = partial(CliRunner().invoke, application, env={"COLUMNS": "200", "TERM": "dumb"})
    owner(izhevsk)
    shown = run(["user", "show", "Anna@Example.ru"]).output
    assert all(x in shown for x in ("anna@example.ru", texts.EXTENDED, texts.CLOSED))
    login = ANNA.shown
    assert run(["user", "block", ANNA.value]).output == texts.BLOCKED.format(login=login) + "\n"
    assert run(["user", "block", "--undo", ANNA.value]).output == texts.UNBLOCKED.format(login=login) + "\n"
    assert run(["user", "show", "nobody@example.ru"]).exit_code == 1
