"""Subscribers as whoever runs the portal sees them: looked up, closed and opened again by their login."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cabinet.domain.errors import NotFound
from cabinet.domain.identity import Login, spaced_number
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message


class Deed(StrEnum):
    """What is done with a subscriber's cabinet, as the audit has it.

    Attributes:
        SHOW: nothing.
        BLOCK: it is closed: nobody signs in or gets a new password, every session and all that was begun is over.
        UNBLOCK: it is opened again; its password, second factors and accounts are as they were.
    """

    SHOW = "user.shown"
    BLOCK = "user.blocked"
    UNBLOCK = "user.unblocked"


class UserUnknown(NotFound):
    """No subscriber has that login."""

    code = "user.unknown"


@dataclass(frozen=True, slots=True)
class LinkedNumber:
    """A connected account: its number, spaced, and whether more than paying is open."""

    number: str
    extended: bool


@dataclass(frozen=True, slots=True)
class UserRow:
    """A subscriber; instants are UTC, None for what has not happened."""

    login: str
    created_at: datetime
    confirmed_at: datetime | None
    blocked_at: datetime | None
    sessions: int
    accounts: tuple[LinkedNumber, ...]


def manage_user(deps: Deps, actor: Actor, login: Login, deed: Deed = Deed.SHOW) -> UserRow:
    """Do it, write it down, and tell what is known of the subscriber then.

    Raises:
        UserUnknown: no subscriber has that login.
    """
    actor.require(Permission.USER_MANAGE)
    with deps.transaction() as tx:
        user = _find(tx, login)
        if deed is Deed.BLOCK:
            user.blocked_at = user.blocked_at or deps.clock.now()
            sessions.end_others(deps, tx, actor, user.id or 0)
            queue_message(deps, tx, user.as_login, "cabinet_blocked")
        if deed is Deed.UNBLOCK:
            user.blocked_at = None
        tx.audit.record(actor, deps.clock.now(), deed, user.id)
        return _row(deps, tx, actor, user)


def _find(tx: UnitOfWork, login: Login) -> User:
    user = tx.users.find_by_login(login)
    if user is None or tx.operators.find_of_user(user.id or 0):
        raise UserUnknown
    return tx.users.get(user.id or 0, lock=True)


def _row(deps: Deps, tx: UnitOfWork, actor: Actor, user: User) -> UserRow:
    theirs = Actor.subscriber(actor.visitor, user.id or 0, session_id=0)
    return UserRow(
        login=user.as_login.shown,
        created_at=user.created_at,
        confirmed_at=user.confirmed_at,
        blocked_at=user.blocked_at,
        sessions=len(tx.sessions.list_live(theirs, deps.clock.now())),
        accounts=tuple(
            LinkedNumber(spaced_number(x.account.number), x.level is AccessLevel.EXTENDED)
            for x in tx.customer_accounts.list_for(theirs)
        ),
    )
