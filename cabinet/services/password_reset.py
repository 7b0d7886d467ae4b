"""A new password by a code sent to the login; every other session ends with it."""

from dataclasses import dataclass
from typing import Any, Self

from cabinet.domain import codes, passwords
from cabinet.domain.codes import CodeCheck, CodePurpose, ConfirmationGone
from cabinet.domain.forms import Parser, text_of
from cabinet.domain.human_check import HumanCheckNeeded, Purpose
from cabinet.domain.identity import NOBODY, Login
from cabinet.domain.permissions import PUBLIC, Actor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import Confirmation, User
from cabinet.services import confirmations, human_check, sessions
from cabinet.services.confirmations import ConfirmationRow, Entered
from cabinet.services.deps import Deps, hashing
from cabinet.services.notifications import queue_message
from cabinet.services.passwords import chosen

PURPOSE = Purpose.RESET
RESET = (CodePurpose.RESET,)


@dataclass(frozen=True, slots=True)
class AskReset:
    """A login that wants a new password."""

    login: Login
    human_pass: str

    @classmethod
    def parse(cls, form: dict[str, Any], human_pass: str) -> Self:
        """Of the page's form.

        Raises:
            Several: the login is malformed, or the human check is not passed.
        """
        parser = Parser()
        login = parser.take(lambda: Login.parse(text_of(form, "login")), NOBODY)
        parser.need(present=bool(human_pass), problem=HumanCheckNeeded())
        parser.finish()
        return cls(login, human_pass)


def ask_reset(deps: Deps, actor: Actor, command: AskReset) -> ConfirmationRow:
    """Send a code, if the login is anybody's; the answer is the same either way.

    Raises:
        HumanCheckNeeded: the check was not passed by this browser for this purpose.
        TooMany: codes to this login are limited, known or not.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        human_check.spend_pass(
            deps, tx, actor.visitor, PURPOSE, command.human_pass, login=command.login.value
        )
        _send(deps, tx, actor, command.login)
    return get_awaited(deps, actor)


def resend_code(deps: Deps, actor: Actor) -> ConfirmationRow:
    """Send another code to the login that this browser has asked for, if it is anybody's.

    Raises:
        ConfirmationGone: it waits for no code.
        TooMany: one a minute, five a day.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        _, login = _awaited(deps, tx, actor)
        _send(deps, tx, actor, login)
    return get_awaited(deps, actor)


def get_awaited(deps: Deps, actor: Actor) -> ConfirmationRow:
    """What this browser is waiting for, whether the login is anybody's or not.

    Raises:
        ConfirmationGone: it has asked for nothing, too long ago, or the password is set already.
    """
    actor.require(PUBLIC)
    with deps.snapshot() as tx:
        confirmation, login = _awaited(deps, tx, actor)
    return confirmations.row_of(confirmation, login, deps.clock.now())


@hashing
def set_password(deps: Deps, actor: Actor, code: str, password: str) -> Entered:
    """Check this browser's code, store the password, end every session, and give a ticket for a new one.

    A mailbox is one factor: an unknown browser is asked for the second one as at every sign-in.

    Raises:
        PasswordShort, PasswordLong, PasswordCommon, PasswordLikeLogin: not such a password.
        CodeWrong, CodeExpired, CodeUsed, CodeSuperseded, CodeExhausted: what is wrong with the code.
        ConfirmationGone: this browser has asked for no code.
        TooMany: too many tries from this address.
    """
    actor.require(PUBLIC)
    checked = chosen(deps, password)
    with deps.transaction() as tx:
        _, check, left = confirmations.try_code(deps, tx, actor, RESET, code)
    if check is CodeCheck.RIGHT:
        password_hash = deps.passwords.hash(checked)  # dear, and done for nobody without the code
        with deps.transaction() as tx:
            found, check, left = confirmations.spend_code(deps, tx, actor, RESET, code)
            if check is CodeCheck.RIGHT:
                user = tx.users.get(found.user_id or 0)
                passwords.checked(password, user.login)
                _store(deps, tx, actor, user, password_hash)
                return confirmations.enter(deps, tx, actor, user, remember=False)
    raise codes.error_of(check, left)


def _send(deps: Deps, tx: UnitOfWork, actor: Actor, login: Login) -> None:
    confirmations.count_sending(deps, tx, login)
    user = tx.users.find_by_login(login)
    if user and user.confirmed_at and not user.blocked_at:
        confirmations.send_code(deps, tx, actor, user, CodePurpose.RESET, to=login)
    else:
        confirmations.pretend_to_send(deps, tx, actor, login, CodePurpose.RESET)


def _awaited(deps: Deps, tx: UnitOfWork, actor: Actor) -> tuple[Confirmation, Login]:
    """What only the right code ends: whether the owner has done something meanwhile is not told."""
    found = confirmations.latest_of(tx, actor, RESET)
    login = found.as_new_login
    if login is None or found.used_at or confirmations.is_late(found, deps.clock.now()):
        raise ConfirmationGone
    return found, login


def _store(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, password_hash: str) -> None:
    now = deps.clock.now()
    user.password_hash = password_hash
    sessions.end_others(deps, tx, Actor.anonymous(actor.visitor), user.id or 0)
    tx.audit.record(Actor(actor.visitor, user.id), now, "password.reset", user.id)
    queue_message(deps, tx, user.as_login, "password_changed")
