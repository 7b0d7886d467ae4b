"""Suppliers and their dated rules and prices."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.dated_values import DatedValue, holding
from cabinet.domain.errors import NotFound
from cabinet.domain.readings import ReadingWindow
from cabinet.persistence.types import Exact, key, refers


class Supplier(SQLModel, table=True):
    """Поставщик газа."""

    __tablename__ = "suppliers"

    id: int | None = key()
    code: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=160)
    region: str = Field(max_length=80, default="")
    timezone: str = Field(max_length=40)
    account_pattern: str = Field(max_length=80, default=r"\d{12}")
    desk_address: str = Field(max_length=240, default="")
    desk_email: str = Field(max_length=254, default="")


class SupplierPolicy(SQLModel, table=True):
    """A supplier's rules from a day on; a calculation takes those of its own period."""

    __tablename__ = "supplier_policies"
    __table_args__ = (UniqueConstraint("supplier_id", "valid_from"),)

    id: int | None = key()
    supplier_id: int = refers("suppliers.id", index=False)
    valid_from: date
    window_from_day: int
    window_to_day: int
    due_day: int
    max_consumption_m3: int
    basic_shows_due: bool

    @property
    def window(self) -> ReadingWindow:
        """The reading window."""
        return ReadingWindow(self.window_from_day, self.window_to_day)


class Price(SQLModel, table=True):
    """Roubles per m³ of a usage from a day on, VAT included."""

    __tablename__ = "prices"
    __table_args__ = (UniqueConstraint("supplier_id", "usage", "valid_from"),)

    id: int | None = key()
    supplier_id: int = refers("suppliers.id", index=False)
    usage: str = Field(max_length=16)
    valid_from: date
    roubles_per_m3: Decimal = Field(sa_type=Exact)


class SupplierValue(SQLModel, table=True):
    """A norm or a temperature coefficient of a region from a day on.

    Attributes:
        kind: a `domain.dated_values.DatedValue`, which says the unit.
        region: as the register of accounts writes it, or "" for everywhere else.
    """

    __tablename__ = "supplier_values"
    __table_args__ = (UniqueConstraint("supplier_id", "kind", "region", "valid_from"),)

    id: int | None = key()
    supplier_id: int = refers("suppliers.id", index=False)
    kind: str = Field(max_length=24)
    region: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})
    valid_from: date
    value: Decimal = Field(sa_type=Exact)


DatedRow = SupplierPolicy | Price | SupplierValue
# By what two rows that begin on the same day would be the same rule.
_SAME: Final[Mapping[type[SQLModel], tuple[str, ...]]] = {
    SupplierPolicy: (),
    Price: ("usage",),
    SupplierValue: ("kind", "region"),
}


class Suppliers:
    """The repository of suppliers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, supplier: Supplier) -> Supplier:
        """Store a supplier and number it."""
        self._session.add(supplier)
        self._session.flush()
        return supplier

    def add_dated(self, row: DatedRow) -> None:
        """Store rules, a price or a value that hold from a day on."""
        self._session.add(row)

    def is_taken(self, row: DatedRow) -> bool:
        """Whether another of the row's kind begins on its day."""
        table = type(row)
        statement = select(table).where(
            table.supplier_id == row.supplier_id, table.valid_from == row.valid_from
        )
        alike = (getattr(table, name) == getattr(row, name) for name in _SAME[table])
        return self._session.exec(statement.where(*alike)).first() is not None

    def get(self, supplier_id: int) -> Supplier:
        """The supplier, or NotFound."""
        supplier = self._session.get(Supplier, supplier_id)
        if supplier is None:
            raise NotFound
        return supplier

    def lock(self, supplier_id: int) -> None:
        """One edit of a supplier's rules at a time; rows may refer to it meanwhile."""
        statement = select(Supplier.id).where(Supplier.id == supplier_id)
        self._session.exec(statement.with_for_update(key_share=True)).one()

    def find_by_code(self, code: str) -> Supplier | None:
        """The supplier of a code, as the command line names it."""
        return self._session.exec(select(Supplier).where(Supplier.code == code)).one_or_none()

    def list_all(self) -> list[Supplier]:
        """All suppliers by name."""
        return list(self._session.exec(select(Supplier).order_by(Supplier.name)))

    def list_policies(self, supplier_id: int) -> list[SupplierPolicy]:
        """All rules of a supplier, the newest first."""
        statement = select(SupplierPolicy).where(SupplierPolicy.supplier_id == supplier_id)
        return list(self._session.exec(statement.order_by(col(SupplierPolicy.valid_from).desc())))

    def list_prices(self, supplier_id: int) -> list[Price]:
        """All prices of a supplier, the newest first."""
        statement = select(Price).where(Price.supplier_id == supplier_id)
        return list(self._session.exec(statement.order_by(col(Price.valid_from).desc(), Price.usage)))

    def list_values(self, supplier_id: int) -> list[SupplierValue]:
        """All norms and coefficients of a supplier, the newest first."""
        statement = select(SupplierValue).where(SupplierValue.supplier_id == supplier_id)
        return list(
            self._session.exec(statement.order_by(col(SupplierValue.valid_from).desc(), SupplierValue.kind))
        )

    def policy_on(self, supplier_id: int, day: date) -> SupplierPolicy:
        """The rules that hold on a day, or NotFound."""
        policy = self._session.exec(
            select(SupplierPolicy)
            .where(SupplierPolicy.supplier_id == supplier_id, SupplierPolicy.valid_from <= day)
            .order_by(col(SupplierPolicy.valid_from).desc())
            .limit(1)
        ).one_or_none()
        if policy is None:
            raise NotFound
        return policy

    def find_price(self, supplier_id: int, usage: str, day: date) -> Decimal | None:
        """Roubles per m³ that hold on a day."""
        price = self._session.exec(
            select(Price)
            .where(Price.supplier_id == supplier_id, Price.usage == usage, Price.valid_from <= day)
            .order_by(col(Price.valid_from).desc())
            .limit(1)
        ).one_or_none()
        return price.roubles_per_m3 if price else None

    def find_value(self, supplier_id: int, kind: DatedValue, region: str, day: date) -> Decimal | None:
        """The norm or coefficient that holds in a region on a day."""
        statement = select(SupplierValue).where(
            SupplierValue.supplier_id == supplier_id, SupplierValue.kind == kind.value
        )
        row = holding(self._session.exec(statement), region, day)
        return row.value if row else None
