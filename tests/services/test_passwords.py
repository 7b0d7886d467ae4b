import pytest

from cabinet.domain.passwords import PasswordCommon
from cabinet.domain.permissions import Actor
from cabinet.services import password_change, password_reset
from tests.factories import PASSWORD, code_in, last_text, pass_for, register, subscriber
from tests.fakes import VISITOR, World

COMMON = ["password123", "qwerty12345", "йцукен12345", "Qwerty123456", "1q2w3e4r5t", "пароль123", "Любовь123"]


@pytest.mark.parametrize("password", COMMON)
def test_a_common_password_is_refused_at_registration_change_and_reset(world: World, password: str) -> None:
    anonymous = Actor.anonymous(VISITOR)
    with pytest.raises(PasswordCommon):
        register(world, "anna@example.ru", password=password)
    anna = subscriber(world)
    with pytest.raises(PasswordCommon):
        password_change.change_password(
            world.deps,
            anna,
            password_change.ChangePassword.parse({"current": PASSWORD, "password": password}),
        )
    world.clock.move(minutes=2)
    ask = password_reset.AskReset.parse({"login": "anna@example.ru"}, pass_for(world, VISITOR, "reset"))
    password_reset.ask_reset(world.deps, anonymous, ask)
    code = code_in(last_text(world, "anna@example.ru"))
    with pytest.raises(PasswordCommon):
        password_reset.set_password(world.deps, anonymous, code, password)
    assert password_reset.set_password(world.deps, anonymous, code, "три зелёных самовара").ticket
