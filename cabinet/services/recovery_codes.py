"""Recovery codes: ten on paper, shown once, kept as digests, each good for one sign-in."""

from cabinet.domain.codes import digest
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.second_factors import (
    RECOVERY_CODES,
    RecoveryCodeWrong,
    SecondFactor,
    SecondFactorGone,
    new_recovery_code,
    normal_recovery_code,
)
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import second_factors, sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message


def ensure_codes(deps: Deps, tx: UnitOfWork, actor: Actor) -> list[str]:
    """The codes to show when a first factor is turned on; [] when unused ones are kept already."""
    return [] if tx.second_factors.recovery_codes_left(actor.user) else _make(deps, tx, actor)


def drop_codes_without_factor(tx: UnitOfWork, actor: Actor) -> None:
    """Forget the codes when the last factor beside them is turned off."""
    if not second_factors.has_any(tx, actor.user):
        tx.second_factors.delete_recovery_codes(actor.user)


def renew_codes(deps: Deps, actor: Actor) -> list[str]:
    """Ten new codes; none of the former is accepted any more.

    Raises:
        ReauthenticationNeeded: the session's authentication is older than ten minutes.
        SecondFactorGone: there is no second factor that they would be beside.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        sessions.require_recent(deps, tx, actor)
        user = tx.users.get_for(actor)
        if not second_factors.has_any(tx, actor.user):
            raise SecondFactorGone
        codes = _make(deps, tx, actor)
        tx.audit.record(actor, deps.clock.now(), "recovery_codes.renewed", actor.user)
        queue_message(deps, tx, user.as_login, "recovery_codes_renewed")
    return codes


def sign_in_by_recovery_code(deps: Deps, actor: Actor, typed: str) -> str:
    """A ticket for one of the person's codes, which is used up; the owner is told.

    Raises:
        RecoveryCodeWrong: none of theirs, or used before.
        SecondStepGone: this browser waits for no second step, or has no try left.
        TooMany: too many tries.
    """
    pending = second_factors.reserve_try(deps, actor)
    with deps.transaction() as tx:
        if spend(deps, tx, pending.user_id, typed):
            return second_factors.finish_second_step(deps, tx, actor, pending, SecondFactor.RECOVERY)
    raise RecoveryCodeWrong(left=second_factors.count_failure(deps, actor, pending))


def spend(deps: Deps, tx: UnitOfWork, user_id: int, typed: str) -> bool:
    """Whether it is one of the person's codes; it is used up, and the owner is told."""
    entered = _digest(deps, user_id, normal_recovery_code(typed))
    if not tx.second_factors.spend_recovery_code(user_id, entered, deps.clock.now()):
        return False
    left = tx.second_factors.recovery_codes_left(user_id)
    queue_message(deps, tx, tx.users.get(user_id).as_login, "recovery_code_used", left=str(left))
    return True


def _make(deps: Deps, tx: UnitOfWork, actor: Actor) -> list[str]:
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    digests = [_digest(deps, actor.user, normal_recovery_code(x)) for x in codes]
    tx.second_factors.replace_recovery_codes(actor.user, digests, deps.clock.now())
    return codes


def _digest(deps: Deps, user_id: int, code: str) -> str:
    """The person is part of it: a digest says nothing of anybody else's codes."""
    return digest(deps.secret_key, f"recovery:{user_id}", code)
