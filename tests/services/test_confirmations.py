"""What comes at the same instant as a proof: neither waits for the other in a circle, and one of them holds.

Each happens some times over: two threads do not always meet.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cabinet.domain.codes import CodeSuperseded, LinkSuperseded
from cabinet.domain.errors import CabinetError
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import confirmations, login_change, password_reset, registration, sessions
from cabinet.services.confirmations import ConfirmationRow, Entered
from cabinet.services.login_change import ChangeLogin, LoginSame, LoginTaken
from tests.factories import PASSWORD, code_in, last_text, link_token_in, pass_for, register, subscriber
from tests.fakes import World

ROUNDS = range(5)
HERE, THERE = Visitor("computer", "192.0.2.7"), Visitor("telephone", "192.0.2.8")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each is given, or which rule it broke."""
    ready = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        ready.wait(30)
        try:
            return act()
        except CabinetError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def by_code(world: World, visitor: Visitor, text: str) -> Callable[[], Entered]:
    return lambda: confirmations.confirm_code(world.deps, Actor.anonymous(visitor), code_in(text))


def by_link(world: World, visitor: Visitor, text: str) -> Callable[[], Entered]:
    return lambda: confirmations.confirm_link(world.deps, Actor.anonymous(visitor), link_token_in(text))


def by_new_password(world: World, visitor: Visitor, text: str) -> Callable[[], Entered]:
    actor = Actor.anonymous(visitor)
    return lambda: password_reset.set_password(world.deps, actor, code_in(text), PASSWORD)


def registered(world: World, login: str, visitor: Visitor) -> str:
    """The letter that a registration has sent."""
    world.clock.move(minutes=2)
    register(world, login, visitor)
    return last_text(world, login)


@pytest.mark.parametrize("proofs", [(by_code, by_code), (by_link, by_code), (by_link, by_link)])
def test_of_two_registrations_of_one_login_proved_at_once_one_holds(world: World, proofs: Any) -> None:
    for number in ROUNDS:
        login = f"anna{number}@example.ru"
        letters = [(x, registered(world, login, x)) for x in (HERE, THERE)]
        told = at_once(*(prove(world, *letter) for prove, letter in zip(proofs, letters, strict=True)))
        assert [isinstance(x, Entered) for x in told].count(True) == 1
        assert {CodeSuperseded, LinkSuperseded}.intersection(told)


def test_of_two_new_passwords_by_codes_at_once_one_holds(world: World) -> None:
    anna = "anna@example.ru"
    subscriber(world, anna)

    def asked(visitor: Visitor) -> str:
        world.clock.move(minutes=2)
        human = pass_for(world, visitor, password_reset.PURPOSE)
        command = password_reset.AskReset.parse({"login": anna}, human)
        password_reset.ask_reset(world.deps, Actor.anonymous(visitor), command)
        return last_text(world, anna)

    for _ in ROUNDS:
        world.clock.move(days=1)
        letters = [(x, asked(x)) for x in (HERE, THERE)]
        told = at_once(*(by_new_password(world, *x) for x in letters))
        assert [isinstance(x, Entered) for x in told].count(True) == 1
        assert CodeSuperseded in told


def test_a_new_login_and_the_end_of_all_others_at_once_both_come_about(world: World) -> None:
    anna = subscriber(world)
    for number in ROUNDS:
        world.clock.move(minutes=1)
        login = f"anna{number}@example.ru"
        login_change.ask_login(world.deps, anna, ChangeLogin.parse({"login": login}))
        code = code_in(last_text(world, login))
        taken, ended = at_once(
            lambda code=code: login_change.confirm_login(world.deps, anna, code),
            lambda: sessions.revoke_other_sessions(world.deps, anna),
        )
        assert taken in {login, CodeSuperseded}  # whichever was first
        assert ended == 0


def test_a_new_login_is_proved_or_asked_for_again_but_not_both(world: World) -> None:
    anna = subscriber(world)
    for number in ROUNDS:
        login = f"anna{number}@example.ru"
        command = ChangeLogin.parse({"login": login})
        login_change.ask_login(world.deps, anna, command)
        code = code_in(last_text(world, login))
        world.clock.move(minutes=1)
        taken, asked = at_once(
            lambda code=code: login_change.confirm_login(world.deps, anna, code),
            lambda command=command: login_change.ask_login(world.deps, anna, command),
        )
        outcomes = (taken, asked if asked is LoginSame else type(asked))
        assert outcomes in {(login, LoginSame), (CodeSuperseded, ConfirmationRow)}


def test_a_registration_at_the_moment_of_anothers_proof_opens_nothing(world: World) -> None:
    for number in ROUNDS:
        login = f"anna{number}@example.ru"
        mine = registered(world, login, HERE)
        world.clock.move(minutes=2)
        form = {"login": login, "password": "пароль злодея 77", "consent": "on"}
        theirs = registration.Register.parse(form, pass_for(world, THERE, registration.PURPOSE))
        entered, _ = at_once(
            by_code(world, HERE, mine),
            lambda theirs=theirs: registration.register(world.deps, Actor.anonymous(THERE), theirs),
        )
        assert isinstance(entered, Entered)
        letter = last_text(world, login)
        if "token=" in letter:
            assert at_once(by_link(world, HERE, letter)) == [LinkSuperseded]


def test_of_whoever_takes_a_login_and_whoever_proves_to_have_it_one_is_told_so(world: World) -> None:
    anna = subscriber(world)
    for number in ROUNDS:
        login = f"boris{number}@example.ru"
        login_change.ask_login(world.deps, anna, ChangeLogin.parse({"login": login}))
        code = code_in(last_text(world, login))
        letter = registered(world, login, THERE)
        taken, entered = at_once(
            lambda code=code: login_change.confirm_login(world.deps, anna, code),
            by_code(world, THERE, letter),
        )
        outcomes = (taken, entered if entered is CodeSuperseded else type(entered))
        assert outcomes in {(login, CodeSuperseded), (LoginTaken, Entered)}
