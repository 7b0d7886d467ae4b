"""The second step of signing in: who is asked for it, what waits for it, and how it ends.

A right password of an unknown browser waits here when its owner has a second factor; whoever is always asked
waits in a known browser too. A proof is checked by the module of its kind (`totp`, `recovery_codes`, passkeys):

    pending = reserve_try(deps, actor)            # a transaction of its own: a wrong try stays counted
    … is it right? …
    with deps.transaction() as tx:
        ticket = finish_second_step(deps, tx, actor, pending, SecondFactor.PASSKEY)
"""

from dataclasses import dataclass
from datetime import datetime

from cabinet.domain import limits
from cabinet.domain.limits import Limit
from cabinet.domain.permissions import PUBLIC, Actor, Permission
from cabinet.domain.second_factors import (
    LIFETIME,
    STEP_DAY,
    STEP_HOUR,
    TRIES,
    SecondFactor,
    SecondStepGone,
)
from cabinet.persistence.second_factors import PendingSignIn
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message
from cabinet.services.sessions import zone_of
from cabinet.texts import dates


@dataclass(frozen=True, slots=True)
class SecondStepRow:
    """What the page of the second step may ask for; `message`: a code is sent instead to who wants it."""

    totp: bool = False
    passkey: bool = False
    recovery: bool = False
    message: bool = False


@dataclass(frozen=True, slots=True)
class SecondFactorsRow:
    """What the page of the settings shows.

    Attributes:
        totp_on: the day since when an authenticator app signs in, "" when none does.
        recovery_left: unused recovery codes.
        required: the person works where a second factor is a must.
    """

    totp_on: str = ""
    recovery_left: int = 0
    required: bool = False


def kinds_of(tx: UnitOfWork, user_id: int) -> frozenset[SecondFactor]:
    """What the person may prove who they are with; RECOVERY only beside another kind."""
    kinds = set()
    if tx.second_factors.find_totp(user_id, confirmed=True):
        kinds.add(SecondFactor.TOTP)
    if tx.passkeys.list_of(user_id):
        kinds.add(SecondFactor.PASSKEY)
    if kinds and tx.second_factors.recovery_codes_left(user_id):
        kinds.add(SecondFactor.RECOVERY)
    return frozenset(kinds)


def has_any(tx: UnitOfWork, user_id: int) -> bool:
    """Whether the person has a second factor at all."""
    return bool(kinds_of(tx, user_id))


def is_asked(tx: UnitOfWork, actor: Actor, user: User) -> bool:
    """Whether this browser is asked for the second factor once the first holds."""
    user_id = user.id or 0
    known = tx.sessions.is_known_device(user_id, actor.visitor.device)
    return (user.second_step_always or not known) and has_any(tx, user_id)


def has_way_round(tx: UnitOfWork, user: User) -> bool:
    """Whether a code by message will do instead: a passkey added for comfort must not lock its owner out."""
    return not user.second_step_always and SecondFactor.TOTP not in kinds_of(tx, user.id or 0)


def enter(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, *, remember: bool) -> str:
    """What a right code of a message earns: a ticket, or "" when the second step has begun instead."""
    if is_asked(tx, actor, user) and not has_way_round(tx, user):
        begin_second_step(deps, tx, actor, user, remember=remember)
        return ""
    return sessions.issue_ticket(deps, tx, user, actor.visitor, remember=remember)


def begin_second_step(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, *, remember: bool) -> None:
    """Let this browser wait at the second step for ten minutes; what it waited for before is over."""
    now = deps.clock.now()
    pending = PendingSignIn(
        user_id=user.id or 0,
        device=actor.visitor.device,
        remember=remember,
        expires_at=now + LIFETIME,
    )
    tx.second_factors.add_pending(pending, now)


def get_second_step(deps: Deps, actor: Actor) -> SecondStepRow:
    """What this browser is asked for.

    Raises:
        SecondStepGone: nothing: the password comes first.
    """
    actor.require(PUBLIC)
    with deps.snapshot() as tx:
        user = tx.users.get(get_pending(deps, tx, actor).user_id)
        kinds, message = kinds_of(tx, user.id or 0), has_way_round(tx, user)
    return SecondStepRow(
        totp=SecondFactor.TOTP in kinds,
        passkey=SecondFactor.PASSKEY in kinds,
        recovery=SecondFactor.RECOVERY in kinds,
        message=message,
    )


