"""Column types: aware UTC instants, big integers that SQLite can number."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

# SQLite numbers rows only of INTEGER PRIMARY KEY; PostgreSQL needs 64 bits for charges.
BigId = BigInteger().with_variant(Integer, "sqlite")


def search_key(length: int) -> Any:  # noqa: ANN401 - SQLAlchemy's variants have no common type
    """Text that is compared byte by byte in both databases, so that an index answers for prefixes."""
    return String(length).with_variant(String(length, "C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC without a zone and always given back aware; refuses naive values."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """Aware instants only.

        Raises:
            ValueError: a naive value.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive instant was given to the database"
            raise ValueError(msg)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """Aware UTC."""
        return value.replace(tzinfo=UTC) if value else None


class Exact(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC in PostgreSQL, text in SQLite, which knows floats only."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int = 12, scale: int = 5) -> None:
        super().__init__(precision, scale)
        self._step = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - the base class's signature
        """The type of the column in that database."""
        return dialect.type_descriptor(String(24) if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401 - text or decimal
        """With the column's own number of decimals."""
        exact = None if value is None else value.quantize(self._step)
        return str(exact) if exact is not None and dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002 - the base class's signature
        """A decimal again."""
        return None if value is None else Decimal(value)


def key() -> Any:  # noqa: ANN401 - SQLModel's Field is typed so
    """The numbered primary key of a table."""
    return Field(default=None, primary_key=True, sa_type=BigId)


def refers(target: str, *, index: bool = True, **more: Any) -> Any:  # noqa: ANN401 - SQLModel's Field is typed so
    """A foreign key column."""
    return Field(foreign_key=target, index=index, sa_type=BigId, **more)


def brought_by() -> Any:  # noqa: ANN401 - SQLModel's Field is typed so
    """The register that a row came with: a mark for an undo, not a rule, so no foreign key slows an import."""
    return Field(default=None, sa_type=BigId)


def instant(**more: Any) -> Any:  # noqa: ANN401 - SQLModel's Field is typed so
    """A column of an instant."""
    return Field(sa_type=UtcDateTime, **more)


def kopecks(**more: Any) -> Any:  # noqa: ANN401 - SQLModel's Field is typed so
    """A column of money in whole kopecks."""
    return Field(sa_type=BigInteger, **more)
