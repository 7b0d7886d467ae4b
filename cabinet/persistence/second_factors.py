"""What proves who signs in besides the password, and sign-ins that wait for it."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, delete, func, update
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cabinet.domain.second_factors import TRIES
from cabinet.persistence.types import instant, key, refers


class TotpSecret(SQLModel, table=True):
    """A person's authenticator app; unconfirmed until its first code has been typed.

    Attributes:
        sealed: the secret, encrypted for this person.
        last_step: the newest step whose code was accepted: it and those before are never accepted again.
    """

    __tablename__ = "totp_secrets"

    id: int | None = key()
    user_id: int = refers("users.id", unique=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    last_step: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = instant()
    confirmed_at: datetime | None = instant(default=None)


class RecoveryCode(SQLModel, table=True):
    """One of the codes that a person keeps on paper; its digest, never the code."""

    __tablename__ = "recovery_codes"

    id: int | None = key()
    user_id: int = refers("users.id")
    code_digest: str = Field(max_length=64, unique=True)
    created_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class PendingSignIn(SQLModel, table=True):
    """A right password of one browser that waits for the second step."""

    __tablename__ = "pending_sign_ins"

    id: int | None = key()
    user_id: int = refers("users.id")
    device: str = Field(max_length=64, index=True)
    remember: bool = False
    tries: int = 0
    expires_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class SecondFactors:
    """The repository of all three."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_totp(self, user_id: int, *, confirmed: bool) -> TotpSecret | None:
        """The person's app: the one that signs in, or the one that is being enrolled."""
        found = self._session.exec(select(TotpSecret).where(TotpSecret.user_id == user_id)).one_or_none()
        return found if found and (found.confirmed_at is not None) is confirmed else None

    def list_totp(self) -> list[TotpSecret]:
        """Everybody's apps that sign in."""
        return list(self._session.exec(select(TotpSecret).where(col(TotpSecret.confirmed_at).is_not(None))))

    def add_totp(self, secret: TotpSecret) -> None:
        """Begin to enrol an app; whatever app the person was enrolling before is forgotten."""
        self._session.exec(
            delete(TotpSecret).where(
                col(TotpSecret.user_id) == secret.user_id, col(TotpSecret.confirmed_at).is_(None)
            )
        )
        self._session.add(secret)
        self._session.flush()

    def spend_step(self, secret: TotpSecret, step: int) -> bool:
        """Accept a step of an app that is on: of any number of callers at once exactly one is told so."""
        done = self._session.exec(
            update(TotpSecret)
            .where(
                col(TotpSecret.id) == secret.id,
                col(TotpSecret.confirmed_at).is_not(None),
                col(TotpSecret.last_step) < step,
            )
            .values(last_step=step)
        )
        return done.rowcount == 1

    def delete_totp(self, user_id: int) -> bool:
        """Forget the person's app; whether it was on."""
        done = self._session.exec(
            delete(TotpSecret).where(
                col(TotpSecret.user_id) == user_id, col(TotpSecret.confirmed_at).is_not(None)
            )
        )
        return done.rowcount == 1

    def forget(self, user_id: int) -> None:
        """Whatever the person had: they begin anew."""
        self._session.exec(delete(TotpSecret).where(col(TotpSecret.user_id) == user_id))
        self.delete_recovery_codes(user_id)
        self.void_pending(user_id)

    def replace_recovery_codes(self, user_id: int, digests: list[str], now: datetime) -> None:
        """The person's codes are these from now on; none of the former is accepted."""
        self.delete_recovery_codes(user_id)
        self._session.add_all([RecoveryCode(user_id=user_id, code_digest=x, created_at=now) for x in digests])
        self._session.flush()

    def delete_recovery_codes(self, user_id: int) -> None:
        """Forget them all."""
        self._session.exec(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))

    def spend_recovery_code(self, user_id: int, digest: str, now: datetime) -> bool:
        """Use a code up: of any number of callers at once exactly one is told so."""
        done = self._session.exec(
            update(RecoveryCode)
            .where(
                col(RecoveryCode.user_id) == user_id,
                col(RecoveryCode.code_digest) == digest,
                col(RecoveryCode.used_at).is_(None),
            )
            .values(used_at=now)
        )
        return done.rowcount == 1

    def recovery_codes_left(self, user_id: int) -> int:
        """How many of the person's codes are unused."""
        return self._session.exec(
            select(func.count(col(RecoveryCode.id))).where(
                RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None)
            )
        ).one()

    def add_pending(self, pending: PendingSignIn, now: datetime) -> None:
        """Let a browser wait at the second step; what it waited for before is over, what is late is forgotten."""
        self._session.exec(
            delete(PendingSignIn).where(
                (col(PendingSignIn.device) == pending.device) | (col(PendingSignIn.expires_at) <= now)
            )
        )
        self._session.add(pending)
        self._session.flush()

    def forget_pending(self, moment: datetime) -> int:
        """Delete second steps that it was too late for before then; how many."""
        gone = self._session.exec(delete(PendingSignIn).where(col(PendingSignIn.expires_at) < moment))
        return gone.rowcount

    def find_pending(self, device: str, now: datetime) -> PendingSignIn | None:
        """What a browser waits for and may still try."""
        return self._session.exec(_open(device, now)).one_or_none()

    def take_try(self, device: str, now: datetime) -> PendingSignIn | None:
        """What a browser waits for, with one try more counted; None when none is left, however many ask at once."""
        pending = self._session.exec(_open(device, now).with_for_update()).one_or_none()
        if pending:
            pending.tries += 1
            self._session.flush()
        return pending

    def spend_pending(self, pending: PendingSignIn, now: datetime) -> bool:
        """End the waiting: of any number of callers at once exactly one is told so."""
        done = self._session.exec(
            update(PendingSignIn)
            .where(
                col(PendingSignIn.id) == pending.id,
                col(PendingSignIn.used_at).is_(None),
                col(PendingSignIn.expires_at) > now,
            )
            .values(used_at=now)
        )
        return done.rowcount == 1

    def void_pending(self, user_id: int) -> None:
        """Nobody waits with the person's former password any more."""
        self._session.exec(delete(PendingSignIn).where(col(PendingSignIn.user_id) == user_id))


def _open(device: str, now: datetime) -> SelectOfScalar[PendingSignIn]:
    """The newest that is open: two tabs may have begun at the very same moment."""
    return (
        select(PendingSignIn)
        .where(
            PendingSignIn.device == device,
            PendingSignIn.tries < TRIES,
            col(PendingSignIn.used_at).is_(None),
            col(PendingSignIn.expires_at) > now,
        )
        .order_by(col(PendingSignIn.id).desc())
        .limit(1)
    )