def get_pending(deps: Deps, tx: UnitOfWork, actor: Actor) -> PendingSignIn:
    """The sign-in that this browser waits with, of a person who may sign in.

    Raises:
        SecondStepGone: none, or late, done, or tried too often.
    """
    return _allowed(tx, tx.second_factors.find_pending(actor.visitor.device, deps.clock.now()))


def reserve_try(deps: Deps, actor: Actor) -> PendingSignIn:
    """Count a try at the second step before it is checked; the owner is told when the last one is wrong.

    Raises:
        SecondStepGone: this browser waits for nothing, or has no try left.
        TooMany: too many tries of this person, or from this address.
    """
    actor.require(PUBLIC)
    now = deps.clock.now()
    with deps.transaction() as tx:
        pending = _allowed(tx, tx.second_factors.take_try(actor.visitor.device, now))
        tx.attempts.reserve(limits.CODE_CHECK, actor.visitor.network, now)
        reserve(tx, actor, pending.user_id, now)
        return pending


def count_failure(deps: Deps, actor: Actor, pending: PendingSignIn) -> int:
    """How many tries are left after a wrong one, which the audit keeps.

    With none left the owner is told that somebody has the password.
    """
    left = TRIES - pending.tries
    with deps.transaction() as tx:
        tried = Actor(actor.visitor, pending.user_id)
        tx.audit.record(tried, deps.clock.now(), "session.second_step_failed")
        if left <= 0:
            user = tx.users.get(pending.user_id)
            queue_message(deps, tx, user.as_login, "second_step_failed")
    return max(0, left)


def finish_second_step(
    deps: Deps, tx: UnitOfWork, actor: Actor, pending: PendingSignIn, kind: SecondFactor
) -> str:
    """The ticket of a sign-in whose second proof is right; its tries are taken back.

    Raises:
        SecondStepGone: it has ended meanwhile, in another tab or by time, or its owner was blocked.
    """
    now, user = deps.clock.now(), tx.users.get(pending.user_id)
    if user.blocked_at or not tx.second_factors.spend_pending(pending, now):
        raise SecondStepGone
    for _ in range(pending.tries):
        release(tx, actor, pending.user_id)
    tx.attempts.release(limits.CODE_CHECK, actor.visitor.network)
    tx.audit.record(Actor(actor.visitor, user.id), now, "session.second_step", user.id, how=kind.value)
    return sessions.issue_ticket(deps, tx, user, actor.visitor, remember=pending.remember, factor=True)


def get_second_factors(deps: Deps, actor: Actor) -> SecondFactorsRow:
    """What the person has turned on."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        user = tx.users.get_for(actor)
        totp = tx.second_factors.find_totp(actor.user, confirmed=True)
        since = totp.confirmed_at if totp else None
        return SecondFactorsRow(
            totp_on=dates.day_year(since.astimezone(zone_of(tx, actor)).date()) if since else "",
            recovery_left=tx.second_factors.recovery_codes_left(actor.user),
            required=user.second_step_always,
        )


def _allowed(tx: UnitOfWork, pending: PendingSignIn | None) -> PendingSignIn:
    """Of a person who may sign in; nothing tells one browser without a device cookie from another."""
    if pending is None or not pending.device or tx.users.get(pending.user_id).blocked_at:
        raise SecondStepGone
    return pending


def reserve(tx: UnitOfWork, actor: Actor, user_id: int, now: datetime) -> None:
    """Count a try at the person's second factor.

    Raises:
        TooMany: ten an hour, thirty a day.
    """
    for limit, subject in _buckets(tx, actor, user_id):
        tx.attempts.reserve(limit, subject, now)


def release(tx: UnitOfWork, actor: Actor, user_id: int) -> None:
    """Take a try back: it was right."""
    for limit, subject in _buckets(tx, actor, user_id):
        tx.attempts.release(limit, subject)


def _buckets(tx: UnitOfWork, actor: Actor, user_id: int) -> list[tuple[Limit, str]]:
    device = actor.visitor.device
    subject = device if tx.sessions.is_known_device(user_id, device) else str(user_id)
    return [(STEP_HOUR, subject), (STEP_DAY, subject)]
