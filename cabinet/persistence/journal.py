"""The append-only double-entry journal of money, and the outbox of messages about it."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    UniqueConstraint,
    and_,
    delete,
    false,
    func,
    insert,
    or_,
    true,
    update,
)
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.errors import Conflict
from cabinet.domain.money import Money
from cabinet.domain.payments import Entry, Ledger
from cabinet.persistence.types import BigId, instant, key, kopecks, refers
from cabinet.persistence.users import User


class JournalUnbalanced(Conflict):
    """The entries of a transaction do not sum to zero: a bug, never stored."""

    code = "journal.unbalanced"


class JournalTransaction(SQLModel, table=True):
    """One fact about money; unique by where it comes from, so it is never told twice."""

    __tablename__ = "journal_transactions"
    __table_args__ = (UniqueConstraint("provider", "object_id", "kind"),)

    id: int | None = key()
    at: datetime = instant()
    kind: str = Field(max_length=16)
    provider: str = Field(max_length=24)
    object_id: str = Field(max_length=64)


class JournalEntry(SQLModel, table=True):
    """One side of a transaction, in kopecks."""

    __tablename__ = "journal_entries"

    id: int | None = key()
    transaction_id: int = refers("journal_transactions.id")
    ledger: str = Field(max_length=12)
    customer_account_id: int | None = refers("customer_accounts.id", default=None)
    amount_kopecks: int = kopecks()


class OutboxMessage(SQLModel, table=True):
    """A letter or an SMS to be sent, stored with the fact that it tells of.

    `key` is what providers know it by: random, so that another installation, or this one after its
    database was restored, never gives an old key to a new message. `sealed` is what it says, a code, a link or a PIN
    among it, for nobody who only reads the table; empty once it has gone out.
    """

    __tablename__ = "outbox"

    id: int | None = key()
    key: str = Field(default_factory=lambda: secrets.token_hex(16), max_length=32, unique=True)
    channel: str = Field(max_length=8)
    to: str = Field(max_length=254)
    template: str = Field(max_length=40)
    sealed: bytes = Field(default=b"", sa_type=LargeBinary)
    created_at: datetime = instant()
    due_at: datetime | None = instant(default=None, index=True)
    attempts: int = 0
    sent_at: datetime | None = instant(default=None)
    dead_at: datetime | None = instant(default=None)
    last_error: str = Field(default="", max_length=200)
    # Whose desk answers for it when it cannot be delivered; None when only the command line does.
    supplier_id: int | None = Field(default=None, sa_type=BigId)
    # Whom it is to, whatever their login becomes; None when the address was nobody's login.
    user_id: int | None = Field(default=None, sa_type=BigId, index=True)
    # When what it says is of no use any more: a code that is too late.
    not_after: datetime | None = instant(default=None)
    # It was tried before it died and was begun anew: a provider may have it already.
    revived: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Journal:
    """The repository of the journal: it is only added to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def post(
        self, kind: str, provider: str, object_id: str, entries: Sequence[Entry], at: datetime
    ) -> JournalTransaction:
        """Store a transaction whole.

        Raises:
            JournalUnbalanced: its entries do not sum to zero.
        """
        if sum(entry.amount.kopecks for entry in entries):
            raise JournalUnbalanced
        transaction = JournalTransaction(kind=kind, provider=provider, object_id=object_id, at=at)
        self._session.add(transaction)
        self._session.flush()
        rows = [
            {
                "transaction_id": transaction.id,
                "ledger": entry.ledger,
                "customer_account_id": entry.customer_account_id,
                "amount_kopecks": entry.amount.kopecks,
            }
            for entry in entries
        ]
        self._session.execute(insert(JournalEntry), rows)
        return transaction

    def balance(self, account_id: int) -> Money:
        """What an account owes (negative: overpaid): the fold of its entries."""
        total = self._session.exec(
            select(func.coalesce(func.sum(JournalEntry.amount_kopecks), 0)).where(
                JournalEntry.customer_account_id == account_id,
                JournalEntry.ledger == Ledger.SUBSCRIBER,
            )
        ).one()
        return Money(int(total))

    def total(self) -> Money:
        """The sum of all entries: zero, or the journal is broken."""
        return Money(
            int(self._session.exec(select(func.coalesce(func.sum(JournalEntry.amount_kopecks), 0))).one())
        )

    def count(self) -> int:
        """How many transactions there are."""
        return self._session.exec(select(func.count()).select_from(JournalTransaction)).one()

    def unbalanced(self) -> list[int]:
        """Transactions whose entries do not sum to zero: none, or the journal is broken."""
        return list(
            self._session.exec(
                select(JournalEntry.transaction_id)
                .group_by(col(JournalEntry.transaction_id))
                .having(func.sum(JournalEntry.amount_kopecks) != 0)
            )
        )


