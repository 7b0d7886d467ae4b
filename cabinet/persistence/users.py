"""Users of the cabinet, their confirmations and their sessions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, String, cast, delete, false, literal, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.codes import CodePurpose
from cabinet.domain.errors import NotFound, SignInNeeded
from cabinet.domain.identity import Login, LoginKind
from cabinet.domain.permissions import Actor
from cabinet.persistence.operators import Operator
from cabinet.persistence.types import instant, key, refers

_ENDED: Final = "ended_sessions"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose by registering. It holds once the code or the link that was sent for it has come back.

    Whoever else types the same login chooses for themselves.
    """

    password_hash: str
    consent_version: str
    consent_digest: str
    consented_at: datetime
    consent_address: str


class User(SQLModel, table=True):
    """Пользователь личного кабинета; until the login is confirmed no password fits."""

    __tablename__ = "users"

    id: int | None = key()
    login_kind: str = Field(max_length=8)
    login: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=60)
    created_at: datetime = instant()
    confirmed_at: datetime | None = instant(default=None)
    blocked_at: datetime | None = instant(default=None)
    supplier_id: int | None = refers("suppliers.id", default=None)
    consent_version: str = Field(max_length=32)
    consent_digest: str = Field(max_length=64)
    consented_at: datetime = instant()
    consent_address: str = Field(max_length=64)
    # Asked for the second factor at every sign-in, from a known browser too: who works at the desk.
    second_step_always: bool = Field(default=False, sa_column_kwargs={"server_default": false()})

    @property
    def as_login(self) -> Login:
        """The login as a value."""
        return Login(LoginKind(self.login_kind), self.login)

    def confirm(self, chosen: Chosen, now: datetime) -> None:
        """The login is the user's, and what they chose by registering holds."""
        self.confirmed_at = now
        self.sqlmodel_update(asdict(chosen))


class Confirmation(SQLModel, table=True):
    """A code and a link that were sent to a login; kept as digests.

    Of no user: a browser was told that a code went to a login that nobody has.
    """

    __tablename__ = "confirmations"

    id: int | None = key()
    user_id: int | None = refers("users.id", default=None)
    purpose: str = Field(max_length=16)
    code_digest: str = Field(max_length=64)
    token_digest: str = Field(max_length=64, unique=True)
    device: str = Field(max_length=64, index=True)
    # What was chosen by registering; of no meaning for every other purpose.
    password_hash: str = Field(default="", max_length=60)
    consent_version: str = Field(default="", max_length=32, sa_column_kwargs={"server_default": ""})
    consent_digest: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    consented_at: datetime | None = instant(default=None)
    consent_address: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    # The login that is taken with this very confirmation, or that asks for a new password; "" for the other purposes.
    new_login_kind: str = Field(default="", max_length=8)
    new_login: str = Field(default="", max_length=254)
    remember: bool = False
    sent_at: datetime = instant()
    expires_at: datetime = instant()
    tries: int = 0
    used_at: datetime | None = instant(default=None)
    superseded_at: datetime | None = instant(default=None)

    @property
    def chosen(self) -> Chosen | None:
        """What holds once it is confirmed, where something was chosen with it."""
        if self.consented_at is None:
            return None
        return Chosen(
            self.password_hash,
            self.consent_version,
            self.consent_digest,
            self.consented_at,
            self.consent_address,
        )

    @property
    def as_new_login(self) -> Login | None:
        """The login that it is about, where that is not simply the user's."""
        return Login(LoginKind(self.new_login_kind), self.new_login) if self.new_login else None


class UserSession(SQLModel, table=True):
    """A signed-in browser; the cookie's digest, never the cookie."""

    __tablename__ = "sessions"

    id: int | None = key()
    user_id: int = refers("users.id")
    token_digest: str = Field(max_length=64, unique=True)
    device: str = Field(max_length=64)
    address: str = Field(max_length=64)
    # What the address counts as for limits; kept apart, so that an index answers for it.
    network: str = Field(max_length=64, index=True)
    agent: str = Field(max_length=256)
    remember: bool = False
    created_at: datetime = instant()
    last_seen_at: datetime = instant()
    authenticated_at: datetime = instant()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)
    # When a second factor was last shown in it; the desk opens for such a session only.
    factor_at: datetime | None = instant(default=None)


