"""An authenticator app as a second factor: enrolling it, signing in with it, turning it off."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cabinet.domain import totp
from cabinet.domain.codes import code_digits
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.second_factors import (
    STEP_DAY,
    STEP_HOUR,
    SecondFactor,
    SecondFactorGone,
    SecondStepWrong,
    TotpWrong,
)
from cabinet.persistence.second_factors import TotpSecret
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import Seal
from cabinet.services import recovery_codes, second_factors, sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message
from cabinet.texts import messages

_KEEP: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TotpRow:
    """What an authenticator app is told, once: by a picture, by a link on the same telephone, by hand.

    Attributes:
        secret: in groups of four.
        link: the `otpauth:` address.
        side: of the QR code, in modules.
        path: the QR code's dark modules, for an SVG's path.
    """

    secret: str = ""
    link: str = ""
    side: int = 0
    path: str = ""


def begin_totp(deps: Deps, actor: Actor) -> TotpRow:
    """A secret for an app; for an hour the same at every call, so that a page loaded again shows the same picture.

    Raises:
        ReauthenticationNeeded: the session's authentication is older than ten minutes.
        SecondFactorGone: an app is on already.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        sessions.require_recent(deps, tx, actor)
        user = tx.users.get_for(actor)
        tx.users.lock(actor.user)
        if tx.second_factors.find_totp(actor.user, confirmed=True):
            raise SecondFactorGone
        secret = _kept(deps, tx, actor) or _add(deps, tx, actor)
    link = totp.address(secret, user.login, messages.BRAND)
    drawing = deps.qr_codes.draw(link)
    return TotpRow(totp.spelled(secret), link, drawing.side, drawing.path)


def confirm_totp(deps: Deps, actor: Actor, typed: str) -> list[str]:
    """Turn the app on by its first code; the recovery codes to show, [] when there are some already.

    Raises:
        TotpWrong: it is not the code of this moment.
        SecondFactorGone: nothing is being enrolled, or another tab was faster.
        TooMany: ten tries an hour.
        ReauthenticationNeeded: the session's authentication is older than ten minutes.
    """
    actor.require(Permission.PROFILE)
    now = deps.clock.now()
    with deps.transaction() as tx:
        sessions.require_recent(deps, tx, actor)
        for limit in (STEP_HOUR, STEP_DAY):
            tx.attempts.reserve(limit, _enrolment(actor), now)
    with deps.transaction() as tx:
        tx.users.lock(actor.user)
        user, found = tx.users.get_for(actor), tx.second_factors.find_totp(actor.user, confirmed=False)
        secret = _open(deps, found) if found else None
        if found is None or secret is None:
            raise SecondFactorGone
        steps = totp.steps_of(secret, code_digits(typed), now)
        if not steps:
            raise TotpWrong
        found.confirmed_at, found.last_step = now, steps[-1]
        for limit in (STEP_HOUR, STEP_DAY):
            tx.attempts.release(limit, _enrolment(actor))
        tx.sessions.mark_factor(actor.session_id or 0, now)
        tx.audit.record(actor, now, "totp.on", actor.user)
        queue_message(deps, tx, user.as_login, "second_factor_on")
        return recovery_codes.ensure_codes(deps, tx, actor)


def turn_off_totp(deps: Deps, actor: Actor) -> None:
    """Forget the app; with no other factor the recovery codes go too. The owner is told.

    Raises:
        ReauthenticationNeeded: the session's authentication is older than ten minutes.
        SecondFactorGone: it is off already.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        sessions.require_recent(deps, tx, actor)
        user = tx.users.get_for(actor)
        if not tx.second_factors.delete_totp(actor.user):
            raise SecondFactorGone
        recovery_codes.drop_codes_without_factor(tx, actor)
        tx.audit.record(actor, deps.clock.now(), "totp.off", actor.user)
        queue_message(deps, tx, user.as_login, "second_factor_off")


def sign_in_by_totp(deps: Deps, actor: Actor, typed: str) -> str:
    """A ticket for the app's code of this moment; each code is accepted once.

    Raises:
        SecondStepWrong: not that code, or it has been used.
        SecondStepGone: this browser waits for no second step, or has no try left.
        TooMany: too many tries.
    """
    pending = second_factors.reserve_try(deps, actor)
    with deps.transaction() as tx:
        if spend(deps, tx, pending.user_id, code_digits(typed)):
            return second_factors.finish_second_step(deps, tx, actor, pending, SecondFactor.TOTP)
    raise SecondStepWrong(left=second_factors.count_failure(deps, actor, pending))


def spend(deps: Deps, tx: UnitOfWork, user_id: int, digits: str) -> bool:
    """Whether it is a code of the person's app of this moment; it is none from now on."""
    found = tx.second_factors.find_totp(user_id, confirmed=True)
    secret = _open(deps, found) if found else None
    if found is None or secret is None:
        return False
    steps = totp.steps_of(secret, digits, deps.clock.now())
    return bool(steps) and tx.second_factors.spend_step(found, steps[-1])


def count_closed(tx: UnitOfWork, seal: Seal) -> tuple[int, int]:
    """How many secrets a seal does not open, and how many there are: none, unless the portal's key was changed."""
    found = tx.second_factors.list_totp()
    return sum(seal.open(x.sealed, _about(x.user_id)) is None for x in found), len(found)


def _kept(deps: Deps, tx: UnitOfWork, actor: Actor) -> bytes | None:
    found = tx.second_factors.find_totp(actor.user, confirmed=False)
    return _open(deps, found) if found and deps.clock.now() - found.created_at < _KEEP else None


def _add(deps: Deps, tx: UnitOfWork, actor: Actor) -> bytes:
    secret = totp.new_secret()
    sealed = deps.seal.seal(secret, _about(actor.user))
    tx.second_factors.add_totp(TotpSecret(user_id=actor.user, sealed=sealed, created_at=deps.clock.now()))
    return secret


def _open(deps: Deps, found: TotpSecret) -> bytes | None:
    """The secret; None when the portal's key is another than it was sealed with."""
    return deps.seal.open(found.sealed, _about(found.user_id))


def _about(user_id: int) -> str:
    return f"totp of user {user_id}"


def _enrolment(actor: Actor) -> str:
    return f"enrol:{actor.user}"
