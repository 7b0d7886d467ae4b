"""What whoever guesses at the entrance must not gain, and must not learn."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from cabinet.domain import limits
from cabinet.domain.codes import (
    CodeExhausted,
    CodeExpired,
    CodeSuperseded,
    CodeUsed,
    CodeWrong,
    ConfirmationGone,
)
from cabinet.domain.errors import InputError, TooMany
from cabinet.domain.human_check import HumanCheckNeeded
from cabinet.domain.passwords import PasswordLikeLogin
from cabinet.domain.permissions import Actor, Visitor
from cabinet.ports import PasswordHasher
from cabinet.services import password_reset, registration, sessions, sign_in
from tests.factories import code_in, enter, last_text, pass_for, subscriber
from tests.fakes import VISITOR, World

MAIL, NOBODY = "anna@example.ru", "nobody@example.ru"
ANNA = Actor.anonymous(VISITOR)
NEW = "совсем другая фраза"
MALLORY = Visitor("device-of-mallory", "198.51.100.9", "test browser")


def wrong(login: str) -> sign_in.SignIn:
    return sign_in.SignIn.parse({"login": login, "password": "не тот пароль"})


def ask(world: World, login: str, visitor: Visitor = VISITOR) -> None:
    command = password_reset.AskReset.parse({"login": login}, pass_for(world, visitor, "reset"))
    password_reset.ask_reset(world.deps, Actor.anonymous(visitor), command)


def answers(world: World, login: str, minutes_later: float = 0) -> list[tuple[str, object]]:
    """What six wrong codes after asking for this login are told."""
    ask(world, login)
    world.clock.move(minutes=minutes_later)
    told: list[tuple[str, object]] = []
    for _ in range(6):
        with pytest.raises(InputError) as caught:
            password_reset.set_password(world.deps, ANNA, "000000", NEW)
        told.append((caught.value.code, caught.value.facts.get("left")))
    return told


def test_ones_own_sign_in_does_not_pay_for_guesses_at_others(world: World) -> None:
    subscriber(world, "mallory@example.ru", MALLORY)
    mallory = Actor.anonymous(MALLORY)
    own = sign_in.SignIn.parse({"login": "mallory@example.ru", "password": "мама мыла синюю раму"})
    for number in range(limits.SIGN_IN_ADDRESS.most):
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(world.deps, mallory, wrong(f"victim{number}@example.ru"))
        assert sign_in.sign_in(world.deps, mallory, own).ticket
    with pytest.raises(TooMany):
        sign_in.sign_in(world.deps, mallory, wrong("one-more@example.ru"))


@pytest.mark.parametrize("minutes", [0, 11])
def test_wrong_codes_tell_nothing_of_whether_the_login_is_anybodys(world: World, minutes: int) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    known = answers(world, MAIL, minutes)
    world.clock.move(hours=2)
    assert answers(world, NOBODY, minutes) == known
    assert known[-1][0] == (CodeExpired.code if minutes else CodeExhausted.code)


def test_an_unconfirmed_or_blocked_login_is_as_unknown_as_nobodys(world: World) -> None:
    actor = subscriber(world)
    with world.deps.transaction() as tx:
        tx.users.get(actor.user).blocked_at = world.clock.now()
    world.clock.move(minutes=2)
    letters = len(world.mail.letters)
    told = answers(world, MAIL)
    assert [left for _, left in told] == [4, 3, 2, 1, 0, None]
    last_text(world, MAIL)
    assert len(world.mail.letters) == letters


def test_a_new_password_may_not_be_the_login_and_the_code_is_kept(world: World) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    ask(world, MAIL)
    code = code_in(last_text(world, MAIL))
    with pytest.raises(PasswordLikeLogin):
        password_reset.set_password(world.deps, ANNA, code, MAIL)
    assert password_reset.set_password(world.deps, ANNA, code, NEW).ticket


def test_a_ticket_from_before_a_new_password_opens_nothing(world: World) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    ask(world, MAIL)
    code = code_in(last_text(world, MAIL))
    right = sign_in.SignIn.parse({"login": MAIL, "password": "мама мыла синюю раму"})
    early = sign_in.sign_in(world.deps, ANNA, right).ticket
    late = password_reset.set_password(world.deps, ANNA, code, NEW).ticket
    assert sessions.open_session(world.deps, ANNA, early) is None
    assert enter(world, late)[0].user_id


@dataclass
class CountingPasswords:
    """Counts what costs a third of a second of a processor."""

    inner: PasswordHasher
    calls: int = 0

    def hash(self, password: str) -> str:
        self.calls += 1
        return self.inner.hash(password)

    def verify(self, password: str, stored: str) -> bool:
        self.calls += 1
        return self.inner.verify(password, stored)

    def verify_plain(self, secret: str, stored: str) -> bool:
        self.calls += 1
        return self.inner.verify_plain(secret, stored)

    def is_outdated(self, stored: str) -> bool:
        return self.inner.is_outdated(stored)


@dataclass
class SlowHash(CountingPasswords):
    """Something happens while a new password is being hashed."""

    meanwhile: Callable[[], object] = lambda: None

    def hash(self, password: str) -> str:
        self.meanwhile()
        return self.inner.hash(password)


def test_nobody_can_make_the_portal_hash_without_end(world: World) -> None:
    """Nothing is hashed before a code or the human check is right."""
    subscriber(world)
    counting = CountingPasswords(world.deps.passwords)
    deps = replace(world.deps, passwords=counting)
    mallory = Actor.anonymous(MALLORY)
    with pytest.raises(ConfirmationGone):
        password_reset.set_password(deps, mallory, "000000", NEW)
    for login in (MAIL, NOBODY):
        world.clock.move(minutes=2)
        ask(world, login, MALLORY)
        for _ in range(6):
            with pytest.raises((CodeWrong, CodeExhausted)):
                password_reset.set_password(deps, mallory, "000000", NEW)
    form = {"login": NOBODY, "password": NEW, "consent": "on"}
    reset_pass = pass_for(world, MALLORY, "reset")
    for human_pass in ("made up", reset_pass, pass_for(world, VISITOR, "register")):
        with pytest.raises(HumanCheckNeeded):
            registration.register(deps, mallory, registration.Register.parse(form, human_pass))
    assert counting.calls == 0


def test_a_code_that_is_used_while_the_password_is_hashed_sets_one_password(world: World) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    ask(world, MAIL)
    code = code_in(last_text(world, MAIL))
    slow = SlowHash(
        world.deps.passwords, meanwhile=lambda: password_reset.set_password(world.deps, ANNA, code, NEW)
    )
    with pytest.raises(CodeUsed):
        password_reset.set_password(replace(world.deps, passwords=slow), ANNA, code, "ещё одна фраза")
    right = sign_in.SignIn.parse({"login": MAIL, "password": NEW})
    assert sign_in.sign_in(world.deps, ANNA, right).ticket


def test_the_page_of_a_new_password_comes_back_the_same_for_a_known_and_an_unknown_login(
    world: World,
) -> None:
    subscriber(world)
    mallory, rows = Actor.anonymous(MALLORY), []
    with pytest.raises(ConfirmationGone):
        password_reset.get_awaited(world.deps, mallory)
    for login in (MAIL, "anybody@example.ru"):
        world.clock.move(minutes=2)
        ask(world, login, MALLORY)
        asked = password_reset.get_awaited(world.deps, mallory)
        with pytest.raises(TooMany):
            password_reset.resend_code(world.deps, mallory)
        world.clock.move(minutes=11)
        late = password_reset.get_awaited(world.deps, mallory)
        again = password_reset.resend_code(world.deps, mallory)
        world.clock.move(days=1)
        with pytest.raises(ConfirmationGone):
            password_reset.resend_code(world.deps, mallory)
        rows.append((asked, late, again))
    assert rows[0] == rows[1]
    assert [x.resend_in for x in rows[0]] == [60, 0, 60]


def test_a_code_that_was_sent_again_sets_the_password_and_then_nothing_is_awaited(world: World) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    ask(world, MAIL)
    former = code_in(last_text(world, MAIL))
    world.clock.move(minutes=2)
    password_reset.resend_code(world.deps, ANNA)
    with pytest.raises(CodeSuperseded):
        password_reset.set_password(world.deps, ANNA, former, NEW)
    assert password_reset.set_password(world.deps, ANNA, code_in(last_text(world, MAIL)), NEW).ticket
    with pytest.raises(ConfirmationGone):
        password_reset.get_awaited(world.deps, ANNA)


def test_a_known_and_an_unknown_login_cost_the_same_hashes(world: World) -> None:
    subscriber(world)
    costs = []
    for login in (MAIL, NOBODY):
        counting = CountingPasswords(world.deps.passwords)
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(replace(world.deps, passwords=counting), Actor.anonymous(MALLORY), wrong(login))
        costs.append(counting.calls)
    assert costs == [1, 1]


def test_all_addresses_of_one_home_guess_no_more_than_one(world: World) -> None:
    told = set()
    for number in range(limits.SIGN_IN_ADDRESS.most + 1):
        one = Actor.anonymous(Visitor(f"device-{number}", f"2001:db8:1:2::{number:x}", "test browser"))
        with pytest.raises((sign_in.SignInWrong, HumanCheckNeeded, TooMany)) as caught:
            sign_in.sign_in(world.deps, one, wrong(f"victim{number}@example.ru"))
        told.add(type(caught.value))
    assert HumanCheckNeeded in told
    neighbour = Actor.anonymous(Visitor("device-of-a-neighbour", "2001:db8:1:3::1", "test browser"))
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(world.deps, neighbour, wrong("one-more@example.ru"))
