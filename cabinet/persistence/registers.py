"""Files that the supplier sent, and the lines of them that could not be taken."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import UniqueConstraint, delete, func, insert, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.errors import NotFound
from cabinet.domain.permissions import Actor
from cabinet.persistence.engine import is_postgresql
from cabinet.persistence.register_changes import RegisterChange
from cabinet.persistence.types import instant, key, refers

_REGISTERS: Final = 1  # which of PostgreSQL's advisory locks of two numbers; the other is the supplier


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
    undoable: bool = False  # what rows were before it is still known
    undone_at: datetime | None = instant(default=None)


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

    def get_for(self, actor: Actor, register_id: int) -> Register:
        """An import of the operator's supplier.

        Raises:
            NotFound: there is none, or it is another supplier's.
        """
        ours = (Register.id == register_id, Register.supplier_id == actor.supplier)
        register = self._session.exec(select(Register).where(*ours)).one_or_none()
        if register is None:
            raise NotFound
        return register

    def add(self, register: Register) -> int:
        """Store a register and number it."""
        self._session.add(register)
        self._session.flush()
        return register.id or 0

    def find_undoable(self, supplier_id: int, kind: str) -> Register | None:
        """The last import of a kind, unless it is undone already."""
        return self._session.exec(
            select(Register).where(
                Register.supplier_id == supplier_id, Register.kind == kind, col(Register.undoable)
            )
        ).one_or_none()

    def forget_changes(self, register: Register) -> None:
        """Only the last import of a kind can be undone: what rows were before the one before it is forgotten."""
        former = self.find_undoable(register.supplier_id, register.kind)
        if former:
            former.undoable = False
            self._session.flush()
            ours = col(RegisterChange.register_id) == former.id
            self._session.exec(delete(RegisterChange).where(ours))

    def list_of(self, supplier_id: int, most: int) -> list[Register]:
        """A supplier's newest imports, newest first."""
        statement = select(Register).where(Register.supplier_id == supplier_id)
        return list(self._session.exec(statement.order_by(col(Register.id).desc()).limit(most)))

    @property
    def halts_others(self) -> bool:
        """Whether all who write wait while a register comes in: SQLite has one writer at a time."""
        return not is_postgresql(self._session.connection())

    def lock_supplier(self, supplier_id: int, *, patient: bool = False) -> None:
        """One import, undoing or export of a supplier at a time; nobody else waits for it.

        Whoever is patient waits as long as another import takes; others get Busy after some seconds. SQLite's
        writers queue anyway.
        """
        if self.halts_others:
            return
        if patient:
            self._session.execute(text("SET LOCAL lock_timeout = 0"))
        self._session.execute(select(func.pg_advisory_xact_lock(_REGISTERS, supplier_id)))

    def add_rejects(self, rejects: Iterable[RegisterReject]) -> None:
        """Store quarantined lines, many at once."""
        rows = [reject.model_dump(exclude={"id"}) for reject in rejects]
        if rows:
            self._session.execute(insert(RegisterReject), rows)

    def list_rejects(self, register_id: int) -> Iterator[RegisterReject]:
        """The quarantined lines of a register in the order of the file, a thousand at a time."""
        statement = select(RegisterReject).where(RegisterReject.register_id == register_id)
        # Told before it runs, or PostgreSQL's driver would fetch them all.
        by_parts = {"yield_per": 1000}
        yield from self._session.exec(
            statement.order_by(col(RegisterReject.line)), execution_options=by_parts
        )

    def forget_rejects(self, moment: datetime) -> int:
        """What quarantined lines of registers from before then said goes; how many were so old."""
        old = select(Register.id).where(Register.imported_at < moment)
        ours, said = col(RegisterReject.register_id).in_(old), col(RegisterReject.original)
        return self._session.exec(update(RegisterReject).where(ours, said != "").values(original="")).rowcount
