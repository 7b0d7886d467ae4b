import pytest

from cabinet.domain.errors import SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import customer_accounts, password_change, password_reset, security_events, sessions
from cabinet.services.password_change import ChangePassword
from tests.factories import PASSWORD, code_in, last_text, owner, pass_for, subscriber
from tests.fakes import VISITOR, World

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
