"""What providers tell us, kept once, however often they repeat it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cabinet.persistence.types import instant, key


class InboxNotice(SQLModel, table=True):
    """One notice; `external_id` is its sender's own, `facts` go when it has been handled."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: int | None = key()
    source: str = Field(max_length=24)
    external_id: str = Field(max_length=128)
    kind: str = Field(max_length=32)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    received_at: datetime = instant()
    handled_at: datetime | None = instant(default=None, index=True)


class Inbox:
    """The repository of notices."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, source: str, external_id: str, kind: str, now: datetime, **facts: str | int) -> bool:
        """Keep a notice; False when it is there already."""
        notice = InboxNotice(source=source, external_id=external_id, kind=kind, facts=facts, received_at=now)
        try:
            with self._session.begin_nested():
                self._session.add(notice)
        except IntegrityError:
            return False
        return True

    def has_open(self, kind: str) -> bool:
        """Whether a notice of the kind waits to be handled."""
        return self._session.exec(_open(kind).limit(1)).one_or_none() is not None

    def claim(self, kind: str) -> InboxNotice | None:
        """The oldest open notice of the kind, kept from other workers until the transaction ends."""
        return self._session.exec(_open(kind).limit(1).with_for_update(skip_locked=True)).one_or_none()

    def close(self, notice: InboxNotice, now: datetime) -> None:
        """It has been handled: what it told of people goes, that it came stays."""
        notice.handled_at, notice.facts = now, {}
        self._session.flush()

    def forget_before(self, moment: datetime) -> int:
        """Delete handled notices older than that, once nobody repeats them; how many."""
        gone = self._session.exec(
            delete(InboxNotice).where(
                col(InboxNotice.received_at) < moment, col(InboxNotice.handled_at).is_not(None)
            )
        )
        return gone.rowcount


def _open(kind: str) -> SelectOfScalar[InboxNotice]:
    return (
        select(InboxNotice)
        .where(InboxNotice.kind == kind, col(InboxNotice.handled_at).is_(None))
        .order_by(col(InboxNotice.id))
    )
