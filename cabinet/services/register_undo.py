"""The last import of a kind is undone, while nothing has been made of it."""

from dataclasses import dataclass

from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.registers import RegisterKind, UndoRefused, UndoUnknown
from cabinet.persistence.register_undo import RegisterUndo
from cabinet.persistence.registers import Register
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.registers import supplier_for


@dataclass(frozen=True, slots=True)
class UndoImport:
    """Which import: the last of a kind of a supplier, by the supplier's code.

    Attributes:
        dry_run: only tell what would go.
        register_id: the import that was looked at; another in its place is left alone.
    """

    kind: RegisterKind
    supplier: str
    dry_run: bool = False
    register_id: int | None = None


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What went.

    Attributes:
        removed: rows that the import had brought, by table.
        restored: rows that are as they were before it, by table.
    """

    register_id: int
    file_name: str
    removed: dict[str, int]
    restored: dict[str, int]
    dry_run: bool


def undo_import(deps: Deps, actor: Actor, command: UndoImport) -> UndoOutcome:
    """Undo it whole, in one transaction; the same file may come in again afterwards.

    Raises:
        SupplierUnknown: no such supplier.
        UndoUnknown: nothing came in, or the last import is undone already.
        UndoRefused: people have paid, sent readings or connected its accounts since, or another register came.
    """
    actor.require(Permission.REGISTER_IMPORT)
    with deps.transaction() as tx:
        supplier = supplier_for(tx, actor, command.supplier)
        tx.registers.lock_supplier(supplier.id or 0)
        register = tx.registers.find_undoable(supplier.id or 0, command.kind.value)
        if register is None or command.register_id not in {None, register.id}:
            raise UndoUnknown
        return _undo(deps, tx, actor, command, register)


def _undo(deps: Deps, tx: UnitOfWork, actor: Actor, command: UndoImport, register: Register) -> UndoOutcome:
    undo, now = RegisterUndo(tx.session, register), deps.clock.now()
    if not command.dry_run:
        undo.hold()
    if why := undo.find_dependent():
        raise UndoRefused(dependent=why)
    removed, restored = undo.count()
    if not command.dry_run:
        undo.apply(now)
        tx.audit.record(
            actor, now, "register.undone", register.id, kind=register.kind, lines=register.lines, **removed
        )
    undo.close()
    return UndoOutcome(register.id or 0, register.file_name, removed, restored, command.dry_run)
