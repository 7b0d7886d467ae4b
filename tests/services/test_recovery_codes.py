from concurrent.futures import ThreadPoolExecutor

import pytest

from cabinet.domain.errors import CabinetError, ReauthenticationNeeded, SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import RecoveryCodeWrong, SecondFactorGone, SecondStepGone
from cabinet.services import (
    confirmations,
    password_change,
    password_reset,
    recovery_codes,
    second_factors,
    sessions,
    totp,
)
from cabinet.services.password_change import ChangePassword
from tests.factories import PASSWORD, code_in, enter, last_text, pass_for, subscriber
from tests.fakes import VISITOR, World
from tests.services.second_steps import ELSEWHERE, code_of, enrol, knock

MAIL, NEW = "anna@example.ru", "совсем другая фраза"
STRANGER = Actor.anonymous(ELSEWHERE)
BORIS = Visitor("device-of-boris", "192.0.2.2")


def test_a_code_signs_in_once_and_the_owner_is_told_how_many_are_left(world: World) -> None:
    here = subscriber(world)
    _, codes = enrol(world, here)
    knock(world)
    ticket = recovery_codes.sign_in_by_recovery_code(world.deps, STRANGER, codes[3].lower().replace("-", " "))
    assert enter(world, ticket, ELSEWHERE)[0].user_id == here.user_id
    assert "Осталось кодов: 9" in last_text(world, MAIL)
    again = Actor.anonymous(Visitor("a-third-device", "192.0.2.8"))
    knock(world, again.visitor)
    with pytest.raises(RecoveryCodeWrong):
        recovery_codes.sign_in_by_recovery_code(world.deps, again, codes[3])
    assert recovery_codes.sign_in_by_recovery_code(world.deps, again, codes[4])


def test_one_code_from_many_browsers_at_once_signs_one_in(world: World) -> None:
    _, codes = enrol(world, subscriber(world))
    browsers = [Visitor(f"browser-{number}", f"198.51.100.{number}") for number in range(5)]
    for browser in browsers:
        knock(world, browser)

    def one(visitor: Visitor) -> str:
        try:
            return recovery_codes.sign_in_by_recovery_code(world.deps, Actor.anonymous(visitor), codes[0])
        except CabinetError:
            return ""

    with ThreadPoolExecutor(5) as pool:
        assert len([x for x in pool.map(one, browsers) if x]) == 1


def test_a_short_code_that_was_given_before_still_signs_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = iter([f"ACEKM-HPCX{x}" for x in "234679ACDE"])
    monkeypatch.setattr(recovery_codes, "new_recovery_code", lambda: next(former))
    _, codes = enrol(world, subscriber(world))
    knock(world)
    assert recovery_codes.sign_in_by_recovery_code(world.deps, STRANGER, "acekm hpcx2")
    assert codes[0] == "ACEKM-HPCX2"


def test_another_persons_code_is_nobodys(world: World) -> None:
    enrol(world, subscriber(world))
    _, theirs = enrol(world, subscriber(world, "boris@example.ru", BORIS))
    knock(world)
    with pytest.raises(RecoveryCodeWrong) as caught:
        recovery_codes.sign_in_by_recovery_code(world.deps, STRANGER, theirs[0])
    assert caught.value.facts == {"left": 4}


def test_new_codes_end_the_former(world: World) -> None:
    here = subscriber(world)
    _, former = enrol(world, here)
    fresh = recovery_codes.renew_codes(world.deps, here)
    assert not set(fresh) & set(former)
    assert "Новые запасные коды" in last_text(world, MAIL)
    knock(world)
    with pytest.raises(RecoveryCodeWrong):
        recovery_codes.sign_in_by_recovery_code(world.deps, STRANGER, former[0])
    assert recovery_codes.sign_in_by_recovery_code(world.deps, STRANGER, fresh[0])


def test_without_a_second_factor_there_are_none_and_old_sessions_get_none(world: World) -> None:
    here = subscriber(world)
    with pytest.raises(SecondFactorGone):
        recovery_codes.renew_codes(world.deps, here)
    enrol(world, here)
    world.clock.move(minutes=11)
    with pytest.raises(ReauthenticationNeeded):
        recovery_codes.renew_codes(world.deps, here)
    with pytest.raises(SignInNeeded):
        recovery_codes.renew_codes(world.deps, STRANGER)


def test_an_app_enrolled_beside_another_factor_keeps_the_codes(world: World) -> None:
    here = subscriber(world)
    _, codes = enrol(world, here)
    with world.deps.transaction() as tx:
        assert recovery_codes.ensure_codes(world.deps, tx, here) == []
        recovery_codes.drop_codes_without_factor(tx, here)
    knock(world)
    assert recovery_codes.sign_in_by_recovery_code(world.deps, STRANGER, codes[0])


def test_with_no_code_left_the_page_offers_none(world: World) -> None:
    _, codes = enrol(world, subscriber(world))
    for number, code in enumerate(codes):
        visitor = Visitor(f"browser-{number}", f"198.51.100.{number}")
        knock(world, visitor)
        assert recovery_codes.sign_in_by_recovery_code(world.deps, Actor.anonymous(visitor), code)
    knock(world)
    row = second_factors.get_second_step(world.deps, STRANGER)
    assert (row.totp, row.recovery, row.passkey) == (True, False, False)


def ask_reset(world: World, visitor: Visitor) -> str:
    """The code of a new password, sent to the login."""
    world.clock.move(minutes=2)
    command = password_reset.AskReset.parse({"login": MAIL}, pass_for(world, visitor, "reset"))
    password_reset.ask_reset(world.deps, Actor.anonymous(visitor), command)
    return code_in(last_text(world, MAIL))


def test_the_mailbox_alone_opens_no_cabinet_with_a_second_factor(world: World) -> None:
    here = subscriber(world)
    secret, _ = enrol(world, here)
    entered = password_reset.set_password(world.deps, STRANGER, ask_reset(world, ELSEWHERE), NEW)
    assert (entered.ticket, entered.second_step) == ("", True)
    assert totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))


def test_a_new_password_by_code_in_a_known_browser_enters(world: World) -> None:
    enrol(world, subscriber(world))
    entered = password_reset.set_password(
        world.deps, Actor.anonymous(VISITOR), ask_reset(world, VISITOR), NEW
    )
    assert enter(world, entered.ticket)[0].user_id
    assert not entered.second_step


def test_a_new_password_ends_second_steps_of_the_former(world: World) -> None:
    here = subscriber(world)
    secret, _ = enrol(world, here)
    knock(world)
    command = ChangePassword.parse({"current": PASSWORD, "password": NEW})
    password_change.change_password(world.deps, here, command)
    with pytest.raises(SecondStepGone):
        totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))


def test_a_code_that_was_sent_before_the_factor_was_turned_on_is_not_enough(world: World) -> None:
    here = subscriber(world)
    world.clock.move(minutes=2)
    assert not knock(world).second_step
    code = code_in(last_text(world, MAIL))
    secret, _ = enrol(world, here)
    entered = confirmations.confirm_code(world.deps, STRANGER, code)
    assert (entered.ticket, entered.second_step) == ("", True)
    ticket = totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))
    opened = sessions.open_session(world.deps, STRANGER, ticket)
    assert opened
    assert opened.keep
