"""Once more who it is: before what a stranger at an open cabinet must not do.

A session remembers when its owner last proved who they are (`sessions.require_recent`): by signing in, by the
password, and the app's code where an app is on, by a passkey (`passkeys.finish_confirm`), or by a new password.
(OWASP ASVS 5.0, 7.5.1)
"""

from dataclasses import dataclass
from typing import Any, Self

from cabinet.domain import limits, passwords
from cabinet.domain.codes import code_digits
from cabinet.domain.errors import InputError, SignInNeeded
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.limits import Limit
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.second_factors import TotpWrong
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services import recovery_codes, second_factors, totp
from cabinet.services.deps import Deps, hashing
from cabinet.services.sessions import require_recent


class PasswordWrong(InputError):
    """That is not the current password."""

    code = "password.wrong"
    field = "current"


@dataclass(frozen=True, slots=True)
class Reauthenticate:
    """The form of «Подтвердите, что это вы»; `code` is the app's or a recovery one."""

    current: str
    code: str = ""

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the password is empty.
        """
        parser, current = Parser(), text_of(form, "current", passwords.TYPED)
        parser.need(present=bool(current), problem=FieldMissing(field="current"))
        parser.finish()
        return cls(current, text_of(form, "code", 80))


def ask_recent(deps: Deps, actor: Actor) -> None:
    """`require_recent` for a page that opens: it asks before anything is typed.

    Raises:
        ReauthenticationNeeded: the session's authentication is older than ten minutes.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        require_recent(deps, tx, actor)


def asks_code(deps: Deps, actor: Actor) -> bool:
    """Whether the password is not enough: an app is on."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        return tx.second_factors.find_totp(actor.user, confirmed=True) is not None


@hashing
def reauthenticate(deps: Deps, actor: Actor, command: Reauthenticate) -> None:
    """Check the password, and the code where an app is on; for ten minutes from now `require_recent` passes.

    Raises:
        PasswordWrong: it does not fit.
        FieldMissing: an app is on, and no code was typed.
        TotpWrong: it is neither a code of the app nor a recovery code, or it was used.
        TooMany: ten tries in five minutes; ten codes an hour.
    """
    asked = asks_code(deps, actor)
    if asked and not command.code:
        raise FieldMissing(field="code")
    checked = verify_password(deps, actor, command.current)
    if asked:
        _verify_code(deps, actor, command.code)
    with deps.transaction() as tx:
        still(tx, actor, checked)
        forgive(tx, actor)
        renew(deps, tx, actor)
        how = "password and code" if asked else "password"
        tx.audit.record(actor, deps.clock.now(), "session.reauthenticated", actor.session_id, how=how)


def _verify_code(deps: Deps, actor: Actor, typed: str) -> None:
    """Count a try, then spend the code; in the same buckets as a second step of signing in."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        second_factors.reserve(tx, actor, actor.user, now)
    with deps.transaction() as tx:
        right = totp.spend(deps, tx, actor.user, code_digits(typed))
        if right or recovery_codes.spend(deps, tx, actor.user, typed):
            second_factors.release(tx, actor, actor.user)
            tx.sessions.mark_factor(actor.session_id or 0, now)
            return
        tx.audit.record(actor, now, "session.code_failed", actor.session_id)
    raise TotpWrong


def verify_password(deps: Deps, actor: Actor, current: str) -> User:
    """Count a try, then check the actor's own password; whoever is right calls `still` and `forgive` in what follows.

    It is counted in the same buckets as a sign-in: whoever has taken a session over guesses no faster
    here than there.

    Raises:
        PasswordWrong: it does not fit.
        TooMany: ten tries in five minutes.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        user = tx.users.get_for(actor)
        for limit, subject in _buckets(tx, actor, user):
            tx.attempts.reserve(limit, subject, deps.clock.now())
    if not deps.passwords.verify(current, user.password_hash):
        with deps.transaction() as tx:
            tx.audit.record(actor, deps.clock.now(), "session.reauthentication_failed", actor.session_id)
        raise PasswordWrong
    return user


def still(tx: UnitOfWork, actor: Actor, checked: User) -> User:
    """The user whose password was right, as they are now: much may have happened while it was being checked.

    Raises:
        PasswordWrong: it is another one now.
        SignInNeeded: the session was ended, or the user blocked.
    """
    user = tx.users.get(actor.user, lock=True)
    if user.blocked_at or tx.sessions.find_own(actor) is None:
        raise SignInNeeded
    if user.password_hash != checked.password_hash:
        raise PasswordWrong
    return user


def forgive(tx: UnitOfWork, actor: Actor) -> None:
    """Take the try back that `verify_password` has counted: it was right."""
    for limit, subject in _buckets(tx, actor, tx.users.get_for(actor)):
        tx.attempts.release(limit, subject)


def renew(deps: Deps, tx: UnitOfWork, actor: Actor) -> None:
    """Remember that the owner has just proved who they are; by what, the audit is told by whoever has checked it."""
    tx.sessions.authenticate(actor, deps.clock.now())


def _buckets(tx: UnitOfWork, actor: Actor, user: User) -> list[tuple[Limit, str]]:
    visitor = actor.visitor
    if tx.sessions.is_known_device(user.id or 0, visitor.device):
        return [(limits.SIGN_IN_DEVICE, visitor.device)]
    return [(limits.SIGN_IN_LOGIN, user.login), (limits.SIGN_IN_ADDRESS, visitor.network)]