class SignInTicket(SQLModel, table=True):
    """A one-time ticket that the browser which earned it exchanges for a session cookie."""

    __tablename__ = "sign_in_tickets"

    id: int | None = key()
    user_id: int = refers("users.id")
    ticket_digest: str = Field(max_length=64, unique=True)
    device: str = Field(max_length=64)
    remember: bool = False
    # A second factor was shown for it.
    factor: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    expires_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class Users:
    """The repository of users."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, user: User) -> User:
        """Store a new user and number it."""
        self._session.add(user)
        self._session.flush()
        return user

    def find_by_login(self, login: Login) -> User | None:
        """The user of a normalised login."""
        return self._session.exec(select(User).where(User.login == login.value)).one_or_none()

    def release_login(self, user: User, now: datetime) -> None:
        """Free the login of somebody who never confirmed it: nobody signs in with what stands there then."""
        user.login, user.blocked_at = f"released-{user.id}", now
        self._session.add(user)
        self._session.flush()

    def forget_unconfirmed(self, moment: datetime, now: datetime) -> int:
        """Nothing is known any more of who registered before that moment, never confirmed it and is asked for no code; how many.

        The number stays: the next person must not be given what the audit tells of it.
        """
        released = literal("released-").concat(cast(col(User.id), String))
        asked = select(Confirmation.id).where(Confirmation.user_id == User.id).exists()
        invited = select(Operator.user_id).where(Operator.user_id == User.id).exists()
        gone = self._session.exec(
            update(User)
            .where(
                col(User.confirmed_at).is_(None),
                col(User.created_at) < moment,
                or_(col(User.consent_address) != "", col(User.password_hash) != ""),
                ~asked,
                ~invited,
            )
            .values(
                login=released,
                login_kind=LoginKind.EMAIL,
                password_hash="",
                consent_address="",
                blocked_at=now,
            )
            .execution_options(synchronize_session=False)
        )
        return gone.rowcount

    def get(self, user_id: int, *, lock: bool = False) -> User:
        """The user, or NotFound; with `lock` nobody else changes them until the transaction ends."""
        # What only refers to the row, like a new ticket, need not wait, and so waits for nobody in a circle.
        user = self._session.get(User, user_id, with_for_update={"key_share": True} if lock else None)
        if user is None:
            raise NotFound
        return user

    def lock(self, user_id: int) -> None:
        """Keep the user's other transactions of this kind waiting until this one ends."""
        self._session.exec(select(User.id).where(User.id == user_id).with_for_update(key_share=True)).one()

    def lock_holder(self, login: Login) -> None:
        """`lock` whoever has the login, if anybody has; before the lock of sending to it."""
        holder = select(User.id).where(User.login == login.value)
        self._session.exec(holder.with_for_update(key_share=True)).one_or_none()

    def get_for(self, actor: Actor) -> User:
        """The actor's own row.

        Raises:
            SignInNeeded: nobody is signed in, or the user is blocked meanwhile.
        """
        user = self.get(actor.user)
        if user.blocked_at:
            raise SignInNeeded
        return user


