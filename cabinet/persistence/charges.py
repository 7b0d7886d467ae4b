"""What the supplier charged, month by month; closed periods never change."""

from decimal import Decimal
from typing import Final

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.charges import ChargeLine, ChargeMethod, Service
from cabinet.domain.money import Money
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import Volume
from cabinet.persistence.types import Exact, key, kopecks, refers

_TWO_YEARS: Final = 24  # months: the last year, and what each of its months was a year before


class Charge(SQLModel, table=True):
    """Начисление of one service in one period."""

    __tablename__ = "charges"
    __table_args__ = (UniqueConstraint("customer_account_id", "period", "service"),)

    id: int | None = key()
    customer_account_id: int = refers("customer_accounts.id", index=False)
    register_id: int | None = refers("registers.id", index=False, default=None)
    period: str = Field(max_length=7)
    service: str = Field(max_length=12)
    method: str = Field(max_length=8)
    reading_from: int | None = None
    reading_to: int | None = None
    coefficient: Decimal = Field(sa_type=Exact)
    volume_m3: Decimal = Field(sa_type=Exact)
    price: Decimal = Field(sa_type=Exact)
    amount_kopecks: int = kopecks()
    recalculation_kopecks: int = kopecks()
    penalty_kopecks: int = kopecks()
    opening_kopecks: int = kopecks()
    paid_kopecks: int = kopecks()
    closing_kopecks: int = kopecks()

    @property
    def line(self) -> ChargeLine:
        """As the domain knows it."""
        return ChargeLine(
            period=BillingPeriod.parse(self.period),
            service=Service(self.service),
            method=ChargeMethod(self.method),
            reading_from=self.reading_from,
            reading_to=self.reading_to,
            coefficient=self.coefficient,
            volume=Volume(self.volume_m3),
            price=self.price,
            amount=Money(self.amount_kopecks),
            recalculation=Money(self.recalculation_kopecks),
            penalty=Money(self.penalty_kopecks),
            opening=Money(self.opening_kopecks),
            paid=Money(self.paid_kopecks),
            closing=Money(self.closing_kopecks),
        )


class Charges:
    """The repository of charges."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_recent(self, account_id: int, months: int = _TWO_YEARS) -> list[ChargeLine]:
        """The charges of an account's newest months, newest first, however many services each of them has.

        Ask for the account by `get_for` before.
        """
        own = Charge.customer_account_id == account_id
        newest = select(Charge.period).where(own).distinct().order_by(col(Charge.period).desc()).limit(months)
        rows = self._session.exec(
            select(Charge)
            .where(own, col(Charge.period).in_(newest))
            .order_by(col(Charge.period).desc(), Charge.service)
        )
        return [row.line for row in rows]
