import pytest

from cabinet.domain import limits
from cabinet.domain.errors import CabinetError, SignInNeeded, TooMany
from cabinet.domain.forms import Several
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import password_change, sessions, sign_in
from cabinet.services.password_change import ChangePassword
from cabinet.services.reauthentication import PasswordWrong
from tests.factories import PASSWORD, enter, last_text, subscriber
from tests.fakes import VISITOR, World

MAIL, NEW = "anna@example.ru", "совсем другая фраза"
ANNA = Actor.anonymous(VISITOR)


def wish(current: str = PASSWORD, password: str = NEW) -> ChangePassword:
    return ChangePassword.parse({"current": current, "password": password})


def session(world: World, password: str = PASSWORD) -> tuple[Actor, str]:
    command = sign_in.SignIn.parse({"login": MAIL, "password": password})
    return enter(world, sign_in.sign_in(world.deps, ANNA, command).ticket)


def test_the_new_password_holds_the_others_end_and_the_owner_is_told(world: World) -> None:
    subscriber(world)
    _, other = session(world)
    here, mine = session(world)
    password_change.change_password(world.deps, here, wish())
    assert sessions.identify(world.deps, VISITOR, mine).user_id == here.user_id
    assert sessions.identify(world.deps, VISITOR, other).user_id is None
    with pytest.raises(sign_in.SignInWrong):
        session(world)
    assert session(world, NEW)[0].user_id == here.user_id
    assert "Пароль изменён" in last_text(world, MAIL)


def test_a_wrong_current_password_changes_nothing(world: World) -> None:
    here = subscriber(world)
    letters = len(world.mail.letters)
    with pytest.raises(PasswordWrong) as raised:
        password_change.change_password(world.deps, here, wish("не тот пароль"))
    assert raised.value.field == "current"
    assert session(world)[0].user_id == here.user_id
    last_text(world, MAIL)
    assert len(world.mail.letters) == letters


def test_ten_wrong_ones_close_it_before_the_right_one_is_looked_at(world: World) -> None:
    here = subscriber(world)
    for _ in range(10):
        with pytest.raises(PasswordWrong):
            password_change.change_password(world.deps, here, wish("не тот пароль"))
    with pytest.raises(TooMany):
        password_change.change_password(world.deps, here, wish())
    with pytest.raises(TooMany):
        session(world)
    world.clock.move(minutes=6)
    password_change.change_password(world.deps, here, wish())
    world.clock.move(hours=1)
    assert session(world, NEW)[0].user_id == here.user_id


def test_a_session_in_another_browser_counts_by_login_and_address(world: World) -> None:
    here = subscriber(world)
    for number in range(10):
        thief = Visitor(f"thief-{number}", f"198.51.100.{number}")
        taken = Actor.subscriber(thief, here.user, here.session_id or 0)
        with pytest.raises(PasswordWrong):
            password_change.change_password(world.deps, taken, wish("не тот пароль"))
    elsewhere = Actor.subscriber(Visitor("thief", "203.0.113.1"), here.user, here.session_id or 0)
    with pytest.raises(TooMany):
        password_change.change_password(world.deps, elsewhere, wish())
    password_change.change_password(world.deps, here, wish())
    assert session(world, NEW)[0].user_id == here.user_id


def test_right_ones_are_not_counted(world: World) -> None:
    here = subscriber(world)
    for number in range(12):
        old, new = (PASSWORD, NEW) if number % 2 == 0 else (NEW, PASSWORD)
        password_change.change_password(world.deps, here, wish(old, new))
    assert session(world)[0].user_id == here.user_id


@pytest.mark.parametrize(
    ("password", "code"),
    [("", "password.short"), ("коротко", "password.short"), ("я" * 257, "password.long"), ("11111111", "password.common")],
)  # fmt: skip
def test_a_new_password_must_be_one(password: str, code: str) -> None:
    with pytest.raises(Several) as raised:
        wish(password=password)
    assert [x.code for x in raised.value.problems] == [code]


def test_one_made_of_the_login_is_refused_and_no_try_is_counted(world: World) -> None:
    here = subscriber(world, "annapetrova@example.ru")
    for _ in range(11):
        with pytest.raises(CabinetError, match=r"password\.like_login"):
            password_change.change_password(world.deps, here, wish(password="annapetrova@example.ru"))
    with world.deps.snapshot() as tx:
        limit = limits.SIGN_IN_DEVICE
        assert tx.attempts.left(limit, VISITOR.device, world.clock.now()) == limit.most


def test_both_fields_are_asked_for_at_once() -> None:
    with pytest.raises(Several) as raised:
        ChangePassword.parse({"current": None, "password": 7})
    assert [x.field for x in raised.value.problems] == ["current", "password"]


def test_a_visitor_changes_nothing(world: World) -> None:
    with pytest.raises(SignInNeeded):
        password_change.change_password(world.deps, ANNA, wish())
