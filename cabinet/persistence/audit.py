"""Who did what and when."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.permissions import Actor
from cabinet.persistence.types import BigId, instant, key, refers


class AuditEvent(SQLModel, table=True):
    """One deed; `details` hold no secrets.

    Attributes:
        supplier_id: whose desk it was done at; None for what subscribers and the command line do.
        account_id: the лицевой счёт that an operator looked at or changed.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_supplier_id_id", "supplier_id", "id"),)

    id: int | None = key()
    at: datetime = instant()
    action: str = Field(max_length=48, index=True)
    user_id: int | None = refers("users.id", default=None)
    object_id: int | None = Field(default=None)
    address: str = Field(max_length=64)
    supplier_id: int | None = Field(default=None, sa_type=BigId)
    account_id: int | None = Field(default=None, sa_type=BigId, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What to look for among a supplier's deeds; None and "" ask for nothing; `before` is the last one's id of a page."""

    supplier_id: int
    since: datetime | None = None
    until: datetime | None = None
    action: str = ""
    users: Sequence[int] | None = None
    account_id: int | None = None
    before: int | None = None


class Audit:
    """The repository of deeds; it only grows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(
        self,
        actor: Actor,
        at: datetime,
        action: str,
        object_id: int | None = None,
        *,
        account_id: int | None = None,
        **details: str | int,
    ) -> None:
        """Add one; an operator's belongs to the operator's supplier."""
        event = AuditEvent(
            at=at,
            action=action,
            user_id=actor.user_id,
            object_id=object_id,
            address=actor.visitor.address,
            supplier_id=actor.supplier_id,
            account_id=account_id,
            details=details,
        )
        self._session.add(event)

    def list_of(self, actor: Actor, actions: Collection[str], most: int) -> list[AuditEvent]:
        """The actor's own newest events of these actions, newest first."""
        return list(
            self._session.exec(
                select(AuditEvent)
                .where(AuditEvent.user_id == actor.user, col(AuditEvent.action).in_(actions))
                .order_by(col(AuditEvent.id).desc())
                .limit(most)
            )
        )

    def list_about(
        self, actor: Actor, action: str, object_id: int | None, account_id: int | None
    ) -> list[AuditEvent]:
        """The actor's own events of an action with a thing of an account, found by the account."""
        return list(
            self._session.exec(
                select(AuditEvent).where(
                    AuditEvent.account_id == account_id,
                    AuditEvent.user_id == actor.user,
                    AuditEvent.action == action,
                    AuditEvent.object_id == object_id,
                )
            )
        )

    def search(self, query: AuditQuery, most: int) -> Iterator[AuditEvent]:
        """A supplier's deeds, newest first, a thousand at a time."""
        where: list[ColumnElement[bool]] = [col(AuditEvent.supplier_id) == query.supplier_id]
        if query.since:
            where.append(col(AuditEvent.at) >= query.since)
        if query.until:
            where.append(col(AuditEvent.at) < query.until)
        if query.action:
            where.append(col(AuditEvent.action) == query.action)
        if query.users is not None:
            where.append(col(AuditEvent.user_id).in_(query.users))
        if query.account_id is not None:
            where.append(col(AuditEvent.account_id) == query.account_id)
        if query.before is not None:
            where.append(col(AuditEvent.id) < query.before)
        statement = select(AuditEvent).where(*where)
        found = self._session.exec(statement.order_by(col(AuditEvent.id).desc()).limit(most))
        yield from found.yield_per(1000)

    def list_actions(self, action: str) -> list[AuditEvent]:
        """All events of an action, oldest first."""
        return list(
            self._session.exec(
                select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.id))
            )
        )
