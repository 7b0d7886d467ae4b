"""Changing the login: by a code to the new one, told to the old one, and nothing to be learnt of others' logins."""

import threading
from collections.abc import Callable

import pytest

from cabinet.domain.codes import CodeExhausted, CodeExpired, CodeSuperseded, CodeWrong
from cabinet.domain.errors import NotFound, ReauthenticationNeeded, SignInNeeded, TooMany
from cabinet.domain.identity import Login, LoginMalformed
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import (
    confirmations,
    login_change,
    notifications,
    password_reset,
    security_events,
    sessions,
    sign_in,
)
from cabinet.services.login_change import ChangeLogin, LoginSame, LoginTaken
from cabinet.services.notices import tell_user
from tests.factories import (
    ACCOUNT,
    PASSWORD,
    code_in,
    enter,
    last_text,
    pass_for,
    register,
    subscriber,
    with_supplier,
)
from tests.fakes import VISITOR, World

OLD, NEW, PHONE = "anna@example.ru", "anna.new@example.ru", "+79127451020"
BORIS = Visitor("device-of-boris", "192.0.2.2", "test browser")


def ask(world: World, actor: Actor, login: str = NEW) -> confirmations.ConfirmationRow:
    return login_change.ask_login(world.deps, actor, ChangeLogin.parse({"login": login}))


def come_in(world: World, login: str) -> tuple[Actor, str]:
    command = sign_in.SignIn.parse({"login": login, "password": PASSWORD})
    return enter(world, sign_in.sign_in(world.deps, Actor.anonymous(VISITOR), command).ticket)


def login_of(world: World, actor: Actor) -> str:
    with world.deps.snapshot() as tx:
        return tx.users.get(actor.user).login


def letters(world: World, to: str) -> list[str]:
    notifications.deliver_due(world.deps)
    return [x.subject for x in world.mail.to(to)]


def test_the_login_is_the_new_one_only_when_its_code_is_entered(izhevsk: World) -> None:
    world = izhevsk
    anna = with_supplier(world)
    _, other = come_in(world, OLD)
    row = ask(world, anna, "Anna.New@Example.ru")
    assert (row.sent_to, row.channel, row.resend_in) == ("a•••@example.ru", "email", 60)
    assert login_of(world, anna) == OLD
    assert letters(world, OLD)[-1:] != ["Логин кабинета изменён"]
    assert login_change.confirm_login(world.deps, anna, code_in(last_text(world, NEW))) == NEW
    told = last_text(world, OLD)
    assert "20 ноября 2026, 12:00" in told.replace("\u00a0", " ")
    assert "a•••@example.ru" in told
    assert "расчётный центр" in told
    assert letters(world, NEW)[-1] == "Это новый логин вашего кабинета"
    assert sessions.identify(world.deps, VISITOR, other).user_id is None
    assert security_events.list_security_events(world.deps, anna)[0].what == "Логин изменён"
    assert come_in(world, NEW)[0].user_id == anna.user_id
    with pytest.raises(sign_in.SignInWrong):
        come_in(world, OLD)


def test_a_phone_may_become_the_login_of_an_address(world: World) -> None:
    anna = subscriber(world)
    assert ask(world, anna, "8 912 745-10-20").channel == "phone"
    code = code_in(last_text(world, PHONE))
    assert login_change.confirm_login(world.deps, anna, code) == "+7 912 745-10-20"
    assert login_of(world, anna) == PHONE
    assert "@localhost #" in next(x.text for x in world.sms.messages if x.to == PHONE)


def test_it_needs_who_has_proved_who_they_are(world: World) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=11)
    with pytest.raises(ReauthenticationNeeded):
        ask(world, anna)
    for act in (login_change.get_awaited, login_change.resend_code):
        with pytest.raises(SignInNeeded):
            act(world.deps, Actor.anonymous(VISITOR))
    with pytest.raises(SignInNeeded):
        ask(world, Actor.anonymous(VISITOR))
    with pytest.raises(SignInNeeded):
        login_change.confirm_login(world.deps, Actor.anonymous(VISITOR), "000000")


def test_ones_own_login_and_what_is_none_are_told_so(world: World) -> None:
    anna = subscriber(world)
    with pytest.raises(LoginSame):
        ask(world, anna, " ANNA@example.ru ")
    with pytest.raises(LoginMalformed):
        ask(world, anna, "anna")


