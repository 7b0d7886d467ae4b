import pytest

from cabinet.domain.codes import CodeWrong
from cabinet.domain.errors import SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import SecondStepWrong
from cabinet.services import (
    customer_accounts,
    password_change,
    password_reset,
    reauthentication,
    security_events,
    sessions,
    sign_in,
    totp,
)
from cabinet.services.password_change import ChangePassword
from cabinet.services.reauthentication import PasswordWrong, Reauthenticate
from tests.factories import PASSWORD, code_in, last_text, owner, pass_for, subscriber
from tests.fakes import VISITOR, World
from tests.services.second_steps import ELSEWHERE, enrol, knock

MAIL = "anna@example.ru"
BORIS = Visitor("device-of-boris", "192.0.2.2")


def told(world: World, actor: Actor) -> list[str]:
    return [row.what for row in security_events.list_security_events(world.deps, actor)]


def test_what_was_done_is_told_newest_first_with_time_and_place(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    izhevsk.clock.move(minutes=5)
    customer_accounts.unlink_account(izhevsk.deps, anna, account)
    command = ChangePassword.parse({"current": PASSWORD, "password": "совсем другая фраза"})
    password_change.change_password(izhevsk.deps, anna, command)
    number = "№\u00a03700\u00a00000\u00a00000"
    assert told(izhevsk, anna) == [
        "Пароль изменён",
        f"Лицевой счёт отключён: {number}",
        f"Лицевой счёт подключён: {number}",
        "Выбран поставщик",
        "Вход: Неизвестное устройство",
    ]
    row = security_events.list_security_events(izhevsk.deps, anna)[0]
    assert (row.at, row.place) == ("20\u00a0ноября 2026, 12:05", "IP-адрес 192.0.2.1")


def test_only_the_last_thirty_are_told(world: World) -> None:
    anna = subscriber(world)
    for _ in range(31):
        sessions.revoke_other_sessions(world.deps, anna)
    assert told(world, anna) == ["Выход на всех остальных устройствах"] * 30


def test_a_password_that_was_reset_is_told_of(world: World) -> None:
    anna, visitor = subscriber(world), Actor.anonymous(VISITOR)
    world.clock.move(minutes=2)
    command = password_reset.AskReset.parse({"login": MAIL}, pass_for(world, VISITOR, "reset"))
    password_reset.ask_reset(world.deps, visitor, command)
    code = code_in(last_text(world, MAIL))
    password_reset.set_password(world.deps, visitor, code, "совсем другая фраза")
    assert told(world, anna)[0] == "Новый пароль по коду"


def test_nobody_is_told_of_another(world: World) -> None:
    anna = subscriber(world)
    boris = subscriber(world, "boris@example.ru", BORIS)
    sessions.revoke_other_sessions(world.deps, anna)
    assert told(world, boris) == ["Вход: Неизвестное устройство"]
    with pytest.raises(SignInNeeded):
        told(world, Actor.anonymous(VISITOR))


def test_what_failed_is_told_between_the_deeds_and_pushes_none_of_them_out(world: World) -> None:
    anna, boris = subscriber(world), Actor.anonymous(BORIS)
    world.clock.move(minutes=2)
    wrong = sign_in.SignIn.parse({"login": MAIL, "password": "не тот пароль"})
    for visitor in (boris, boris, Actor.anonymous(Visitor("third", "192.0.2.3"))):
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(world.deps, visitor, wrong)
    sessions.revoke_other_sessions(world.deps, anna)
    command = password_reset.AskReset.parse({"login": MAIL}, pass_for(world, BORIS, "reset"))
    password_reset.ask_reset(world.deps, boris, command)
    with pytest.raises(CodeWrong):
        password_reset.set_password(world.deps, boris, "0", "совсем другая фраза")
    with pytest.raises(PasswordWrong):
        reauthentication.reauthenticate(world.deps, anna, Reauthenticate("не тот пароль"))
    rows = security_events.list_security_events(world.deps, anna)
    assert [(x.what, x.place) for x in rows] == [
        ("Неверный текущий пароль, 1\u00a0попытка", "IP-адрес 192.0.2.1"),
        ("Неверный код из сообщения, 1\u00a0попытка", "IP-адрес 192.0.2.2"),
        ("Выход на всех остальных устройствах", "IP-адрес 192.0.2.1"),
        ("Неверный пароль при входе, 3\u00a0попытки", "Разные IP-адреса, последний 192.0.2.3"),
        ("Вход: Неизвестное устройство", "IP-адрес 192.0.2.1"),
    ]
    for _ in range(29):
        sessions.revoke_other_sessions(world.deps, anna)
    assert len(told(world, anna)) == 32
    sessions.revoke_other_sessions(world.deps, anna)
    assert "Неверный пароль при входе, 3\u00a0попытки" not in told(world, anna)


def test_tries_at_a_login_that_nobody_has_are_kept_alike(world: World) -> None:
    wrong = sign_in.SignIn.parse({"login": "nobody@example.ru", "password": "не тот пароль"})
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(world.deps, Actor.anonymous(BORIS), wrong)
    with world.deps.snapshot() as tx:
        [kept] = tx.audit.list_actions("sign_in.failed")
    assert (kept.user_id, kept.address) == (None, BORIS.address)


def test_a_second_step_that_failed_is_told_to_the_owner(world: World) -> None:
    anna = subscriber(world)
    enrol(world, anna)
    knock(world)
    with pytest.raises(SecondStepWrong):
        totp.sign_in_by_totp(world.deps, Actor.anonymous(ELSEWHERE), "000000")
    assert told(world, anna)[0] == "Второе подтверждение при входе не удалось, 1\u00a0попытка"
