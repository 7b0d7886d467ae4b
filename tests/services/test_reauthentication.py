import pytest

from cabinet.domain import limits
from cabinet.domain.errors import ReauthenticationNeeded, SignInNeeded, TooMany
from cabinet.domain.forms import FieldMissing, Several
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import TotpWrong
from cabinet.services import password_change, reauthentication, second_factors, security_events, sessions
from cabinet.services.password_change import ChangePassword
from cabinet.services.reauthentication import PasswordWrong, Reauthenticate
from tests.factories import PASSWORD, enter, last_text, subscriber
from tests.fakes import VISITOR, World
from tests.services.second_steps import code_of, enrol, knock

BORIS = Visitor("device-of-boris", "192.0.2.2")


def form(current: str = PASSWORD, code: str = "") -> Reauthenticate:
    return Reauthenticate.parse({"current": current, "code": code})


def test_who_has_just_signed_in_is_not_asked_and_ten_minutes_later_is(world: World) -> None:
    here = subscriber(world)
    world.clock.move(minutes=10)
    reauthentication.ask_recent(world.deps, here)
    world.clock.move(seconds=1)
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, here)


def test_the_password_renews_it_for_this_session_alone_and_is_remembered(world: World) -> None:
    here, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    world.clock.move(minutes=20)
    reauthentication.reauthenticate(world.deps, here, form())
    world.clock.move(minutes=9)
    reauthentication.ask_recent(world.deps, here)
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, boris)
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, Actor.subscriber(VISITOR, boris.user, here.session_id or 0))
    assert security_events.list_security_events(world.deps, here)[0].what == "Подтверждено паролем"


def test_a_wrong_password_renews_nothing_and_the_eleventh_is_not_looked_at(world: World) -> None:
    here = subscriber(world)
    world.clock.move(minutes=20)
    for _ in range(10):
        with pytest.raises(PasswordWrong):
            reauthentication.reauthenticate(world.deps, here, form("не тот пароль"))
    with pytest.raises(TooMany):
        reauthentication.reauthenticate(world.deps, here, form())
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, here)


def test_where_an_app_is_on_the_password_alone_proves_nothing(world: World) -> None:
    here = subscriber(world)
    assert not reauthentication.asks_code(world.deps, here)
    secret, _ = enrol(world, here)
    world.clock.move(minutes=20)
    assert reauthentication.asks_code(world.deps, here)
    for code, refusal in (("", FieldMissing), ("000000", TotpWrong), ("AAAAA-AAAAA", TotpWrong)):
        with pytest.raises(refusal):
            reauthentication.reauthenticate(world.deps, here, form(code=code))
        with pytest.raises(ReauthenticationNeeded):
            reauthentication.ask_recent(world.deps, here)
    right = code_of(world, secret)
    with pytest.raises(PasswordWrong):
        reauthentication.reauthenticate(world.deps, here, form("не тот пароль", right))
    reauthentication.reauthenticate(world.deps, here, form(code=right))
    reauthentication.ask_recent(world.deps, here)
    with pytest.raises(TotpWrong):  # each is good once
        reauthentication.reauthenticate(world.deps, here, form(code=right))
    with world.deps.snapshot() as tx:
        assert len(tx.audit.list_actions("session.code_failed")) == 3


def test_a_known_browser_that_signs_in_by_the_password_alone_is_asked_for_the_code_before_changes(
    world: World,
) -> None:
    secret, _ = enrol(world, subscriber(world))
    here, _ = enter(world, knock(world, VISITOR).ticket)
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, here)
    reauthentication.reauthenticate(world.deps, here, form(code=code_of(world, secret)))
    reauthentication.ask_recent(world.deps, here)
    world.clock.move(minutes=9)
    command = ChangePassword.parse({"current": PASSWORD, "password": "совсем другая фраза"})
    password_change.change_password(world.deps, here, command)
    world.clock.move(minutes=2)  # the password is fresh, the code is not
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, here)


def test_a_recovery_code_does_for_the_apps_and_is_used_up(world: World) -> None:
    here = subscriber(world)
    _, codes = enrol(world, here)
    world.clock.move(minutes=20)
    reauthentication.reauthenticate(world.deps, here, form(code=codes[0].lower()))
    reauthentication.ask_recent(world.deps, here)
    assert "Осталось кодов: 9" in last_text(world, "anna@example.ru")
    with pytest.raises(TotpWrong):
        reauthentication.reauthenticate(world.deps, here, form(code=codes[0]))


def test_codes_are_guessed_no_faster_than_at_the_second_step(world: World) -> None:
    here = subscriber(world)
    secret, _ = enrol(world, here)
    for _ in range(10):
        world.clock.move(minutes=3)
        with pytest.raises(TotpWrong):
            reauthentication.reauthenticate(world.deps, here, form(code="000000"))
    with pytest.raises(TooMany):
        reauthentication.reauthenticate(world.deps, here, form(code=code_of(world, secret)))
    world.clock.move(minutes=61)
    reauthentication.reauthenticate(world.deps, here, form(code=code_of(world, secret)))
    assert not second_factors.get_second_factors(world.deps, here).required


def test_right_ones_are_not_counted(world: World) -> None:
    here = subscriber(world)
    for _ in range(12):
        reauthentication.reauthenticate(world.deps, here, form())
    with world.deps.snapshot() as tx:
        limit = limits.SIGN_IN_DEVICE
        assert tx.attempts.left(limit, VISITOR.device, world.clock.now()) == limit.most


def test_a_session_that_was_ended_is_never_recent(world: World) -> None:
    here = subscriber(world)
    sessions.revoke_session(world.deps, here, here.session_id or 0)
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, here)


def test_a_new_password_by_the_current_one_is_a_proof_too(world: World) -> None:
    here = subscriber(world)
    world.clock.move(minutes=20)
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, here)
    command = ChangePassword.parse({"current": PASSWORD, "password": "совсем другая фраза"})
    password_change.change_password(world.deps, here, command)
    reauthentication.ask_recent(world.deps, here)
    with world.deps.snapshot() as tx:
        session = tx.sessions.find_own(here)
    assert session
    assert session.authenticated_at == world.clock.now()


@pytest.mark.parametrize("current", ["", None, 7, ["x"], "\ud800"])
def test_nothing_is_not_a_password(current: object) -> None:
    with pytest.raises(Several) as raised:
        Reauthenticate.parse({"current": current})
    assert [x.field for x in raised.value.problems] == ["current"]


def test_a_visitor_has_nothing_to_confirm(world: World) -> None:
    visitor = Actor.anonymous(VISITOR)
    for ask in (
        reauthentication.ask_recent,
        reauthentication.asks_code,
        lambda d, a: reauthentication.reauthenticate(d, a, form()),
    ):
        with pytest.raises(SignInNeeded):
            ask(world.deps, visitor)
