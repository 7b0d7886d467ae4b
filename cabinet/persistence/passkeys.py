"""Passkeys of users, and the challenges that wait for an answer by one."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.errors import NotFound
from cabinet.domain.passkeys import PasskeyPurpose
from cabinet.domain.permissions import Actor
from cabinet.persistence.types import instant, key, refers


class Passkey(SQLModel, table=True):
    """A passkey: the public half only, of no use to whoever reads it.

    Attributes:
        key_id: the passkey's own id, base64url.
        counter: the number of its last proof; 0 for ever when it does not count.
        synced: whether its owner had it on other devices too at the last proof.
    """

    __tablename__ = "passkeys"

    id: int | None = key()
    user_id: int = refers("users.id")
    key_id: str = Field(max_length=1364, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    counter: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=60)
    synced: bool = False
    created_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class PasskeyChallenge(SQLModel, table=True):
    """A challenge that one browser may answer once; its digest, so that reading it answers nothing.

    Attributes:
        user_id: who must answer; nobody in particular when anybody may sign in by it.
    """

    __tablename__ = "passkey_challenges"

    digest: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(max_length=16)
    device: str = Field(max_length=64)
    user_id: int | None = refers("users.id", default=None)
    expires_at: datetime = instant(index=True)


class Passkeys:
    """The repository of passkeys."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, passkey: Passkey) -> bool:
        """Store a new one and number it; False when somebody has it already."""
        try:
            with self._session.begin_nested():
                self._session.add(passkey)
        except IntegrityError:
            return False
        return True

    def list_of(self, user_id: int) -> list[Passkey]:
        """A user's passkeys, oldest first."""
        return list(
            self._session.exec(select(Passkey).where(Passkey.user_id == user_id).order_by(col(Passkey.id)))
        )

    def get_for(self, actor: Actor, passkey_id: int) -> Passkey:
        """One of the actor's own.

        Raises:
            NotFound: there is none, or it is a stranger's.
        """
        found = self._session.exec(
            select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == actor.user)
        ).one_or_none()
        if found is None:
            raise NotFound
        return found

    def find_by_key(self, key_id: str) -> Passkey | None:
        """The one with this id of its own, whoever's it is."""
        return self._session.exec(select(Passkey).where(Passkey.key_id == key_id)).one_or_none()

    def note_use(self, passkey: Passkey, counter: int, now: datetime, *, synced: bool) -> bool:
        """Remember a proof; False when the passkey was removed or proved something else meanwhile.

        One statement: of two proofs with the same number, as a copied key makes them, one counts.
        """
        noted = self._session.exec(
            update(Passkey)
            .where(col(Passkey.id) == passkey.id, col(Passkey.counter) == passkey.counter)
            .values(counter=counter, used_at=now, synced=synced)
            .execution_options(synchronize_session=False)
        )
        return noted.rowcount == 1

    def remove(self, passkey: Passkey) -> None:
        """Forget it: it opens nothing any more."""
        self._session.delete(passkey)
        self._session.flush()


class PasskeyChallenges:
    """The repository of challenges."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, challenge: PasskeyChallenge) -> None:
        """Wait for an answer."""
        self._session.add(challenge)
        self._session.flush()

    def spend(
        self, digest: str, purpose: PasskeyPurpose, device: str, user_id: int | None, now: datetime
    ) -> bool:
        """Whether it waited for this purpose, browser and user; it waits no more.

        One statement, so of any number of answers at once exactly one is looked at.
        """
        spent = self._session.exec(
            delete(PasskeyChallenge).where(
                col(PasskeyChallenge.digest) == digest,
                col(PasskeyChallenge.purpose) == purpose,
                col(PasskeyChallenge.device) == device,
                col(PasskeyChallenge.user_id) == user_id,
                col(PasskeyChallenge.expires_at) > now,
            )
        )
        return spent.rowcount == 1

    def forget_expired(self, now: datetime) -> int:
        """Delete what is too late for an answer; how many."""
        gone = self._session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now))
        return gone.rowcount
