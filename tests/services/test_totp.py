from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from cabinet.adapters.seal_aesgcm import AesGcmSeal
from cabinet.domain.errors import CabinetError, ReauthenticationNeeded, SignInNeeded, TooMany
from cabinet.domain.permissions import Actor
from cabinet.domain.second_factors import SecondFactorGone, SecondStepGone, SecondStepWrong, TotpWrong
from cabinet.services import second_factors, security_events, sign_in, totp
from tests.factories import enter, last_text, subscriber
from tests.fakes import VISITOR, World
from tests.services.second_steps import ELSEWHERE, code_of, enrol, knock, secret_of

MAIL = "anna@example.ru"
STRANGER = Actor.anonymous(ELSEWHERE)


def test_an_app_is_told_its_secret_and_is_on_after_its_first_code(world: World) -> None:
    here = subscriber(world)
    row = totp.begin_totp(world.deps, here)
    assert totp.begin_totp(world.deps, here) == row
    assert row.link.startswith("otpauth://totp/")
    assert (row.side, row.path[:1]) >= (29, "M")
    assert not second_factors.get_second_factors(world.deps, here).totp_on
    codes = totp.confirm_totp(world.deps, here, code_of(world, secret_of(row)))
    assert len(set(codes)) == 10
    shown = second_factors.get_second_factors(world.deps, here)
    assert (shown.totp_on, shown.recovery_left) == ("20\u00a0ноября 2026", 10)
    assert "Вход с подтверждением включён" in last_text(world, MAIL)
    assert security_events.list_security_events(world.deps, here)[0].what == "Вход с подтверждением включён"


def test_an_unknown_browser_is_asked_for_the_apps_code_and_no_code_is_sent(world: World) -> None:
    here = subscriber(world)
    secret, _ = enrol(world, here)
    last_text(world, MAIL)
    letters = len(world.mail.letters)
    outcome = knock(world)
    assert (outcome.ticket, outcome.second_step) == ("", True)
    assert second_factors.get_second_step(world.deps, STRANGER) == second_factors.SecondStepRow(
        totp=True, recovery=True
    )
    ticket = totp.sign_in_by_totp(
        world.deps, STRANGER, f" {code_of(world, secret)[:3]} {code_of(world, secret)[3:]}"
    )
    there, cookie = enter(world, ticket, ELSEWHERE)
    assert (there.user_id, bool(cookie)) == (here.user_id, True)
    assert last_text(world, MAIL)
    assert len(world.mail.letters) == letters
    with pytest.raises(SecondStepGone):
        second_factors.get_second_step(world.deps, STRANGER)


def test_a_known_browser_is_not_asked(world: World) -> None:
    enrol(world, subscriber(world))
    assert knock(world, VISITOR).ticket


def test_whoever_must_is_asked_in_a_known_browser_too_and_without_a_factor_for_a_sent_code(
    world: World,
) -> None:
    here = subscriber(world)
    with world.deps.transaction() as tx:
        tx.users.get(here.user).second_step_always = True
    assert second_factors.get_second_factors(world.deps, here).required
    world.clock.move(minutes=2)
    assert knock(world, VISITOR) == sign_in.SignInOutcome("", second_step=False)
    secret, _ = enrol(world, here_again(world, here))
    assert knock(world, VISITOR).second_step
    assert totp.sign_in_by_totp(world.deps, Actor.anonymous(VISITOR), code_of(world, secret))


def here_again(world: World, actor: Actor) -> Actor:
    """The same session, just confirmed."""
    with world.deps.transaction() as tx:
        tx.sessions.authenticate(actor, world.clock.now())
    return actor


def test_each_code_is_accepted_once_and_those_before_it_never(world: World) -> None:
    secret, _ = enrol(world, subscriber(world))
    knock(world)
    code = code_of(world, secret)
    before = code_of(world, secret, -1)
    assert totp.sign_in_by_totp(world.deps, STRANGER, code)
    for used in (code, before):
        knock(world)
        with pytest.raises(SecondStepWrong):
            totp.sign_in_by_totp(world.deps, STRANGER, used)
    world.clock.move(seconds=30)
    assert totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))


