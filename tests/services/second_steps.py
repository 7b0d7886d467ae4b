"""What people with a second factor do before a test begins."""

import base64

from cabinet.domain import totp as codes
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import sign_in, totp
from tests.factories import PASSWORD
from tests.fakes import World

ELSEWHERE = Visitor("another-device", "192.0.2.7", "test browser")


def secret_of(row: totp.TotpRow) -> bytes:
    """What an app keeps of what it was told by hand."""
    return base64.b32decode(row.secret.replace(" ", ""))


def code_of(world: World, secret: bytes, later: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    return codes.code_at(secret, codes.step_at(world.clock.now()) + later)


def enrol(world: World, actor: Actor) -> tuple[bytes, list[str]]:
    """Turn an app on: its secret, and the recovery codes; a step later, so that the next code is a new one."""
    secret = secret_of(totp.begin_totp(world.deps, actor))
    recovery = totp.confirm_totp(world.deps, actor, code_of(world, secret))
    world.clock.move(seconds=codes.STEP)
    return secret, recovery


def knock(
    world: World, visitor: Visitor = ELSEWHERE, login: str = "anna@example.ru"
) -> sign_in.SignInOutcome:
    """A right password from a browser."""
    command = sign_in.SignIn.parse({"login": login, "password": PASSWORD, "remember": "on"})
    return sign_in.sign_in(world.deps, Actor.anonymous(visitor), command)
