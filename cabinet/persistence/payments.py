"""Payments made here, and those that the supplier tells of."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, or_
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.errors import NotFound
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus, moved
from cabinet.domain.permissions import Actor
from cabinet.persistence.types import instant, key, kopecks, refers


class Payment(SQLModel, table=True):
    """A payment through an acquirer; committed with its idempotency key before any call."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("acquirer", "acquirer_payment_id"),
        UniqueConstraint("user_id", "form_key"),
        CheckConstraint("amount_kopecks > 0", name="amount_positive"),
    )

    id: str = Field(primary_key=True, max_length=32)
    customer_account_id: int = refers("customer_accounts.id")
    user_id: int = refers("users.id", index=False)
    form_key: str = Field(max_length=64)
    amount_kopecks: int = kopecks()
    status: str = Field(max_length=12)
    acquirer: str = Field(max_length=16)
    acquirer_payment_id: str | None = Field(default=None, max_length=64)
    confirmation_url: str = Field(default="", max_length=500)
    created_at: datetime = instant()
    finished_at: datetime | None = instant(default=None)
    exported_at: datetime | None = instant(default=None)  # since then the supplier knows of it
    export_id: int | None = refers("register_exports.id", index=False, default=None)

    @property
    def amount(self) -> Money:
        """The sum."""
        return Money(self.amount_kopecks)

    def move(self, to: PaymentStatus, now: datetime) -> None:
        """Take a step of the lifecycle.

        Raises:
            PaymentFinal: the table has no such step.
        """
        self.status = moved(PaymentStatus(self.status), to)
        if to in (PaymentStatus.SUCCEEDED, PaymentStatus.FAILED):
            self.finished_at = now


class OutsidePayment(SQLModel, table=True):
    """A payment made elsewhere, from the supplier's register."""

    __tablename__ = "outside_payments"
    __table_args__ = (UniqueConstraint("customer_account_id", "channel", "external_id"),)

    id: int | None = key()
    customer_account_id: int = refers("customer_accounts.id", index=False)
    register_id: int | None = refers("registers.id", index=False, default=None)
    paid_on: date
    amount_kopecks: int = kopecks()
    channel: str = Field(max_length=24)
    external_id: str = Field(max_length=64)
    reading_m3: int | None = None


class Payments:
    """The repository of payments."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, payment: Payment) -> Payment:
        """Store a new payment."""
        self._session.add(payment)
        self._session.flush()
        return payment

    def get(self, payment_id: str, *, lock: bool = False) -> Payment:
        """The payment, or NotFound; for the acquirer's own messages."""
        statement = select(Payment).where(Payment.id == payment_id)
        payment = self._session.exec(statement.with_for_update() if lock else statement).one_or_none()
        if payment is None:
            raise NotFound
        return payment

    def get_for(self, actor: Actor, payment_id: str) -> Payment:
        """The actor's own payment; NotFound for a stranger's."""
        own = select(Payment).where(Payment.id == payment_id, Payment.user_id == actor.user)
        payment = self._session.exec(own).one_or_none()
        if payment is None:
            raise NotFound
        return payment

    def find_by_form(self, actor: Actor, form_key: str) -> Payment | None:
        """The payment that this very form has made already."""
        return self._session.exec(
            select(Payment).where(Payment.user_id == actor.user, Payment.form_key == form_key)
        ).one_or_none()

    def list_open(self, before: datetime) -> list[Payment]:
        """Payments without an end that were made before an instant: the reconciler asks about them."""
        return list(
            self._session.exec(
                select(Payment)
                .where(
                    col(Payment.status).in_([PaymentStatus.CREATED, PaymentStatus.PENDING]),
                    Payment.created_at < before,
                )
                .order_by(col(Payment.created_at))
            )
        )

    def list_of(
        self, actor: Actor, account_id: int, *, others: bool = False, most: int = 24
    ) -> list[Payment]:
        """The actor's own payments for an account, and those of `others` that went through, newest first."""
        own = col(Payment.user_id) == actor.user
        seen = or_(own, col(Payment.status) == PaymentStatus.SUCCEEDED) if others else own
        return list(
            self._session.exec(
                select(Payment)
                .where(Payment.customer_account_id == account_id, seen)
                .order_by(col(Payment.created_at).desc())
                .limit(most)
            )
        )

    def list_outside(self, account_id: int, most: int = 24) -> list[OutsidePayment]:
        """Payments made elsewhere, newest first. Ask for the account by `get_for` before."""
        return list(
            self._session.exec(
                select(OutsidePayment)
                .where(OutsidePayment.customer_account_id == account_id)
                .order_by(col(OutsidePayment.paid_on).desc())
                .limit(most)
            )
        )
