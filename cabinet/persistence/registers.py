"""Files that the supplier sent, and the lines of them that could not be taken."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from cabinet.persistence.types import instant, key, refers


class Register(SQLModel, table=True):
    """A register that was imported; the same bytes of the same supplier and kind come in once."""

    __tablename__ = "registers"
    __table_args__ = (UniqueConstraint("supplier_id", "kind", "sha256"),)

    id: int | None = key()
    supplier_id: int = refers("suppliers.id", index=False)
    kind: str = Field(max_length=12)
    sha256: str = Field(max_length=64)
    file_name: str = Field(max_length=200)
    encoding: str = Field(max_length=16)
    lines: int
    rejected: int
    imported_at: datetime = instant()


class RegisterReject(SQLModel, table=True):
    """A quarantined line: where it stands, what is wrong with it, and what it said."""

    __tablename__ = "register_rejects"

    id: int | None = key()
    register_id: int = refers("registers.id")
    line: int
    column: str = Field(max_length=40)
    reason: str = Field(max_length=120)
    original: str


class Registers:
    """The repository of imported registers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, supplier_id: int, kind: str, sha256: str) -> Register | None:
        """The same file, if it came before."""
        return self._session.exec(
            select(Register).where(
                Register.supplier_id == supplier_id, Register.kind == kind, Register.sha256 == sha256
            )
        ).one_or_none()
