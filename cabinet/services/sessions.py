"""Who is asking: the session cookie, the one-time ticket that earns it, and signing out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cabinet.domain.codes import digest, new_token
from cabinet.domain.errors import ReauthenticationNeeded
from cabinet.domain.permissions import Actor, OperatorRole, Permission, Visitor
from cabinet.persistence.operators import Operator
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import SignInTicket, User, UserSession
from cabinet.services.deps import Deps
from cabinet.texts import dates, devices

TICKET_LIFETIME: Final = timedelta(minutes=1)
RECENT: Final = timedelta(minutes=10)
IDLE: Final = timedelta(minutes=30)
DESK_IDLE: Final = timedelta(minutes=15)
VISIT: Final = timedelta(hours=12)
REMEMBERED: Final = timedelta(days=30)
TICKETS_KEPT: Final = timedelta(days=1)
"""After it is too late for a ticket or a second step."""
CODES_KEPT: Final = timedelta(days=2)
"""After it is too late for a code or a link: so long its page tells what has become of it."""
SESSIONS_KEPT: Final = timedelta(days=180)
"""After its end: so long its browser is a known one, and its address one that people sign in from."""
UNCONFIRMED_KEPT: Final = timedelta(days=7)
_TOUCH_EVERY: Final = timedelta(minutes=1)
_SESSION, _TICKET, _DEVICE = "session", "ticket", "device"
_ZONE: Final = "Europe/Moscow"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just opened: the cookie's value and how long the browser keeps it (None: this visit).

    Attributes:
        desk: it is an operator's.
    """

    token: str
    keep: timedelta | None
    desk: bool = False


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser that is signed in.

    Attributes:
        device: «Chrome, Windows», of what the browser says of itself.
        seen: when it last asked for anything, in the supplier's zone.
        here: it is the browser that asks now.
    """

    id: str
    device: str
    seen: str
    address: str
    here: bool


def make_visitor(deps: Deps, device: str, address: str, agent: str) -> Visitor:
    """A visitor by the raw device cookie, of which only a digest goes further."""
    return Visitor(digest(deps.secret_key, _DEVICE, device) if device else "", address[:64], agent[:256])


def issue_ticket(
    deps: Deps, tx: UnitOfWork, user: User, visitor: Visitor, *, remember: bool, factor: bool = False
) -> str:
    """A ticket that this browser, and no other, may exchange for a session within a minute.

    With `factor` a second factor was shown for it.
    """
    ticket = new_token()
    tx.sessions.add_ticket(
        SignInTicket(
            user_id=user.id or 0,
            ticket_digest=digest(deps.secret_key, _TICKET, ticket),
            device=visitor.device,
            remember=remember,
            factor=factor,
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
        desk = tx.operators.find_of_user(spent.user_id) is not None
        remember = spent.remember and not desk
        tx.training.claim(visitor.device, spent.user_id)
        opened = tx.sessions.add(
            UserSession(
                user_id=spent.user_id,
                token_digest=digest(deps.secret_key, _SESSION, token),
                device=visitor.device,
                address=visitor.address[:64],
                network=visitor.network,
                agent=visitor.agent[:256],
                remember=remember,
                created_at=now,
                last_seen_at=now,
                authenticated_at=now,
                expires_at=now + (REMEMBERED if remember else VISIT),
                factor_at=now if spent.factor else None,
            )
        )
        tx.audit.record(Actor(visitor, spent.user_id), now, "session.opened", opened.id)
    return NewSession(token, REMEMBERED if remember else None, desk)


def identify(deps: Deps, visitor: Visitor, token: str, *, present: bool = True) -> Actor:
    """Who came with this session cookie; anonymous when it is dead, idle for too long or none.

    Unless somebody is `present`, a page that asks by itself does not prolong the session.
    """
    if not token:
        return Actor.anonymous(visitor)
    now = deps.clock.now()
    key = digest(deps.secret_key, _SESSION, token)
    with deps.snapshot() as tx:
        found = tx.sessions.find_live(key, now)
    if found is None or _is_idle(found[0], now, found[2]):
        return Actor.anonymous(visitor)
    session, user, operator = found
    if present and now - session.last_seen_at >= _TOUCH_EVERY:
        with deps.transaction() as tx:
            tx.sessions.touch(session.id or 0, now)
    if operator:
        with deps.snapshot() as tx:
            verified = session.factor_at is not None and _has_factor(tx, operator.user_id)
        role = OperatorRole(operator.role)
        return Actor.operator(
            visitor, user.id or 0, session.id or 0, operator.supplier_id, role, verified=verified
        )
    return Actor.subscriber(visitor, user.id or 0, session.id or 0)


def peek(deps: Deps, token: str) -> int | None:
    """The user of a session cookie, if it is alive; nothing is written, so the visit is not prolonged."""
    if not token:
        return None
    now = deps.clock.now()
    with deps.snapshot() as tx:
        found = tx.sessions.find_live(digest(deps.secret_key, _SESSION, token), now)
    return found[1].id if found and not _is_idle(found[0], now, found[2]) else None


def _has_factor(tx: UnitOfWork, user_id: int) -> bool:
    """Whoever has turned the last factor off has to connect one again, in this session too."""
    return tx.second_factors.find_totp(user_id, confirmed=True) is not None or bool(
        tx.passkeys.list_of(user_id)
    )


def require_recent(deps: Deps, tx: UnitOfWork, actor: Actor) -> None:
    """Pass when the actor proved who they are in the last ten minutes; where an app is on, by a second factor too.

    Raises:
        ReauthenticationNeeded: it was earlier, or the session is over.
        SignInNeeded: nobody is signed in.
    """
    session = tx.sessions.find_own(actor)
    if session is None:
        raise ReauthenticationNeeded
    proofs: list[datetime | None] = [session.authenticated_at]
    if tx.second_factors.find_totp(actor.user, confirmed=True):
        proofs.append(session.factor_at)
    if any(at is None or deps.clock.now() - at > RECENT for at in proofs):
        raise ReauthenticationNeeded


def close_session(deps: Deps, token: str) -> bool:
    """Sign out; whether there was a session to end."""
    with deps.transaction() as tx:
        return tx.sessions.revoke(digest(deps.secret_key, _SESSION, token), deps.clock.now())


def list_sessions(deps: Deps, actor: Actor) -> list[SessionRow]:
    """The actor's live sessions: this browser's first, then the last seen."""
    actor.require(Permission.PROFILE)
    now = deps.clock.now()
    with deps.snapshot() as tx:
        zone = zone_of(tx, actor)
        operator = tx.operators.find_of_user(actor.user)
        live = [x for x in tx.sessions.list_live(actor, now) if not _is_idle(x, now, operator)]
    return [_row(x, zone, actor) for x in sorted(live, key=lambda x: x.id != actor.session_id)]


def revoke_session(deps: Deps, actor: Actor, session_id: int) -> None:
    """End one of the actor's sessions: it is dead at its next event, and its browser is no known one any more.

    Raises:
        NotFound: there is none, it is a stranger's, or it is over already.
        ReauthenticationNeeded: who took this session over must not throw its owner out.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        _void_begun(deps, tx, actor.user)
        tx.sessions.revoke_own(actor, session_id, deps.clock.now())
        tx.sessions.forget_browsers(actor.user, actor.visitor.device, session_id)
        tx.audit.record(actor, deps.clock.now(), "session.revoked", session_id)


