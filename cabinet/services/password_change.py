"""A new password by the current one; every other session ends with it."""

from dataclasses import dataclass
from typing import Any, Self

from cabinet.domain import limits, passwords
from cabinet.domain.errors import InputError
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.limits import Limit
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message


class PasswordWrong(InputError):
    """That is not the current password."""

    code = "password.wrong"
    field = "current"


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """The form of a new password."""

    current: str
    password: str

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            FieldMissing, PasswordShort, PasswordLong, PasswordCommon: one of them, or Several.
        """
        parser = Parser()
        current, password = (
            text_of(form, "current", passwords.TYPED),
            text_of(form, "password", passwords.TYPED),
        )
        parser.need(present=bool(current), problem=FieldMissing(field="current"))
        parser.take(lambda: passwords.checked(password, "\0"), "")
        parser.finish()
        return cls(current, password)


def change_password(deps: Deps, actor: Actor, command: ChangePassword) -> None:
    """Check the current password, store the new one, end every other session, tell the owner.

    A try is counted before it is checked, in the same buckets as a sign-in: whoever has taken a session
    over guesses no faster here than there.

    Raises:
        PasswordLikeLogin: the new password is made of the login.
        PasswordWrong: the current one does not fit.
        TooMany: ten tries in five minutes.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        user = tx.users.get_for(actor)
        password = passwords.checked(command.password, user.login)
        for limit, subject in _buckets(tx, actor, user):
            tx.attempts.reserve(limit, subject, deps.clock.now())
    if not deps.passwords.verify(command.current, user.password_hash):
        raise PasswordWrong
    password_hash = deps.passwords.hash(password)
    with deps.transaction() as tx:
        _store(deps, tx, actor, password_hash)


def _buckets(tx: UnitOfWork, actor: Actor, user: User) -> list[tuple[Limit, str]]:
    visitor = actor.visitor
    if tx.sessions.is_known_device(user.id or 0, visitor.device):
        return [(limits.SIGN_IN_DEVICE, visitor.device)]
    return [(limits.SIGN_IN_LOGIN, user.login), (limits.SIGN_IN_ADDRESS, visitor.address)]


def _store(deps: Deps, tx: UnitOfWork, actor: Actor, password_hash: str) -> None:
    now, user = deps.clock.now(), tx.users.get_for(actor)
    user.password_hash = password_hash
    for limit, subject in _buckets(tx, actor, user):
        tx.attempts.release(limit, subject)
    tx.sessions.revoke_others(actor.user, actor.session_id, now)
    tx.sessions.void_tickets(actor.user, now)
    tx.audit.record(actor, now, "password.changed", user.id)
    queue_message(deps, tx, user.as_login, "password_changed")