def test_anothers_login_is_answered_alike_and_no_code_works(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    world.clock.move(minutes=2)
    free = ask(world, anna, "borya@example.ru")
    told = []
    for login in ("boris@example.ru", "bella@example.ru"):
        assert ask(world, anna, login) == free
        found = []
        for _ in range(6):
            with pytest.raises((CodeWrong, CodeExhausted)) as caught:
                login_change.confirm_login(world.deps, anna, "000000")
            found.append((caught.value.code, caught.value.facts.get("left")))
        told.append(found)
    assert told[0] == told[1]
    assert letters(world, "boris@example.ru")[-1] == "Этот адрес уже логин вашего кабинета"
    assert (login_of(world, anna), login_of(world, boris)) == (OLD, "boris@example.ru")


def test_another_code_supersedes_and_is_limited(world: World) -> None:
    anna = subscriber(world)
    ask(world, anna)
    first = code_in(last_text(world, NEW))
    with pytest.raises(TooMany):
        login_change.resend_code(world.deps, anna)
    world.clock.move(minutes=1)
    login_change.resend_code(world.deps, anna)
    with pytest.raises(CodeSuperseded):
        login_change.confirm_login(world.deps, anna, first)
    world.clock.move(minutes=11)
    with pytest.raises(CodeExpired):
        login_change.confirm_login(world.deps, anna, code_in(last_text(world, NEW)))
    with pytest.raises(NotFound):
        login_change.get_awaited(world.deps, anna)


def test_a_user_asks_ten_times_a_day_whomever_they_name(world: World) -> None:
    anna = subscriber(world)
    for number in range(10):
        ask(world, anna, f"somebody{number}@example.ru")
    with pytest.raises(TooMany):
        ask(world, anna, "somebody10@example.ru")


def test_the_code_belongs_to_its_user_and_its_browser(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    ask(world, anna)
    code = code_in(last_text(world, NEW))
    same_browser = Actor.subscriber(VISITOR, boris.user, boris.session_id or 0)
    for stranger in (boris, same_browser):
        with pytest.raises(NotFound):
            login_change.confirm_login(world.deps, stranger, code)
        with pytest.raises(NotFound):
            login_change.get_awaited(world.deps, stranger)
    elsewhere = Actor.subscriber(BORIS, anna.user, anna.session_id or 0)
    with pytest.raises(NotFound):
        login_change.confirm_login(world.deps, elsewhere, code)
    with pytest.raises(NotFound):
        confirmations.confirm_code(
            world.deps, Actor.anonymous(Visitor("device-of-nobody", "192.0.2.9")), code
        )
    assert login_change.confirm_login(world.deps, anna, code) == NEW
    with pytest.raises(NotFound):
        login_change.get_awaited(world.deps, anna)


def test_a_code_of_the_old_login_dies_with_it(world: World) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=2)
    asked = password_reset.AskReset.parse({"login": OLD}, pass_for(world, BORIS, "reset"))
    password_reset.ask_reset(world.deps, Actor.anonymous(BORIS), asked)
    reset = code_in(last_text(world, OLD))
    ask(world, anna)
    login_change.confirm_login(world.deps, anna, code_in(last_text(world, NEW)))
    with pytest.raises(CodeSuperseded):
        password_reset.set_password(world.deps, Actor.anonymous(BORIS), reset, "три зелёных самовара")


def test_who_only_began_to_register_does_not_keep_the_login(world: World) -> None:
    anna = subscriber(world)
    register(world, NEW, BORIS)
    pending = code_in(last_text(world, NEW))
    world.clock.move(minutes=2)
    ask(world, anna)
    login_change.confirm_login(world.deps, anna, code_in(last_text(world, NEW)))
    with pytest.raises(CodeSuperseded):
        confirmations.confirm_code(world.deps, Actor.anonymous(BORIS), pending)
    assert come_in(world, NEW)[0].user_id == anna.user_id


def test_the_old_login_is_free_for_others(world: World) -> None:
    anna = subscriber(world)
    ask(world, anna)
    login_change.confirm_login(world.deps, anna, code_in(last_text(world, NEW)))
    world.clock.move(minutes=2)
    assert subscriber(world, OLD, BORIS).user_id != anna.user_id


def test_what_waits_follows_its_reader_and_what_is_about_safety_does_not(world: World) -> None:
    anna = subscriber(world)
    ask(world, anna, PHONE)
    code = code_in(last_text(world, PHONE))
    with world.deps.transaction() as tx:
        user = tx.users.get(anna.user)
        assert tell_user(world.deps, tx, user, "payment_failed", amount="1", account=ACCOUNT, payment="p")
        notifications.queue_message(world.deps, tx, user.as_login, "passkey_added")
    login_change.confirm_login(world.deps, anna, code)
    told = letters(world, OLD)
    assert "Добавлен ключ доступа" in told
    assert not any("Оплата" in x for x in told)
    assert any("оплату" in x.text for x in world.sms.messages if x.to == PHONE)


def test_of_two_who_take_one_login_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    codes = []
    for actor in (anna, boris):
        world.clock.move(minutes=1)
        ask(world, actor)
        codes.append(code_in(last_text(world, NEW)))
    told = in_parallel(
        [
            lambda actor=actor, code=code: login_change.confirm_login(world.deps, actor, code)
            for actor, code in zip((anna, boris), codes, strict=True)
        ]
    )
    assert sorted(type(x).__name__ for x in told) == ["LoginTaken", "str"]
    with world.deps.snapshot() as tx:
        holder = tx.users.find_by_login(Login.parse(NEW))
    assert holder
    assert holder.id in {anna.user, boris.user}


def in_parallel(acts: list[Callable[[], str]]) -> list[str | LoginTaken]:
    start, told = threading.Barrier(len(acts)), list[str | LoginTaken]()

    def one(act: Callable[[], str]) -> None:
        start.wait()
        try:
            told.append(act())
        except LoginTaken as taken:
            told.append(taken)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