def revoke_other_sessions(deps: Deps, actor: Actor) -> int:
    """End all the actor's sessions but the one that asks, and know no other browser any more; how many were ended.

    Raises:
        ReauthenticationNeeded: who took this session over must not throw its owner out.
    """
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        ended = end_others(deps, tx, actor, actor.user)
        tx.audit.record(actor, deps.clock.now(), "session.others_revoked", count=ended)
    return ended


def end_others(deps: Deps, tx: UnitOfWork, keep: Actor, user_id: int) -> int:
    """End whatever leads into the user's cabinet but what `keep` asks with; how many sessions were ended.

    What has been begun leads nowhere, and no other browser is known any more. Whoever asks without a session
    keeps none of them.
    """
    _void_begun(deps, tx, user_id)
    ended = tx.sessions.revoke_others(user_id, keep.session_id, deps.clock.now())
    tx.sessions.forget_browsers(user_id, keep.visitor.device)
    return ended


def _void_begun(deps: Deps, tx: UnitOfWork, user_id: int) -> None:
    """Second steps and codes that wait, then the tickets that they earn, and before the sessions that those open.

    What is being spent at this moment is waited for, so that what it gives is there to be ended. So is a right
    password, which locks its user.
    """
    tx.users.lock(user_id)
    tx.second_factors.void_pending(user_id)
    tx.confirmations.supersede_open(user_id, deps.clock.now())
    tx.sessions.void_tickets(user_id, deps.clock.now())


def forget_old(deps: Deps) -> None:
    """Delete what was begun and not finished, and sessions that ended long ago; who never confirmed is nobody."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        tx.sessions.forget_before(now - SESSIONS_KEPT)
        tx.sessions.forget_tickets(now - TICKETS_KEPT)
        tx.second_factors.forget_pending(now - TICKETS_KEPT)
        tx.confirmations.forget_before(now - CODES_KEPT)
        tx.users.forget_unconfirmed(now - UNCONFIRMED_KEPT, now)


def zone_of(tx: UnitOfWork, actor: Actor) -> ZoneInfo:
    """The zone that times are told in: the supplier's, or Moscow's before one is chosen."""
    return zone_of_supplier(tx, actor.supplier_id or tx.users.get_for(actor).supplier_id)


def zone_of_supplier(tx: UnitOfWork, supplier_id: int | None) -> ZoneInfo:
    """The supplier's zone, or Moscow's before one is chosen."""
    return ZoneInfo(tx.suppliers.get(supplier_id).timezone if supplier_id else _ZONE)


def _row(session: UserSession, zone: ZoneInfo, actor: Actor) -> SessionRow:
    return SessionRow(
        id=str(session.id),
        device=devices.name(session.agent),
        seen=dates.moment(session.last_seen_at.astimezone(zone)),
        address=session.address,
        here=session.id == actor.session_id,
    )


def _is_idle(session: UserSession, now: datetime, operator: Operator | None) -> bool:
    if operator:
        return now - session.last_seen_at > DESK_IDLE
    return not session.remember and now - session.last_seen_at > IDLE