class Outbox:
    """The repository of messages to send."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        channel: str,
        to: str,
        template: str,
        now: datetime,
        *,
        sealed: bytes = b"",
        supplier_id: int | None = None,
        user_id: int | None = None,
    ) -> OutboxMessage:
        """Store a message with the fact that it tells of."""
        message = OutboxMessage(
            channel=channel,
            to=to,
            template=template,
            sealed=sealed,
            created_at=now,
            due_at=now,
            supplier_id=supplier_id,
            user_id=user_id,
        )
        self._session.add(message)
        return message

    def add_done(self, channel: str, template: str, now: datetime) -> None:
        """Store a message that is never sent and names nobody."""
        self._session.add(
            OutboxMessage(channel=channel, to="", template=template, created_at=now, sent_at=now)
        )

    def readdress(self, user_id: int, templates: Collection[str], channel: str, to: str) -> None:
        """Send the user's waiting messages of these kinds to another login."""
        self._session.exec(
            update(OutboxMessage)
            .where(
                col(OutboxMessage.user_id) == user_id,
                col(OutboxMessage.template).in_(templates),
                col(OutboxMessage.due_at).is_not(None),
            )
            .values(channel=channel, to=to)
        )

    def has_due(self, channel: str, now: datetime) -> bool:
        """Whether a message waits to be sent now."""
        due = select(OutboxMessage.id).where(
            OutboxMessage.channel == channel, col(OutboxMessage.due_at) <= now
        )
        return self._session.exec(due.limit(1)).one_or_none() is not None

    def drop_late(self, channel: str, now: datetime) -> int:
        """Delete what waits to be sent now and is of no use any more; how many."""
        gone = self._session.exec(
            delete(OutboxMessage).where(
                col(OutboxMessage.channel) == channel,
                col(OutboxMessage.due_at) <= now,
                col(OutboxMessage.not_after) <= now,
            )
        )
        return gone.rowcount

    def claim(self, channel: str, now: datetime, lease: timedelta) -> OutboxMessage | None:
        """The oldest due message, kept from other workers until the lease ends."""
        message = self._session.exec(
            select(OutboxMessage)
            .where(OutboxMessage.channel == channel, col(OutboxMessage.due_at) <= now)
            .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if message:
            message.due_at = now + lease
            message.attempts += 1
            self._session.flush()
        return message

    def unclaim(self, message: OutboxMessage, now: datetime) -> None:
        """Undo a claim: nothing was tried."""
        message.due_at, message.attempts = now, message.attempts - 1
        self._session.flush()

    def put_off(self, channel: str, now: datetime, until: datetime) -> int:
        """Nothing of the channel goes before that moment; how many messages wait."""
        moved = self._session.exec(
            update(OutboxMessage)
            .where(col(OutboxMessage.channel) == channel, col(OutboxMessage.due_at) <= now)
            .values(due_at=until)
        )
        return moved.rowcount

    def get(self, message_id: int) -> OutboxMessage:
        """A message that was claimed."""
        return self._session.exec(select(OutboxMessage).where(OutboxMessage.id == message_id)).one()

    def find_by_key(self, key: str) -> OutboxMessage | None:
        """The message that a provider speaks of."""
        return self._session.exec(select(OutboxMessage).where(OutboxMessage.key == key)).one_or_none()

    def list_dead(self, supplier_id: int | None = None, limit: int = 1000) -> list[OutboxMessage]:
        """Messages that nobody tries any more, the newest first; of one supplier's desk or of all."""
        return list(
            self._session.exec(
                select(OutboxMessage)
                .where(col(OutboxMessage.dead_at).is_not(None), _of_desk(supplier_id))
                .order_by(col(OutboxMessage.dead_at).desc(), col(OutboxMessage.id).desc())
                .limit(limit)
            )
        )

    def find_dead(self, message_id: int, supplier_id: int | None = None) -> OutboxMessage | None:
        """A message that nobody tries any more; of one supplier's desk or of any."""
        return self._session.exec(
            select(OutboxMessage).where(
                OutboxMessage.id == message_id,
                col(OutboxMessage.dead_at).is_not(None),
                _of_desk(supplier_id),
            )
        ).one_or_none()

    def forget_dead(self, moment: datetime) -> int:
        """What messages that died before then said of people goes; how many were so old."""
        gone = self._session.exec(
            update(OutboxMessage).where(col(OutboxMessage.dead_at) < moment).values(sealed=b"")
        )
        return gone.rowcount

    def forget_sent(self, moment: datetime) -> int:
        """Delete messages that were sent before then and did not come back; how many."""
        gone = self._session.exec(
            delete(OutboxMessage).where(
                col(OutboxMessage.sent_at) < moment, col(OutboxMessage.dead_at).is_(None)
            )
        )
        return gone.rowcount

    def count_waiting(self) -> int:
        """How many messages are still to be sent."""
        return int(
            self._session.exec(
                select(func.count()).select_from(OutboxMessage).where(col(OutboxMessage.due_at).is_not(None))
            ).one()
        )


def _of_desk(supplier_id: int | None) -> ColumnElement[bool]:
    """The supplier's own messages, and those to people who have chosen it."""
    if supplier_id is None:
        return true()
    chosen = select(User.login).where(User.supplier_id == supplier_id)
    own = col(OutboxMessage.supplier_id)
    return or_(own == supplier_id, and_(own.is_(None), col(OutboxMessage.to).in_(chosen)))