def test_the_code_that_turned_it_on_does_not_sign_in(world: World) -> None:
    here = subscriber(world)
    secret = secret_of(totp.begin_totp(world.deps, here))
    code = code_of(world, secret)
    totp.confirm_totp(world.deps, here, code)
    knock(world)
    with pytest.raises(SecondStepWrong):
        totp.sign_in_by_totp(world.deps, STRANGER, code)


def test_one_code_in_many_threads_gives_one_ticket(world: World) -> None:
    secret, _ = enrol(world, subscriber(world))
    knock(world)
    code = code_of(world, secret)

    def one(_: int) -> str:
        try:
            return totp.sign_in_by_totp(world.deps, STRANGER, code)
        except CabinetError:
            return ""

    with ThreadPoolExecutor(5) as pool:
        tickets = list(pool.map(one, range(5)))
    assert len([x for x in tickets if x]) == 1


def test_many_wrong_ones_at_once_are_five_tries_and_the_owner_is_told_once(world: World) -> None:
    secret, _ = enrol(world, subscriber(world))
    knock(world)
    wrong = code_of(world, secret, 7)

    def one(_: int) -> str:
        try:
            return totp.sign_in_by_totp(world.deps, STRANGER, wrong)
        except CabinetError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(one, range(12)))
    assert told.count("second_step.wrong") == 5
    assert set(told) == {"second_step.wrong", "second_step.gone"}
    with pytest.raises(SecondStepGone):
        totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))
    last_text(world, MAIL)
    assert [x.subject for x in world.mail.to(MAIL)].count("Кто-то знает ваш пароль") == 1


def test_who_has_the_password_guesses_ten_times_an_hour_and_the_owners_browser_is_not_locked(
    world: World,
) -> None:
    here = subscriber(world)
    with world.deps.transaction() as tx:
        tx.users.get(here.user).second_step_always = True
    secret, _ = enrol(world, here)
    told = []
    for _ in range(3):
        knock(world)
        for _ in range(4):
            with pytest.raises((SecondStepWrong, TooMany)) as caught:
                totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret, 7))
            told.append(type(caught.value))
    assert (told.count(SecondStepWrong), told.count(TooMany)) == (10, 2)
    knock(world, VISITOR)
    assert totp.sign_in_by_totp(world.deps, Actor.anonymous(VISITOR), code_of(world, secret))


def test_right_ones_are_not_counted(world: World) -> None:
    secret, _ = enrol(world, subscriber(world))
    for number in range(12):
        knock(world)
        with pytest.raises(SecondStepWrong):
            totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret, 9))
        world.clock.move(seconds=30)
        assert totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret)), number


def test_the_second_step_is_this_browsers_alone_and_waits_ten_minutes(world: World) -> None:
    secret, _ = enrol(world, subscriber(world))
    knock(world)
    for other in (VISITOR, replace(ELSEWHERE, device="")):
        with pytest.raises(SecondStepGone):
            totp.sign_in_by_totp(world.deps, Actor.anonymous(other), code_of(world, secret))
    world.clock.move(minutes=10)
    with pytest.raises(SecondStepGone):
        totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))


def test_a_blocked_person_does_not_get_through_the_second_step(world: World) -> None:
    here = subscriber(world)
    secret, _ = enrol(world, here)
    knock(world)
    pending = second_factors.reserve_try(world.deps, STRANGER)
    with world.deps.transaction() as tx:
        tx.users.get(here.user).blocked_at = world.clock.now()
    with pytest.raises(SecondStepGone):
        totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))
    with pytest.raises(SecondStepGone), world.deps.transaction() as tx:
        second_factors.finish_second_step(world.deps, tx, STRANGER, pending, second_factors.SecondFactor.TOTP)


def test_a_wrong_first_code_turns_nothing_on_and_ten_are_enough(world: World) -> None:
    here = subscriber(world)
    with pytest.raises(SecondFactorGone):
        totp.confirm_totp(world.deps, here, "123456")
    secret = secret_of(totp.begin_totp(world.deps, here))
    for _ in range(9):
        with pytest.raises(TotpWrong):
            totp.confirm_totp(world.deps, here, code_of(world, secret, 7))
    with pytest.raises(TooMany):
        totp.confirm_totp(world.deps, here, code_of(world, secret))
    assert not second_factors.get_second_factors(world.deps, here).totp_on
    assert knock(world, VISITOR).ticket


