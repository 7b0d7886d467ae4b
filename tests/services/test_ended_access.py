"""What somebody else has begun before the owner puts an end to it: nothing of it leads in afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from cabinet.domain.codes import CodeSuperseded, ConfirmationGone
from cabinet.domain.errors import SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import SecondFactor, SecondStepGone
from cabinet.ports import PasswordHasher
from cabinet.services import (
    confirmations,
    deletion,
    login_change,
    password_change,
    password_reset,
    second_factors,
    sessions,
    sign_in,
)
from cabinet.services.reauthentication import PasswordWrong
from tests.databases import somebody_waits
from tests.factories import PASSWORD, code_in, enter, last_text, pass_for, subscriber
from tests.fakes import VISITOR, World
from tests.processes import poll
from tests.services.second_steps import ELSEWHERE, enrol, knock

OLD, NEW = "anna@example.ru", "anna.new@example.ru"
PHRASE = "совсем другая фраза"


def change_password(world: World, anna: Actor) -> None:
    command = password_change.ChangePassword.parse({"current": PASSWORD, "password": PHRASE})
    password_change.change_password(world.deps, anna, command)


def reset_password(world: World, anna: Actor) -> None:
    actor = Actor.anonymous(anna.visitor)
    human = pass_for(world, anna.visitor, password_reset.PURPOSE)
    password_reset.ask_reset(world.deps, actor, password_reset.AskReset.parse({"login": OLD}, human))
    password_reset.set_password(world.deps, actor, code_in(last_text(world, OLD)), PHRASE)


def change_login(world: World, anna: Actor) -> None:
    login_change.ask_login(world.deps, anna, login_change.ChangeLogin.parse({"login": NEW}))
    login_change.confirm_login(world.deps, anna, code_in(last_text(world, NEW)))


def sign_out_others(world: World, anna: Actor) -> None:
    sessions.revoke_other_sessions(world.deps, anna)


def ask_deletion(world: World, anna: Actor) -> None:
    deletion.ask_deletion(world.deps, anna)


ENDS = (change_password, reset_password, change_login, sign_out_others, ask_deletion)
End = Callable[[World, Actor], None]
ends = pytest.mark.parametrize("end", ENDS, ids=[x.__name__ for x in ENDS])


@ends
def test_a_ticket_opens_nothing(world: World, end: End) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=2)
    with world.deps.transaction() as tx:
        user = tx.users.get(anna.user)
        ticket = sessions.issue_ticket(world.deps, tx, user, ELSEWHERE, remember=True)
    end(world, anna)
    assert sessions.open_session(world.deps, Actor.anonymous(ELSEWHERE), ticket) is None


@ends
def test_a_second_step_is_waited_for_no_more(world: World, end: End) -> None:
    anna = subscriber(world)
    enrol(world, anna)
    assert knock(world).second_step
    world.clock.move(minutes=2)
    end(world, anna)
    with pytest.raises(SecondStepGone):
        second_factors.get_second_step(world.deps, Actor.anonymous(ELSEWHERE))


@ends
def test_a_code_that_was_sent_is_superseded_and_not_sent_again(world: World, end: End) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=2)
    assert not knock(world).ticket
    code = code_in(last_text(world, OLD))
    world.clock.move(minutes=2)
    end(world, anna)
    there = Actor.anonymous(ELSEWHERE)
    with pytest.raises(CodeSuperseded):
        confirmations.confirm_code(world.deps, there, code)
    world.clock.move(minutes=2)
    with pytest.raises(ConfirmationGone):
        confirmations.resend_code(world.deps, there)


@ends
def test_a_browser_that_was_known_is_asked_for_more_than_the_password(world: World, end: End) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=2)
    knock(world)
    there = Actor.anonymous(ELSEWHERE)
    enter(
        world, confirmations.confirm_code(world.deps, there, code_in(last_text(world, OLD))).ticket, ELSEWHERE
    )
    world.clock.move(minutes=2)
    end(world, anna)
    with world.deps.snapshot() as tx:
        assert not tx.sessions.is_known_device(anna.user, ELSEWHERE.device)
        assert tx.sessions.is_known_device(anna.user, VISITOR.device)


def test_a_browser_where_a_code_was_used_gets_no_other_one_without_the_password(world: World) -> None:
    subscriber(world)
    world.clock.move(days=1)
    with pytest.raises(ConfirmationGone):
        confirmations.resend_code(world.deps, Actor.anonymous(VISITOR))


def test_what_is_a_day_old_is_begun_anew(world: World) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    knock(world)
    world.clock.move(hours=24, seconds=1)
    with pytest.raises(ConfirmationGone):
        confirmations.resend_code(world.deps, Actor.anonymous(ELSEWHERE))


@dataclass
class SlowPasswords:
    """Something happens while a password is being checked."""

    inner: PasswordHasher
    meanwhile: Callable[[], None]

    def hash(self, password: str) -> str:
        return self.inner.hash(password)

    def verify(self, password: str, stored: str) -> bool:
        right = self.inner.verify(password, stored)
        self.meanwhile()
        return right

    def hash_plain(self, secret: str) -> str:
        return self.inner.hash_plain(secret)

    def verify_plain(self, secret: str, stored: str) -> bool:
        return self.inner.verify_plain(secret, stored)

    def is_outdated(self, stored: str) -> bool:
        return self.inner.is_outdated(stored)


def test_a_password_that_is_changed_while_it_is_checked_is_wrong(world: World) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=2)
    slow = SlowPasswords(world.deps.passwords, lambda: change_password(world, anna))
    command = sign_in.SignIn.parse({"login": OLD, "password": PASSWORD})
    for visitor in (ELSEWHERE, VISITOR):
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(replace(world.deps, passwords=slow), Actor.anonymous(visitor), command)
        slow.meanwhile = lambda: None


def test_whoever_is_blocked_while_the_password_is_checked_gets_no_ticket(world: World) -> None:
    anna = subscriber(world)

    def block() -> None:
        with world.deps.transaction() as tx:
            tx.users.get(anna.user).blocked_at = world.clock.now()

    slow = SlowPasswords(world.deps.passwords, block)
    command = sign_in.SignIn.parse({"login": OLD, "password": PASSWORD})
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(replace(world.deps, passwords=slow), Actor.anonymous(VISITOR), command)


def test_one_session_that_is_ended_takes_its_browsers_tickets_along(world: World) -> None:
    anna = subscriber(world)
    there = Visitor("the-thiefs", "192.0.2.66", "test browser")
    with world.deps.transaction() as tx:
        user = tx.users.get(anna.user)
        first = sessions.issue_ticket(world.deps, tx, user, there, remember=True)
        second = sessions.issue_ticket(world.deps, tx, user, there, remember=True)
    thief, _ = enter(world, first, there)
    sessions.revoke_session(world.deps, anna, thief.session_id or 0)
    assert sessions.open_session(world.deps, Actor.anonymous(there), second) is None


@ends
def test_a_session_that_is_ended_while_its_password_is_checked_sets_no_new_one(
    world: World, end: End
) -> None:
    anna = subscriber(world)
    world.clock.move(minutes=2)
    thief = Actor.subscriber(
        VISITOR, anna.user, enter(world, knock(world, VISITOR).ticket)[0].session_id or 0
    )
    slow = SlowPasswords(world.deps.passwords, lambda: end(world, anna))
    command = password_change.ChangePassword.parse(
        {"current": PASSWORD, "password": "фраза вора из шести слов"}
    )
    with pytest.raises(SignInNeeded):
        password_change.change_password(replace(world.deps, passwords=slow), thief, command)
    with world.deps.snapshot() as tx:
        kept = tx.users.get(anna.user).password_hash
    assert not world.deps.passwords.verify("фраза вора из шести слов", kept)


def test_a_password_that_is_changed_meanwhile_is_the_current_one_no_more(world: World) -> None:
    anna = subscriber(world)
    slow = SlowPasswords(world.deps.passwords, lambda: change_password(world, anna))
    command = password_change.ChangePassword.parse({"current": PASSWORD, "password": "третья фраза подряд"})
    with pytest.raises(PasswordWrong):
        password_change.change_password(replace(world.deps, passwords=slow), anna, command)


def test_a_second_step_that_ends_at_the_very_moment_opens_nothing(world: World) -> None:
    anna = subscriber(world)
    enrol(world, anna)
    knock(world)
    elsewhere = Actor.anonymous(ELSEWHERE)
    pending = second_factors.reserve_try(world.deps, elsewhere)
    with ThreadPoolExecutor(1) as pool:
        with world.deps.transaction() as tx:
            kind = SecondFactor.TOTP
            ticket = second_factors.finish_second_step(world.deps, tx, elsewhere, pending, kind)
            ending = pool.submit(sessions.revoke_other_sessions, world.deps, anna)
            poll(
                lambda: ending.done() or somebody_waits(world.engine), 30, "the end waits for the second step"
            )
        ending.result()
    assert sessions.open_session(world.deps, elsewhere, ticket) is None


def test_a_right_password_at_the_very_moment_opens_nothing(world: World) -> None:
    anna = subscriber(world)
    with ThreadPoolExecutor(1) as pool:
        with world.deps.transaction() as tx:
            user = tx.users.get(anna.user, lock=True)
            ticket = sessions.issue_ticket(world.deps, tx, user, VISITOR, remember=False)
            ending = pool.submit(sessions.revoke_other_sessions, world.deps, anna)
            poll(lambda: ending.done() or somebody_waits(world.engine), 30, "the end waits for the sign-in")
        ending.result()
    assert sessions.open_session(world.deps, Actor.anonymous(VISITOR), ticket) is None
