"""Tries that are limited, counted before they are checked."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.errors import TooMany
from cabinet.domain.limits import Limit
from cabinet.persistence.types import instant, key

_log = logging.getLogger(__name__)


class Attempt(SQLModel, table=True):
    """One try at something limited."""

    __tablename__ = "attempts"

    id: int | None = key()
    bucket: str = Field(max_length=32)
    subject: str = Field(max_length=254, index=True)
    at: datetime = instant()


class Attempts:
    """The repository of tries."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def left(self, limit: Limit, subject: str | int, now: datetime) -> int:
        """How many tries are left."""
        return max(0, limit.most - len(self._within(limit, str(subject), now)))

    def reserve(self, limit: Limit, subject: str | int, now: datetime, tries: int = 1) -> int:
        """Count a try, or several that stand or fall together, and give the number left after it.

        Two reservations of one subject never run side by side: SQLite's writers queue, PostgreSQL
        takes an advisory lock until the transaction ends.

        Raises:
            TooMany: too few are left; fact `retry_in` in seconds.
        """
        subject = str(subject)
        self._lock(f"{limit.bucket}:{subject}")
        counted = self._within(limit, subject, now)
        if excess := max(0, len(counted) + tries - limit.most):
            reopens = counted[excess - 1] + limit.within if excess <= len(counted) else now + limit.within
            _log.warning("a limit is reached: %s", limit.bucket)
            raise TooMany(retry_in=max(1, int((reopens - now).total_seconds())), bucket=limit.bucket)
        self._session.add_all([Attempt(bucket=limit.bucket, subject=subject, at=now) for _ in range(tries)])
        self._session.flush()
        return limit.most - len(counted) - tries

    def hold(self, limit: Limit, subject: str | int) -> None:
        """Keep reservations of the subject waiting until the transaction ends; nothing is counted."""
        self._lock(f"{limit.bucket}:{subject}")

    def release(self, limit: Limit, subject: str | int) -> None:
        """Take the newest try back: it was right, so it does not count; of two at once each takes one."""
        newest = (
            select(Attempt.id)
            .where(Attempt.bucket == limit.bucket, Attempt.subject == str(subject))
            .order_by(col(Attempt.id).desc())
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        self._session.exec(
            delete(Attempt)
            .where(col(Attempt.id) == newest.scalar_subquery())
            .execution_options(synchronize_session=False)
        )

    def clear(self, limit: Limit, subject: str | int) -> None:
        """Take all tries back: what was guessed at is there no more."""
        self._session.exec(
            delete(Attempt).where(col(Attempt.bucket) == limit.bucket, col(Attempt.subject) == str(subject))
        )

    def tried_at(self, limit: Limit, subject: str | int, now: datetime) -> list[datetime]:
        """When the tries were that the limit counts, oldest first."""
        return self._within(limit, str(subject), now)

    def forget_before(self, limit: Limit, now: datetime) -> int:
        """Delete what no limit of the bucket can count any more."""
        gone = self._session.exec(
            delete(Attempt).where(col(Attempt.bucket) == limit.bucket, col(Attempt.at) <= now - limit.within)
        )
        return gone.rowcount

    def forget_but(self, lasting: Sequence[Limit], moment: datetime) -> int:
        """Delete tries older than that, but those of lasting limits; how many."""
        kept = [limit.bucket for limit in lasting]
        gone = self._session.exec(
            delete(Attempt).where(col(Attempt.at) < moment, col(Attempt.bucket).not_in(kept))
        )
        return gone.rowcount

    def _within(self, limit: Limit, subject: str, now: datetime) -> list[datetime]:
        return list(
            self._session.exec(
                select(Attempt.at)
                .where(
                    Attempt.bucket == limit.bucket,
                    Attempt.subject == subject,
                    col(Attempt.at) > now - limit.within,
                )
                .order_by(col(Attempt.at))
            )
        )

    def _lock(self, name: str) -> None:
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