def test_two_tabs_turn_it_on_once(world: World) -> None:
    here = subscriber(world)
    secret = secret_of(totp.begin_totp(world.deps, here))

    def one(_: int) -> int:
        try:
            return len(totp.confirm_totp(world.deps, here, code_of(world, secret)))
        except SecondFactorGone:
            return -1

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [-1, -1, -1, 10]
    with pytest.raises(SecondFactorGone):
        totp.begin_totp(world.deps, here)


def test_an_old_secret_that_was_never_confirmed_is_made_anew(world: World) -> None:
    here = subscriber(world)
    first = totp.begin_totp(world.deps, here).secret
    world.clock.move(hours=1)
    assert totp.begin_totp(world.deps, here_again(world, here)).secret != first


def test_turning_it_off_forgets_the_codes_too_and_the_owner_is_told(world: World) -> None:
    here = subscriber(world)
    enrol(world, here)
    totp.turn_off_totp(world.deps, here)
    assert second_factors.get_second_factors(world.deps, here) == second_factors.SecondFactorsRow()
    assert "Вход с подтверждением выключен" in last_text(world, MAIL)
    world.clock.move(minutes=2)
    outcome = knock(world)
    assert (outcome.ticket, outcome.second_step) == ("", False)
    with pytest.raises(SecondFactorGone):
        totp.turn_off_totp(world.deps, here)


def test_a_second_step_that_waits_ends_with_the_factor(world: World) -> None:
    here = subscriber(world)
    secret, _ = enrol(world, here)
    knock(world)
    totp.turn_off_totp(world.deps, here)
    with pytest.raises(SecondStepWrong):
        totp.sign_in_by_totp(world.deps, STRANGER, code_of(world, secret))


def test_an_old_session_changes_nothing_of_it(world: World) -> None:
    here = subscriber(world)
    secret = secret_of(totp.begin_totp(world.deps, here))
    world.clock.move(minutes=11)
    for change in (
        lambda: totp.begin_totp(world.deps, here),
        lambda: totp.confirm_totp(world.deps, here, code_of(world, secret)),
        lambda: totp.turn_off_totp(world.deps, here),
    ):
        with pytest.raises(ReauthenticationNeeded):
            change()


def test_a_visitor_has_none(world: World) -> None:
    for ask in (totp.begin_totp, totp.turn_off_totp, second_factors.get_second_factors):
        with pytest.raises(SignInNeeded):
            ask(world.deps, STRANGER)
    with pytest.raises(SignInNeeded):
        totp.confirm_totp(world.deps, STRANGER, "123456")


def test_the_database_alone_gives_no_secret_and_another_key_opens_nothing(world: World) -> None:
    here = subscriber(world)
    secret, recovery = enrol(world, here)
    with world.engine.connect() as connection:
        rows = [
            str(tuple(bytes(x) if isinstance(x, memoryview) else x for x in row))
            for table in ("totp_secrets", "recovery_codes")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - our own names
        ]
    assert len(rows) == 11
    shown = " ".join(rows)
    assert str(secret) not in shown
    assert not any(x in shown or x.replace("-", "") in shown for x in recovery)
    knock(world)
    moved = replace(world.deps, seal=AesGcmSeal(bytes(32)))
    with pytest.raises(SecondStepWrong):
        totp.sign_in_by_totp(moved, STRANGER, code_of(world, secret))


def test_a_pending_secret_under_another_key_is_made_anew(world: World) -> None:
    here = subscriber(world)
    first = totp.begin_totp(world.deps, here).secret
    moved = replace(world.deps, seal=AesGcmSeal(bytes(32)))
    with pytest.raises(SecondFactorGone):
        totp.confirm_totp(moved, here, "123456")
    assert totp.begin_totp(moved, here).secret != first


def test_what_waited_too_long_is_forgotten(world: World) -> None:
    enrol(world, subscriber(world))
    knock(world)
    world.clock.at += timedelta(minutes=11)
    knock(world, replace(ELSEWHERE, device="a-third-device"))
    with world.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pending_sign_ins")).scalar() == 1
