"""Who is asking: the session cookie, the one-time ticket that earns it, and signing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cabinet.domain.codes import digest, new_token
from cabinet.domain.permissions import Actor, Visitor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import SignInTicket, User, UserSession
from cabinet.services.deps import Deps

TICKET_LIFETIME: Final = timedelta(minutes=1)
IDLE: Final = timedelta(minutes=30)
VISIT: Final = timedelta(hours=12)
REMEMBERED: Final = timedelta(days=30)
_TOUCH_EVERY: Final = timedelta(minutes=1)
_SESSION, _TICKET, _DEVICE = "session", "ticket", "device"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just opened: the cookie's value and how long the browser keeps it (None: this visit)."""

    token: str
    keep: timedelta | None


def make_visitor(deps: Deps, device: str, address: str, agent: str) -> Visitor:
    """A visitor by the raw device cookie, of which only a digest goes further."""
    return Visitor(digest(deps.secret_key, _DEVICE, device) if device else "", address[:64], agent[:256])


def issue_ticket(deps: Deps, tx: UnitOfWork, user: User, visitor: Visitor, *, remember: bool) -> str:
    """A ticket that this browser, and no other, may exchange for a session within a minute."""
    ticket = new_token()
    tx.sessions.add_ticket(
        SignInTicket(
            user_id=user.id or 0,
            ticket_digest=digest(deps.secret_key, _TICKET, ticket),
            device=visitor.device,
            remember=remember,
            expires_at=deps.clock.now() + TICKET_LIFETIME,
        )
    )
    return ticket


def open_session(deps: Deps, actor: Actor, ticket: str) -> NewSession | None:
    """Exchange a ticket for a new session; None when it is unknown, used, late or another browser's.

    Nothing tells a browser without a device cookie from another one: no ticket is its own.
    """
    now, visitor, token = deps.clock.now(), actor.visitor, new_token()
    if not visitor.device:
        return None
    with deps.transaction() as tx:
        spent = tx.sessions.spend_ticket(digest(deps.secret_key, _TICKET, ticket), visitor.device, now)
        if spent is None:
            return None
        opened = tx.sessions.add(
            UserSession(
                user_id=spent.user_id,
                token_digest=digest(deps.secret_key, _SESSION, token),
                device=visitor.device,
                address=visitor.address[:64],
                agent=visitor.agent[:256],
                remember=spent.remember,
                created_at=now,
                last_seen_at=now,
                expires_at=now + (REMEMBERED if spent.remember else VISIT),
            )
        )
        tx.audit.record(Actor(visitor, spent.user_id), now, "session.opened", opened.id)
    return NewSession(token, REMEMBERED if spent.remember else None)


def identify(deps: Deps, visitor: Visitor, token: str) -> Actor:
    """Who came with this session cookie; anonymous when it is dead, idle for too long or none."""
    if not token:
        return Actor.anonymous(visitor)
    now = deps.clock.now()
    key = digest(deps.secret_key, _SESSION, token)
    with deps.snapshot() as tx:
        found = tx.sessions.find_live(key, now)
    if found is None or _is_idle(found[0], now):
        return Actor.anonymous(visitor)
    session, user = found
    if now - session.last_seen_at >= _TOUCH_EVERY:
        with deps.transaction() as tx:
            tx.sessions.touch(session.id or 0, now)
    return Actor.subscriber(visitor, user.id or 0, session.id or 0)


def close_session(deps: Deps, token: str) -> bool:
    """Sign out; whether there was a session to end."""
    with deps.transaction() as tx:
        return tx.sessions.revoke(digest(deps.secret_key, _SESSION, token), deps.clock.now())


def _is_idle(session: UserSession, now: datetime) -> bool:
    return not session.remember and now - session.last_seen_at > IDLE
