"""A new login by a code that is sent to it; every other session ends with it, the old address is told."""

from dataclasses import dataclass
from typing import Any, Final, Self

from cabinet.domain import codes, limits
from cabinet.domain.codes import CodeCheck, CodePurpose, ConfirmationGone
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.forms import text_of
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import Confirmation, User
from cabinet.services import confirmations, sessions
from cabinet.services.confirmations import ConfirmationRow
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message, readdress
from cabinet.services.sessions import require_recent
from cabinet.texts import dates

CHANGE: Final = (CodePurpose.LOGIN,)


class LoginSame(InputError):
    """It is the actor's own login already."""

    code = "login.same"
    field = "login"


class LoginTaken(Conflict):
    """Somebody else has taken the login since the code was sent; told only to who has shown that it is theirs too."""

    code = "login.taken"


@dataclass(frozen=True, slots=True)
class ChangeLogin:
    """The form of a new login."""

    login: Login

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            LoginMalformed: neither a mobile number nor an e-mail address.
        """
        return cls(Login.parse(text_of(form, "login")))


def ask_login(deps: Deps, actor: Actor, command: ChangeLogin) -> ConfirmationRow:
    """Send a code to the new login; nothing changes until it is entered.

    A login that somebody else has gets the same reply in the same time; its owner gets a letter that says
    so, and no code works.

    Raises:
        ReauthenticationNeeded: the actor has proved who they are too long ago.
        LoginSame: it is the actor's already.
        TooMany: one code a minute and five a day to a login, ten changes a day of a user.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        tx.users.lock(actor.user)  # before the lock of sending, as whoever proves a login has it
        user = tx.users.get_for(actor)
        if command.login == user.as_login:
            raise LoginSame
        _send(deps, tx, actor, user, command.login)
    return get_awaited(deps, actor)


def resend_code(deps: Deps, actor: Actor) -> ConfirmationRow:
    """Send another code to the login that this browser has asked for.

    Raises:
        ConfirmationGone: it awaits no code, or it is another user's.
        TooMany: one a minute, five a day.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        tx.users.lock(actor.user)
        _, login = _awaited(deps, tx, actor)
        _send(deps, tx, actor, tx.users.get_for(actor), login)
    return get_awaited(deps, actor)


def get_awaited(deps: Deps, actor: Actor) -> ConfirmationRow:
    """What this browser is waiting for.

    Raises:
        ConfirmationGone: it awaits no code, or it is another user's.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        confirmation, login = _awaited(deps, tx, actor)
    return confirmations.row_of(confirmation, login, deps.clock.now())


def confirm_login(deps: Deps, actor: Actor, typed: str) -> str:
    """Check the code and, when it is right, take the login: how it is written.

    Raises:
        ConfirmationGone: this browser awaits no code, or it is another user's.
        CodeWrong, CodeExpired, CodeUsed, CodeSuperseded, CodeExhausted: what is wrong with it.
        LoginTaken: somebody was faster.
        TooMany: too many tries from this address.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        _latest(tx, actor)  # another user's code, asked for in this very browser, is not tried
        found, check, left = confirmations.spend_code(deps, tx, actor, CHANGE, typed)
        if check is CodeCheck.RIGHT and (login := found.as_new_login):
            _take(deps, tx, actor, login)
            return login.shown
    raise codes.error_of(check, left)


def _send(deps: Deps, tx: UnitOfWork, actor: Actor, user: User, login: Login) -> None:
    tx.attempts.reserve(limits.LOGIN_CHANGE_USER, actor.user, deps.clock.now())
    confirmations.count_sending(deps, tx, login)
    holder = tx.users.find_by_login(login)
    taken = holder is not None and holder.confirmed_at is not None
    holder_id = holder.id if holder and taken else None
    purpose = CodePurpose.LOGIN
    confirmations.send_code(deps, tx, actor, user, purpose, to=login, decoy=taken, holder_id=holder_id)


def _latest(tx: UnitOfWork, actor: Actor) -> Confirmation:
    """The newest change that this very user has asked for in this browser."""
    found = confirmations.latest_of(tx, actor, CHANGE)
    if found.user_id != actor.user:
        raise ConfirmationGone
    return found


def _awaited(deps: Deps, tx: UnitOfWork, actor: Actor) -> tuple[Confirmation, Login]:
    found = _latest(tx, actor)
    login = found.as_new_login
    if login is None or found.used_at or found.superseded_at or found.expires_at <= deps.clock.now():
        raise ConfirmationGone
    return found, login


def _take(deps: Deps, tx: UnitOfWork, actor: Actor, login: Login) -> None:
    now = deps.clock.now()
    if confirmations.holder_of(deps, tx, login):
        raise LoginTaken
    user = tx.users.get_for(actor)
    former = user.as_login
    # First, or whoever is about to get a ticket and this would wait for each other: a login is a key.
    sessions.end_others(deps, tx, actor, actor.user)
    user.login_kind, user.login = login.kind, login.value
    tx.audit.record(actor, now, "login.changed", user.id)
    at = dates.moment(now.astimezone(sessions.zone_of(tx, actor)))
    readdress(tx, actor.user, login)
    desk = _desk(tx, user)
    queue_message(deps, tx, former, "login_changed", user_id=user.id, at=at, new=login.masked, desk=desk)
    queue_message(deps, tx, login, "login_taken")


def _desk(tx: UnitOfWork, user: User) -> str:
    """Where the supplier is found, for the end of a sentence; "" when it does not say."""
    supplier = tx.suppliers.get(user.supplier_id) if user.supplier_id else None
    where = [x for x in (supplier.desk_address, supplier.desk_email) if x] if supplier else []
    return f" ({', '.join(where)})" if where else ""