class Confirmations:
    """The repository of codes and links."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, confirmation: Confirmation) -> None:
        """Store one, superseding the open ones of the same user, purpose and browser."""
        self._session.exec(
            update(Confirmation)
            .where(
                col(Confirmation.user_id) == confirmation.user_id,
                col(Confirmation.purpose) == confirmation.purpose,
                col(Confirmation.device) == confirmation.device,
                col(Confirmation.used_at).is_(None),
                col(Confirmation.superseded_at).is_(None),
            )
            .values(superseded_at=confirmation.sent_at)
        )
        self._session.add(confirmation)
        self._session.flush()

    def supersede_open(self, user_id: int, now: datetime) -> None:
        """No code or link that was sent to the user so far works any more."""
        self._session.exec(
            update(Confirmation)
            .where(
                col(Confirmation.user_id) == user_id,
                col(Confirmation.used_at).is_(None),
                col(Confirmation.superseded_at).is_(None),
            )
            .values(superseded_at=now)
        )

    def has_rival(self, confirmation: Confirmation, now: datetime) -> bool:
        """Whether another browser waits for the same thing of the same user."""
        return (
            self._session.exec(
                select(Confirmation.id)
                .where(
                    Confirmation.user_id == confirmation.user_id,
                    Confirmation.purpose == confirmation.purpose,
                    Confirmation.device != confirmation.device,
                    col(Confirmation.used_at).is_(None),
                    col(Confirmation.superseded_at).is_(None),
                    col(Confirmation.expires_at) > now,
                )
                .limit(1)
            ).first()
            is not None
        )

    def find_latest(
        self, device: str, purposes: Sequence[CodePurpose], *, lock: bool = False
    ) -> Confirmation | None:
        """The newest one that a browser asked for."""
        found = self._session.exec(
            select(Confirmation)
            .where(Confirmation.device == device, col(Confirmation.purpose).in_(purposes))
            .order_by(col(Confirmation.id).desc())
            .limit(1)
        ).one_or_none()
        return self._locked(found) if found and lock else found

    def find_by_code(self, user_id: int | None, purpose: CodePurpose, digest: str) -> Confirmation | None:
        """The newest one of a user with this very code, whatever has become of it."""
        return self._session.exec(
            select(Confirmation)
            .where(
                Confirmation.user_id == user_id,
                Confirmation.purpose == purpose,
                Confirmation.code_digest == digest,
            )
            .order_by(col(Confirmation.id).desc())
            .limit(1)
        ).one_or_none()

    def find_by_token(self, digest: str, *, lock: bool = False) -> Confirmation | None:
        """The one that a link belongs to."""
        found = self._session.exec(
            select(Confirmation).where(Confirmation.token_digest == digest)
        ).one_or_none()
        return self._locked(found) if found and lock else found

    def forget_before(self, moment: datetime) -> int:
        """Delete those that it was too late for before then; how many."""
        return self._session.exec(delete(Confirmation).where(col(Confirmation.expires_at) < moment)).rowcount

    def _locked(self, found: Confirmation) -> Confirmation | None:
        """The same as it is now; nobody else tries what was sent to its user until the transaction ends.

        A right one ends all the others: two who each held their own would wait for each other's. So it is the user
        who is locked; where there is none, the row itself.
        """
        owner, same = User.id == found.user_id, select(Confirmation).where(Confirmation.id == found.id)
        self._session.exec(select(User.id).where(owner).with_for_update(key_share=True)).one_or_none()
        fresh = (same if found.user_id else same.with_for_update()).execution_options(populate_existing=True)
        return self._session.exec(fresh).one_or_none()


class Sessions:
    """The repository of sessions and the tickets that open them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, user_session: UserSession) -> UserSession:
        """Store a new session and number it."""
        self._session.add(user_session)
        self._session.flush()
        return user_session

    def add_ticket(self, ticket: SignInTicket) -> None:
        """Store a ticket."""
        self._session.add(ticket)
        self._session.flush()

    def spend_ticket(self, digest: str, device: str, now: datetime) -> SignInTicket | None:
        """The ticket, spent by this very call, or None: unknown, late, used or of another browser."""
        spent = self._session.exec(
            update(SignInTicket)
            .where(
                col(SignInTicket.ticket_digest) == digest,
                col(SignInTicket.device) == device,
                col(SignInTicket.used_at).is_(None),
                col(SignInTicket.expires_at) > now,
            )
            .values(used_at=now)
        )
        if spent.rowcount != 1:
            return None
        return self._session.exec(select(SignInTicket).where(SignInTicket.ticket_digest == digest)).one()

    def void_tickets(self, user_id: int, now: datetime) -> None:
        """Spend the user's open tickets for nothing: none of them opens a session any more."""
        self._session.exec(
            update(SignInTicket)
            .where(col(SignInTicket.user_id) == user_id, col(SignInTicket.used_at).is_(None))
            .values(used_at=now)
        )

    def is_known_device(self, user_id: int, device: str) -> bool:
        """Whether the user has signed in from this browser before."""
        statement = select(UserSession.id).where(UserSession.user_id == user_id, UserSession.device == device)
        return bool(device) and self._session.exec(statement.limit(1)).first() is not None

    def is_known_network(self, network: str) -> bool:
        """Whether anybody has signed in from there before."""
        statement = select(UserSession.id).where(UserSession.network == network)
        return self._session.exec(statement.limit(1)).first() is not None

    def find_live(self, digest: str, now: datetime) -> tuple[UserSession, User, Operator | None] | None:
        """The live session of a cookie's digest, its user and the operator that they are, unless closed."""
        return self._session.exec(
            select(UserSession, User, Operator)
            .join(User, col(User.id) == col(UserSession.user_id))
            .join(Operator, col(Operator.user_id) == col(User.id), isouter=True)
            .where(
                UserSession.token_digest == digest,
                col(UserSession.revoked_at).is_(None),
                col(UserSession.expires_at) > now,
                col(User.blocked_at).is_(None),
            )
        ).one_or_none()

    def find_own(self, actor: Actor) -> UserSession | None:
        """The live session that the actor asks with; None when it has been ended since."""
        return self._session.exec(
            select(UserSession).where(
                UserSession.id == actor.session_id,
                UserSession.user_id == actor.user,
                col(UserSession.revoked_at).is_(None),
            )
        ).one_or_none()

    def authenticate(self, actor: Actor, now: datetime) -> None:
        """Remember that the owner of the session that the actor asks with has proved who they are."""
        self._session.exec(
            update(UserSession)
            .where(col(UserSession.id) == actor.session_id, col(UserSession.user_id) == actor.user)
            .values(authenticated_at=now)
        )

    def touch(self, session_id: int, now: datetime) -> None:
        """Remember that the session was seen."""
        self._session.exec(
            update(UserSession).where(col(UserSession.id) == session_id).values(last_seen_at=now)
        )

    def mark_factor(self, session_id: int, now: datetime) -> None:
        """Remember that a second factor was shown in the session."""
        self._session.exec(update(UserSession).where(col(UserSession.id) == session_id).values(factor_at=now))

    def revoke(self, digest: str, now: datetime) -> bool:
        """End the session of a cookie's digest; whether there was one to end."""
        return self._end(now, col(UserSession.token_digest) == digest) == 1

    def list_live(self, actor: Actor, now: datetime) -> list[UserSession]:
        """The actor's own sessions that are neither ended nor too old, last seen first."""
        return list(
            self._session.exec(
                select(UserSession)
                .where(
                    UserSession.user_id == actor.user,
                    col(UserSession.revoked_at).is_(None),
                    col(UserSession.expires_at) > now,
                )
                .order_by(col(UserSession.last_seen_at).desc(), col(UserSession.id).desc())
            )
        )

    def list_by_ids(self, actor: Actor, ids: Sequence[int]) -> list[UserSession]:
        """The actor's own sessions among these, ended ones too."""
        return list(
            self._session.exec(
                select(UserSession).where(UserSession.user_id == actor.user, col(UserSession.id).in_(ids))
            )
        )

    def revoke_own(self, actor: Actor, session_id: int, now: datetime) -> None:
        """End one of the actor's own sessions.

        Raises:
            NotFound: there is none, it is a stranger's, or it is over already.
        """
        if self._end(now, col(UserSession.id) == session_id, col(UserSession.user_id) == actor.user) != 1:
            raise NotFound

    def forget_browsers(self, user_id: int, keep: str, session_id: int | None = None) -> None:
        """The browser of a session, or every one without it, is unknown to the user from now on; but for `keep`."""
        statement = update(UserSession).where(
            col(UserSession.user_id) == user_id, col(UserSession.device) != keep
        )
        if session_id is not None:
            device = select(UserSession.device).where(
                UserSession.id == session_id, UserSession.user_id == user_id
            )
            statement = statement.where(col(UserSession.device) == device.scalar_subquery())
        self._session.exec(statement.values(device="").execution_options(synchronize_session=False))

    def revoke_others(self, user_id: int, keep: int | None, now: datetime) -> int:
        """End all the user's sessions but one; how many were ended."""
        others = [col(UserSession.id) != keep] if keep is not None else []
        return self._end(now, col(UserSession.user_id) == user_id, *others)

    def forget_before(self, moment: datetime) -> int:
        """Delete sessions that were over before then; how many."""
        over = or_(col(UserSession.expires_at) < moment, col(UserSession.revoked_at) < moment)
        return self._session.exec(delete(UserSession).where(over)).rowcount

    def forget_tickets(self, moment: datetime) -> int:
        """Delete tickets that it was too late for before then; how many."""
        return self._session.exec(delete(SignInTicket).where(col(SignInTicket.expires_at) < moment)).rowcount

    def _end(self, now: datetime, *whose: ColumnElement[bool]) -> int:
        """End those that are not yet; whoever listens is told which, once it is committed."""
        ending = (
            update(UserSession).where(*whose, col(UserSession.revoked_at).is_(None)).values(revoked_at=now)
        )
        ended = self._session.execute(ending.returning(col(UserSession.id))).scalars().all()
        self._session.info.setdefault(_ENDED, set()).update(ended)
        return len(ended)


def ended_sessions(session: Session) -> frozenset[int]:
    """The sessions that were ended in it."""
    return frozenset(session.info.get(_ENDED, ()))
