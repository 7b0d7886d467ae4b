"""Signing in by phone or e-mail and a password; an unknown browser is asked for a code too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from cabinet.domain import limits
from cabinet.domain import sign_in as policy
from cabinet.domain.codes import CodePurpose
from cabinet.domain.errors import InputError, TooMany
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.human_check import Purpose
from cabinet.domain.identity import NOBODY, Login
from cabinet.domain.limits import Limit
from cabinet.domain.passwords import TYPED
from cabinet.domain.permissions import PUBLIC, Actor, Visitor
from cabinet.domain.second_factors import SecondStepGone
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services import confirmations, human_check, second_factors, sessions
from cabinet.services.deps import Deps, hashing

PURPOSE: Final = Purpose.SIGN_IN
Counted = tuple[Limit, str]


class SignInWrong(InputError):
    """The login or the password is not right; which of them is not told."""

    code = "sign_in.wrong"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in form that holds."""

    login: Login
    password: str
    remember: bool
    human_pass: str = ""

    @classmethod
    def parse(cls, form: dict[str, Any], human_pass: str = "") -> Self:
        """Of the page's form, and the pass of the human check, if there is one.

        Raises:
            Several: the login is malformed or the password is empty.
        """
        parser = Parser()
        login = parser.take(lambda: Login.parse(text_of(form, "login")), NOBODY)
        password = text_of(form, "password", TYPED)
        parser.need(present=bool(password), problem=FieldMissing(field="password"))
        parser.finish()
        return cls(login, password, bool(form.get("remember")), human_pass)


@dataclass(frozen=True, slots=True)
class SignInOutcome:
    """A ticket for a session; or "" when something is to be entered first.

    Attributes:
        second_step: what is to be entered is the second factor; else it is a code that was sent.
    """

    ticket: str
    second_step: bool = False


@hashing
def sign_in(deps: Deps, actor: Actor, command: SignIn) -> SignInOutcome:
    """Check the password; give a ticket to a known browser, ask an unknown one for the second factor or a code.

    Who must prove more at every sign-in (`second_step_always`) is asked in a known browser too.

    Raises:
        SignInWrong: no such login, one that was never confirmed, not that password, or blocked: all the same in
            words and time.
        TooMany: ten tries in five minutes per login and per address, or too soon after the last of several
            wrong ones; a known browser has its own.
        HumanCheckNeeded, HumanCheckTaskNeeded: after three wrong ones in an hour, without a pass that fits.
    """
    actor.require(PUBLIC)
    user, counted = _count_try(deps, actor, command)
    stored = user.password_hash if user else ""
    if not deps.passwords.verify(command.password, stored) or user is None or user.blocked_at:
        _remember_failure(deps, actor, user)
        raise SignInWrong
    renewed = deps.passwords.hash(command.password) if deps.passwords.is_outdated(stored) else stored
    with deps.transaction() as tx:
        user = _still(tx, user)
        user.password_hash = renewed
        for limit, subject in counted:
            tx.attempts.release(limit, subject)
        if second_factors.is_asked(tx, actor, user):
            second_factors.begin_second_step(deps, tx, actor, user, remember=command.remember)
            return SignInOutcome("", second_step=True)
        known = tx.sessions.is_known_device(user.id or 0, actor.visitor.device)
        if known and not user.second_step_always:
            return SignInOutcome(
                sessions.issue_ticket(deps, tx, user, actor.visitor, remember=command.remember)
            )
        confirmations.count_sending(deps, tx, user.as_login)
        confirmations.send_code(deps, tx, actor, user, CodePurpose.DEVICE, remember=command.remember)
        return SignInOutcome("")


def asks_human(deps: Deps, actor: Actor, login: str) -> bool:
    """Whether the next try from here at a login, or at any, needs the human check; "" when none is typed yet."""
    actor.require(PUBLIC)
    try:
        wanted = Login.parse(login)
    except InputError:
        wanted = None
    with deps.snapshot() as tx:
        user = tx.users.find_by_login(wanted) if wanted else None
        counted = _counted(tx, user, wanted.value if wanted else "", actor.visitor)
        return _is_checked(tx, actor.visitor, {x: _failed(tx, *x, deps.clock.now()) for x in counted})


def ask_code_instead(deps: Deps, actor: Actor) -> None:
    """Send a code instead of the second factor to who may use one: the confirmation page awaits it.

    Raises:
        SecondStepGone: this browser waits for no second step, or for one that no code replaces.
        TooMany: one code a minute, five a day.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        pending = second_factors.get_pending(deps, tx, actor)
        user = tx.users.get(pending.user_id)
        if not second_factors.has_way_round(tx, user):
            raise SecondStepGone
        confirmations.count_sending(deps, tx, user.as_login)
        confirmations.send_code(deps, tx, actor, user, CodePurpose.DEVICE, remember=pending.remember)


def _count_try(deps: Deps, actor: Actor, command: SignIn) -> tuple[User | None, list[Counted]]:
    """The user, if there is one, and what the try was counted under: only that is given back.

    Signing in to one's own account from a known browser would else pay for guesses at others'.
    """
    now, visitor, login = deps.clock.now(), actor.visitor, command.login.value
    with deps.transaction() as tx:
        user = tx.users.find_by_login(command.login)
        counted = _counted(tx, user, login, visitor)
        for limit, subject in counted:
            tx.attempts.reserve(limit, subject, now)
        # This very try is counted already, so that those that come at once see one another.
        failed = {x: _failed(tx, *x, now)[:-1] for x in counted}
        for (limit, _), failed_at in failed.items():
            if wait := policy.left_to_wait(limit, failed_at, now):
                raise TooMany(retry_in=wait, bucket=limit.bucket)
        if _is_checked(tx, visitor, failed):
            human_check.spend_pass(deps, tx, visitor, PURPOSE, command.human_pass, login=login)
    return user, counted


def _remember_failure(deps: Deps, actor: Actor, user: User | None) -> None:
    """In the audit, for the owner to see; of a login that nobody has as well, so that the time tells nothing."""
    with deps.transaction() as tx:
        tried = Actor(actor.visitor, user.id if user else None)
        tx.audit.record(tried, deps.clock.now(), "sign_in.failed")


def _still(tx: UnitOfWork, checked: User) -> User:
    """The user whose password was right, as they are now: it may have been changed while it was being checked."""
    user = tx.users.get(checked.id or 0, lock=True)
    if user.password_hash != checked.password_hash or user.login != checked.login or user.blocked_at:
        raise SignInWrong
    return user


def _counted(tx: UnitOfWork, user: User | None, login: str, visitor: Visitor) -> list[Counted]:
    if user and tx.sessions.is_known_device(user.id or 0, visitor.device):
        return [(limits.SIGN_IN_DEVICE, visitor.device)]
    of_login = [(limits.SIGN_IN_LOGIN, login)] if login else []
    return [*of_login, (limits.SIGN_IN_ADDRESS, visitor.network)]


def _failed(tx: UnitOfWork, limit: Limit, subject: str, now: datetime) -> list[datetime]:
    """When tries failed within the hour: a right one is taken back."""
    return tx.attempts.tried_at(policy.within_hour(limit), subject, now)


def _is_checked(tx: UnitOfWork, visitor: Visitor, failed: Mapping[Counted, Sequence[datetime]]) -> bool:
    """Whether the check is needed; whether the address is known is asked only when it matters."""
    strict = [x for x, at in failed.items() if policy.is_checked(x[0], len(at), known_address=False)]
    if not strict:
        return False
    known = tx.sessions.is_known_network(visitor.network)
    return any(policy.is_checked(x[0], len(failed[x]), known_address=known) for x in strict)
