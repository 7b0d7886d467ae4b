"""Once more who it is: before what a stranger at an open cabinet must not do.

A session remembers when its owner last proved who they are: by signing in, by the password or a passkey
again (`passkeys.finish_confirm`), or by changing it. (OWASP ASVS 5.0, 7.5.1)
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from cabinet.domain import limits, passwords
from cabinet.domain.errors import InputError, ReauthenticationNeeded, SignInNeeded
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.limits import Limit
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services.deps import Deps, hashing

RECENT: Final = timedelta(minutes=10)


class PasswordWrong(InputError):
    """That is not the current password."""

    code = "password.wrong"
    field = "current"


@dataclass(frozen=True, slots=True)
class Reauthenticate:
    """The form of «Подтвердите, что это вы»."""

    current: str

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: the password is empty.
        """
        parser, current = Parser(), text_of(form, "current", passwords.TYPED)
        parser.need(present=bool(current), problem=FieldMissing(field="current"))
        parser.finish()
        return cls(current)


def require_recent(deps: Deps, tx: UnitOfWork, actor: Actor) -> None:
    """Pass when the actor's session was authenticated in the last ten minutes.

    Raises:
        ReauthenticationNeeded: it was earlier, or the session is over.
        SignInNeeded: nobody is signed in.
    """
    session = tx.sessions.find_own(actor)
    if session is None or deps.clock.now() - session.authenticated_at > RECENT:
        raise ReauthenticationNeeded


def ask_recent(deps: Deps, actor: Actor) -> None:
    """`require_recent` for a page that opens: it asks before anything is typed.

    Raises:
        ReauthenticationNeeded: the session's authentication is older than ten minutes.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        require_recent(deps, tx, actor)


@hashing
def reauthenticate(deps: Deps, actor: Actor, command: Reauthenticate) -> None:
    """Check the password; for ten minutes from now the session passes `require_recent`.

    Raises:
        PasswordWrong: it does not fit.
        TooMany: ten tries in five minutes.
    """
    checked = verify_password(deps, actor, command.current)
    with deps.transaction() as tx:
        still(tx, actor, checked)
        forgive(tx, actor)
        renew(deps, tx, actor)
        tx.audit.record(actor, deps.clock.now(), "session.reauthenticated", actor.session_id, how="password")


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
