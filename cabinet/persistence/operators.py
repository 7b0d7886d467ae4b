"""Operators: users of the portal who work at the desk of one supplier."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.persistence.types import instant, key, refers


class Operator(SQLModel, table=True):
    """Оператор: stands beside a user's row, whose login, password and block are the operator's own."""

    __tablename__ = "operators"

    id: int | None = key()
    user_id: int = refers("users.id", index=False, unique=True)
    supplier_id: int = refers("suppliers.id")
    role: str = Field(max_length=16)
    name: str = Field(max_length=120)
    added_at: datetime = instant()


class Operators:
    """The repository of operators."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, operator: Operator) -> None:
        """Store one."""
        self._session.add(operator)
        self._session.flush()

    def find_of_user(self, user_id: int) -> Operator | None:
        """The operator that a user is."""
        return self._session.exec(select(Operator).where(Operator.user_id == user_id)).one_or_none()

    def list_of(self, supplier_id: int) -> list[Operator]:
        """All operators of a supplier by name."""
        statement = select(Operator).where(Operator.supplier_id == supplier_id)
        return list(self._session.exec(statement.order_by(col(Operator.name), col(Operator.id))))
