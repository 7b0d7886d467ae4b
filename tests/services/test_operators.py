"""Operators come by the command line, set their password by a code, and are blocked at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cabinet.commands import operators as commands
from cabinet.commands import suppliers
from cabinet.domain.errors import Denied, NotFound, SignInNeeded
from cabinet.domain.identity import Login, LoginMalformed
from cabinet.domain.permissions import OF_ROLE, Actor, OperatorRole, Permission
from cabinet.domain.registers import SupplierUnknown
from cabinet.services import notifications, operators, password_reset, sessions, sign_in
from cabinet.services.operators import (
    AddOperator,
    OperatorElsewhere,
    OperatorLoginTaken,
    OperatorNameMalformed,
    OperatorUnknown,
)
from cabinet.services.registers import ImportRegister, import_register
from cabinet.services.suppliers import AddSupplier, add_supplier
from tests.factories import (
    PASSWORD,
    first_password,
    last_text,
    operator,
    pass_for,
    register,
    subscriber,
    totp_secret,
)
from tests.fakes import VISITOR, World
from tests.register_files import DIRTY

MAIL = "vera@example.ru"
LOGIN = Login.parse(MAIL)
NOBODY = Actor.anonymous(VISITOR)


def add(world: World, login: str = MAIL, supplier: str = "izhevsk", name: str = "Вера Ильина") -> None:
    command = AddOperator.parse(login, supplier, name, OperatorRole.CLERK)
    operators.add_operator(world.deps, Actor.system(), command)


def another_supplier(world: World) -> None:
    add_supplier(world.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))


def test_an_operator_sets_the_first_password_by_a_code_and_has_no_desk_without_a_factor(
    izhevsk: World,
) -> None:
    add(izhevsk)
    assert "/reset" in last_text(izhevsk, MAIL)
    actor, token = first_password(izhevsk, MAIL)
    assert (actor.supplier, actor.granted) == (1, {Permission.PROFILE})
    with pytest.raises(Denied):
        actor.require(Permission.PIN_ISSUE)
    with izhevsk.deps.transaction() as tx:
        tx.sessions.mark_factor(actor.session_id or 0, izhevsk.clock.now())
    assert sessions.identify(izhevsk.deps, VISITOR, token).granted == {Permission.PROFILE}
    with izhevsk.deps.transaction() as tx:
        totp_secret(izhevsk, tx, actor.user)
    verified = sessions.identify(izhevsk.deps, VISITOR, token)
    assert verified.granted == OF_ROLE[OperatorRole.CLERK] | {Permission.PROFILE}


def test_before_the_first_password_nothing_opens_the_desk(izhevsk: World) -> None:
    add(izhevsk)
    for password in ("", " ", PASSWORD):
        command = sign_in.SignIn(LOGIN, password, remember=False)
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(izhevsk.deps, NOBODY, command)


def test_a_desks_session_ends_after_a_quarter_of_an_hour_and_is_never_remembered(izhevsk: World) -> None:
    actor = operator(izhevsk)
    with izhevsk.deps.transaction() as tx:
        user = tx.users.get(actor.user)
        ticket = sessions.issue_ticket(izhevsk.deps, tx, user, VISITOR, remember=True, factor=True)
    opened = sessions.open_session(izhevsk.deps, NOBODY, ticket)
    assert opened
    assert (opened.keep, opened.desk) == (None, True)
    izhevsk.clock.move(minutes=15)
    assert sessions.identify(izhevsk.deps, VISITOR, opened.token).user_id == actor.user_id
    izhevsk.clock.move(minutes=15, seconds=1)
    assert sessions.identify(izhevsk.deps, VISITOR, opened.token).user_id is None
    assert sessions.list_sessions(izhevsk.deps, actor) == []


def test_a_blocked_operator_is_out_at_once_and_begins_anew_when_added_again(izhevsk: World) -> None:
    add(izhevsk)
    _, token = first_password(izhevsk, MAIL)
    operators.block_operator(izhevsk.deps, Actor.system(), LOGIN)
    assert sessions.identify(izhevsk.deps, VISITOR, token).user_id is None
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(izhevsk.deps, NOBODY, sign_in.SignIn(LOGIN, PASSWORD, remember=False))
    [row] = operators.list_operators(izhevsk.deps, Actor.system(), "izhevsk")
    assert row.blocked
    with izhevsk.deps.transaction() as tx:
        found = tx.users.find_by_login(LOGIN)
        assert found
        totp_secret(izhevsk, tx, found.id or 0)
    add(izhevsk, name="Вера Петрова")
    with izhevsk.deps.snapshot() as tx:
        assert tx.second_factors.find_totp(found.id or 0, confirmed=True) is None
    [row] = operators.list_operators(izhevsk.deps, Actor.system(), "izhevsk")
    assert (row.blocked, row.name) == (False, "Вера Петрова")
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(izhevsk.deps, NOBODY, sign_in.SignIn(LOGIN, PASSWORD, remember=False))


def test_the_audit_tells_which_operator_was_added_and_which_blocked(izhevsk: World) -> None:
    logins = ["olga@example.ru", MAIL, MAIL]
    for login in logins:
        add(izhevsk, login)
    operators.block_operator(izhevsk.deps, Actor.system(), LOGIN)
    with izhevsk.deps.snapshot() as tx:
        events = [*tx.audit.list_actions("operator.added"), *tx.audit.list_actions("operator.blocked")]
        assert [tx.users.get(x.object_id or 0).login for x in events] == [*logins, MAIL]


def test_a_login_has_one_use(izhevsk: World) -> None:
    subscriber(izhevsk, "anna@example.ru")
    with pytest.raises(OperatorLoginTaken):
        add(izhevsk, "anna@example.ru")
    another_supplier(izhevsk)
    add(izhevsk)
    with pytest.raises(OperatorElsewhere):
        add(izhevsk, supplier="perm")
    with pytest.raises(SupplierUnknown):
        add(izhevsk, supplier="nowhere")
    assert operators.list_operators(izhevsk.deps, Actor.system(), "perm") == []


@pytest.mark.parametrize("name", ["", "  ", "я" * 121, "Ве\0ра"])
def test_a_name_can_be_read(name: str) -> None:
    with pytest.raises(OperatorNameMalformed):
        AddOperator.parse(MAIL, "izhevsk", name, OperatorRole.CLERK)
    with pytest.raises(LoginMalformed):
        AddOperator.parse("Вера", "izhevsk", "Вера", OperatorRole.CLERK)


def test_whoever_only_began_to_register_keeps_no_operator_out(izhevsk: World) -> None:
    register(izhevsk, MAIL)
    add(izhevsk)
    assert first_password(izhevsk, MAIL)[0].supplier == 1


def test_only_an_operator_can_be_blocked_so(izhevsk: World) -> None:
    subscriber(izhevsk, "anna@example.ru")
    for login in ("anna@example.ru", "nobody@example.ru"):
        with pytest.raises(OperatorUnknown):
            operators.block_operator(izhevsk.deps, Actor.system(), Login.parse(login))


def test_nobody_but_the_command_line_makes_operators(izhevsk: World) -> None:
    command = AddOperator.parse(MAIL, "izhevsk", "Вера", OperatorRole.CLERK)
    administrator = operator(izhevsk, role=OperatorRole.ADMINISTRATOR)
    for actor, refusal in ((NOBODY, SignInNeeded), (administrator, Denied)):
        with pytest.raises(refusal):
            operators.add_operator(izhevsk.deps, actor, command)
        with pytest.raises(refusal):
            operators.block_operator(izhevsk.deps, actor, LOGIN)
        with pytest.raises(refusal):
            operators.list_operators(izhevsk.deps, actor, "izhevsk")


def test_an_operator_imports_nothing_for_another_supplier(izhevsk: World) -> None:
    another_supplier(izhevsk)
    administrator = operator(izhevsk, role=OperatorRole.ADMINISTRATOR)
    command = ImportRegister("accounts", DIRTY / "accounts.csv", "perm")  # type: ignore[arg-type]
    with pytest.raises(SupplierUnknown):
        import_register(izhevsk.deps, administrator, command)


def test_dead_messages_are_shown_to_their_own_desk(izhevsk: World) -> None:
    another_supplier(izhevsk)
    ours, theirs = (
        operator(izhevsk, role=OperatorRole.SENIOR),
        operator(izhevsk, "boris@perm.ru", OperatorRole.SENIOR, supplier="perm"),
    )
    notifications.deliver_due(izhevsk.deps)
    izhevsk.mail.refusing = True
    add(izhevsk)
    notifications.deliver_due(izhevsk.deps)
    [message] = notifications.list_dead(izhevsk.deps, ours)
    assert notifications.list_dead(izhevsk.deps, theirs) == []
    with pytest.raises(NotFound):
        notifications.retry_message(izhevsk.deps, theirs, message.id)
    assert notifications.retry_all(izhevsk.deps, theirs) == 0
    assert notifications.retry_all(izhevsk.deps, ours) == 1


def test_a_retried_code_is_not_for_others(izhevsk: World) -> None:
    """A message to somebody who has chosen a supplier belongs to that supplier's desk."""
    another_supplier(izhevsk)
    theirs = operator(izhevsk, "boris@perm.ru", OperatorRole.SENIOR, supplier="perm")
    subscriber(izhevsk)
    izhevsk.mail.refusing = True
    izhevsk.clock.move(minutes=2)
    form = {"login": "anna@example.ru"}
    asked = password_reset.AskReset.parse(form, pass_for(izhevsk, VISITOR, password_reset.PURPOSE))
    password_reset.ask_reset(izhevsk.deps, NOBODY, asked)
    notifications.deliver_due(izhevsk.deps)
    assert len(notifications.list_dead(izhevsk.deps, Actor.system())) == 1
    assert notifications.list_dead(izhevsk.deps, theirs) == []


Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path) -> Run:
    application = typer.Typer(pretty_exceptions_enable=False)
    for module in (commands, suppliers):
        module.mount(application)
    environment = {
        "CABINET_DATABASE_URL": sqlite_url,
        "CABINET_DATA_DIR": str(tmp_path),
        "CABINET_ENV": "test",
        "TERM": "dumb",
    }
    return lambda *words: CliRunner().invoke(application, list(words), env=environment)


def test_the_command_line_adds_lists_and_blocks(run: Run) -> None:
    assert "нет" in run("operator", "add", MAIL, "--supplier", "izhevsk", "--name", "Вера").output
    run("supplier", "add", "izhevsk", "--name", "Газ", "--timezone", "Europe/Samara")
    assert "ещё нет" in run("operator", "list", "--supplier", "izhevsk").output
    words = ("operator", "add", MAIL, "--supplier", "izhevsk", "--name", "Вера", "--role", "senior")
    added = run(*words)
    assert (added.exit_code, "старший оператор" in added.output) == (0, True)
    assert "работает" in run("operator", "list", "--supplier", "izhevsk").output
    assert run("operator", "block", MAIL).exit_code == 0
    assert "заблокирован" in run("operator", "list", "--supplier", "izhevsk").output
    assert run("operator", "block", "x@example.ru").exit_code == 1
    assert (
        run("operator", "add", MAIL, "--supplier", "izhevsk", "--name", "В", "--role", "boss").exit_code == 2
    )
