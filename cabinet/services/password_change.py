"""A new password by the current one; every other session ends with it."""

from dataclasses import dataclass
from typing import Any, Self

from cabinet.domain import passwords
from cabinet.domain.forms import FieldMissing, Parser, text_of
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services import reauthentication, sessions
from cabinet.services.deps import Deps, hashing
from cabinet.services.notifications import queue_message
from cabinet.services.passwords import chosen


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
        parser.take(lambda: passwords.checked(password), "")
        parser.finish()
        return cls(current, password)


@hashing
def change_password(deps: Deps, actor: Actor, command: ChangePassword) -> None:
    """Check the current password, store the new one, end every other session, tell the owner.

    Raises:
        PasswordLikeLogin, PasswordCommon: the new password is made of the login, or tried first.
        PasswordWrong: the current one does not fit.
        SignInNeeded: the session was ended while they were being looked at.
        TooMany: ten tries in five minutes.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        password = chosen(deps, command.password, tx.users.get_for(actor).login)
    checked = reauthentication.verify_password(deps, actor, command.current)
    password_hash = deps.passwords.hash(password)
    with deps.transaction() as tx:
        _store(deps, tx, actor, reauthentication.still(tx, actor, checked), password_hash)


def _store(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, password_hash: str) -> None:
    now = deps.clock.now()
    user.password_hash = password_hash
    reauthentication.forgive(tx, actor)
    tx.sessions.authenticate(actor, now)
    sessions.end_others(deps, tx, actor, actor.user)
    tx.audit.record(actor, now, "password.changed", user.id)
    queue_message(deps, tx, user.as_login, "password_changed")
