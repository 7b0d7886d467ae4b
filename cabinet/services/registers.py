"""A supplier's register comes in: streamed, once, whole or not at all, its bad lines in quarantine."""

import csv
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol, Self, TextIO

from cabinet.domain.cells import as_text
from cabinet.domain.period import local_day
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.register_lines import Layout, LinesRead, Rules
from cabinet.domain.registers import (
    WHOLE_LINE,
    Encoding,
    Fault,
    LineRefused,
    RegisterEmpty,
    RegisterKind,
    RegisterNotText,
    RejectsUnwritable,
    SupplierUnknown,
)
from cabinet.persistence.register_accounts import AccountsImport
from cabinet.persistence.register_facts import FactsImport
from cabinet.persistence.register_rows import Taken
from cabinet.persistence.registers import Register, RegisterReject
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.register_files import Block, FileFacts, examine, opened, read_lines
from cabinet.texts import registers as texts

REJECT_COLUMNS: Final = ("line", "column", "reason", "original")
REJECTS_KEPT: Final = timedelta(days=90)
_SHOWN_REJECTS: Final = 10
_LONGEST_ORIGINAL: Final = 4000  # characters kept of a quarantined line
_CONTROLS: Final = dict.fromkeys((*range(9), *range(10, 32), 127), "\ufffd")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportRegister:
    """What to import.

    Attributes:
        supplier: the code of the supplier.
        dry_run: do everything and keep nothing.
        rejects: where to write the quarantined lines too.
    """

    kind: RegisterKind
    path: Path
    supplier: str
    dry_run: bool = False
    rejects: Path | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A quarantined line, in words."""

    line: int
    column: str
    reason: str
    original: str


@dataclass(frozen=True, slots=True)
class RegisterOutcome:
    """What an import did: `read` = `added` + `updated` + `unchanged` + `quarantined`, in lines.

    Attributes:
        again: the same file came before, so nothing was done; the numbers are of that time.
        rejects: the first quarantined lines.
    """

    kind: RegisterKind
    encoding: Encoding
    read: int
    added: int
    updated: int
    unchanged: int
    quarantined: int
    again: bool
    dry_run: bool
    rejects: tuple[Reject, ...]


class _Importer(Protocol):
    """Takes the good lines of one kind."""

    def take(self, columns: Mapping[str, Sequence[Any]]) -> Taken:
        """Store a block; what came of its lines."""
        ...

    def finish(self) -> None:
        """Called once, after the last block."""
        ...


class _DryRun(Exception):
    """Carries the outcome out of a transaction that is to be undone."""

    def __init__(self, outcome: RegisterOutcome) -> None:
        super().__init__()
        self.outcome = outcome


def import_register(
    deps: Deps, actor: Actor, command: ImportRegister, progress: Progress | None = None
) -> RegisterOutcome:
    """Import a file in one transaction; `progress` hears of bytes done and bytes in all.

    The same bytes of the same supplier and kind come in once. Bad lines are quarantined, the good
    ones imported.

    Raises:
        SupplierUnknown: no such supplier.
        RegisterUnreadable, RegisterEmpty, RegisterNotText, RegisterColumnsUnknown,
        RegisterColumnsMissing, RegisterColumnsRepeated, RegisterChanging: the file is refused whole.
        RejectsUnwritable: the file for rejected lines cannot be written.
    """
    actor.require(Permission.REGISTER_IMPORT)
    facts = examine(command.path)
    with _rejects_file(command) as rejects:
        run = _Import(deps, actor, command, facts, rejects, progress or _silent)
        try:
            with deps.transaction() as tx:
                outcome = run.outcome(tx)
                _undo_if(command.dry_run, outcome)
        except _DryRun as undone:
            return undone.outcome
    return outcome


def supplier_for(tx: UnitOfWork, actor: Actor, code: str) -> Supplier:
    """The supplier of a code; an operator's own only.

    Raises:
        SupplierUnknown: there is none, or it is another operator's.
    """
    supplier = tx.suppliers.find_by_code(code)
    if supplier is None or supplier.id is None or not actor.serves(supplier.id):
        raise SupplierUnknown(supplier=code)
    return supplier


def _silent(_done: int, _total: int) -> None:
    """Nobody listens."""


def _undo_if(dry_run: bool, outcome: RegisterOutcome) -> None:
    if dry_run:
        raise _DryRun(outcome)


@dataclass(frozen=True)
class _Import:
    """One import inside its transaction."""

    deps: Deps
    actor: Actor
    command: ImportRegister
    facts: FileFacts
    rejects: "_RejectsWriter"
    progress: Progress

    def outcome(self, tx: UnitOfWork) -> RegisterOutcome:
        """Do it, unless the same file came before."""
        supplier = supplier_for(tx, self.actor, self.command.supplier)
        tx.registers.lock_supplier(supplier.id or 0, patient=True)
        before = tx.registers.find(supplier.id or 0, self.command.kind, self.facts.sha256)
        if before:
            return _again(tx, self.command, before, self.rejects)
        return self._first_time(tx, supplier)

    def _first_time(self, tx: UnitOfWork, supplier: Supplier) -> RegisterOutcome:
        register = _register(self.deps, supplier.id or 0, self.command, self.facts)
        tx.registers.forget_changes(register)
        tx.registers.add(register)
        importer = _importer(tx, register)
        run = _Run(tx, register, importer, self.rejects)
        today = local_day(self.deps.clock.now(), supplier.timezone)
        rules = Rules(supplier.account_pattern, today)
        with opened(self.command.path) as file:
            self._take_lines(run, read_lines(file, self.facts), rules)
        importer.finish()
        self._audit(tx, register)
        return run.outcome(self.command, self.facts)

    def _take_lines(self, run: "_Run", blocks: Iterator[Block], rules: Rules) -> None:
        layout = Layout.of_header(self.command.kind, _header(blocks), rules)
        self.progress(0, self.facts.size)
        with closing(_ahead(_Read.of(layout, block) for block in blocks)) as coming:
            for lines in coming:
                run.take(lines)
                self.progress(lines.block.end, self.facts.size)

    def _audit(self, tx: UnitOfWork, register: Register) -> None:
        tx.audit.record(
            self.actor,
            self.deps.clock.now(),
            "register.imported",
            register.id,
            kind=register.kind,
            lines=register.lines,
            rejected=register.rejected,
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """A block of which every line is understood.

    Attributes:
        block: as it stands in the file.
        told: places of the lines that are neither cut nor blank; `read` has its places among these.
    """

    block: Block
    told: list[int]
    read: LinesRead

    @classmethod
    def of(cls, layout: Layout, block: Block) -> Self:
        told = [place for place, text in enumerate(block.texts) if place not in block.cut and text.strip()]
        return cls(block, told, layout.read([block.texts[place] for place in told]))


def _ahead(blocks: Iterator[_Read]) -> Generator[_Read, None, None]:
    """The same blocks; while the database takes one, another thread reads the next."""
    with ThreadPoolExecutor(1, thread_name_prefix="register") as reader:
        coming = reader.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = reader.submit(next, blocks, None)
            yield block


def _header(blocks: Iterator[Block]) -> str:
    first = next(blocks, None)
    if first is None:
        raise RegisterEmpty
    if first.cut:
        raise RegisterNotText
    return first.texts[0]


def _register(deps: Deps, supplier_id: int, command: ImportRegister, facts: FileFacts) -> Register:
    most = 200
    return Register(
        supplier_id=supplier_id,
        kind=command.kind.value,
        sha256=facts.sha256,
        file_name=command.path.name[:most].encode("utf-8", "replace").decode(),
        encoding=facts.encoding.value,
        lines=0,
        rejected=0,
        imported_at=deps.clock.now(),
        undoable=True,
    )


def _importer(tx: UnitOfWork, register: Register) -> _Importer:
    supplier_id, register_id = register.supplier_id, register.id or 0
    if register.kind == RegisterKind.ACCOUNTS:
        return AccountsImport(tx.session, supplier_id, register_id, register.imported_at)
    return FactsImport(tx.session, RegisterKind(register.kind), supplier_id, register_id)


def forget_rejects(deps: Deps) -> int:
    """Blank what quarantined lines said ninety days after their import: they are full of names; how many.

    Where each stood and what was wrong with it stays.
    """
    with deps.transaction() as tx:
        return tx.registers.forget_rejects(deps.clock.now() - REJECTS_KEPT)


def _again(
    tx: UnitOfWork, command: ImportRegister, before: Register, rejects: "_RejectsWriter"
) -> RegisterOutcome:
    """The same file: nothing is done but to write its quarantined lines once more."""
    shown: list[Reject] = []
    for kept in tx.registers.list_rejects(before.id or 0):
        reject = Reject(kept.line, kept.column, kept.reason, kept.original)
        rejects.write([reject])
        shown += [reject][: _SHOWN_REJECTS - len(shown)]
    return RegisterOutcome(
        kind=command.kind,
        encoding=Encoding(before.encoding),
        read=before.lines,
        added=0,
        updated=0,
        unchanged=before.lines - before.rejected,
        quarantined=before.rejected,
        again=True,
        dry_run=command.dry_run,
        rejects=tuple(shown),
    )


@dataclass
class _Run:
    """One import under way: its counts and its quarantine."""

    tx: UnitOfWork
    register: Register
    importer: _Importer
    writer: "_RejectsWriter"
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    shown: list[Reject] = field(default_factory=list)

    def take(self, lines: _Read) -> None:
        """A block of lines."""
        block, told, read = lines.block, lines.told, lines.read
        taken = self.importer.take(read.columns) if read.places else Taken()
        refused = dict.fromkeys(block.cut, LineRefused(WHOLE_LINE, Fault.LONG_LINE))
        refused |= {told[place]: fault for place, fault in read.refused.items()}
        refused |= {told[read.places[place]]: fault for place, fault in taken.refused.items()}
        self.added += taken.added
        self.updated += taken.updated
        self.unchanged += taken.unchanged
        self.register.lines += len(told) + len(block.cut)
        self._quarantine([_reject(block, place, refused[place]) for place in sorted(refused)])

    def _quarantine(self, rejects: Sequence[Reject]) -> None:
        self.register.rejected += len(rejects)
        self.shown += rejects[: _SHOWN_REJECTS - len(self.shown)]
        self.writer.write(rejects)
        self.tx.registers.add_rejects(
            RegisterReject(
                register_id=self.register.id or 0,
                line=reject.line,
                column=reject.column,
                reason=reject.reason,
                original=reject.original,
            )
            for reject in rejects
        )

    def outcome(self, command: ImportRegister, facts: FileFacts) -> RegisterOutcome:
        """What came of it."""
        return RegisterOutcome(
            kind=command.kind,
            encoding=facts.encoding,
            read=self.register.lines,
            added=self.added,
            updated=self.updated,
            unchanged=self.unchanged,
            quarantined=self.register.rejected,
            again=False,
            dry_run=command.dry_run,
            rejects=tuple(self.shown),
        )


def _reject(block: Block, place: int, refused: LineRefused) -> Reject:
    text, cut = block.texts[place], place in block.cut
    original = text[:_LONGEST_ORIGINAL].translate(_CONTROLS)
    if cut or len(text) > _LONGEST_ORIGINAL:
        original += "…"
    return Reject(block.number + place, refused.column, texts.FAULTS[refused.fault], original)


class _RejectsWriter:
    """The file of quarantined lines: `;`-separated UTF-8 with a header; or nothing."""

    def __init__(self, file: TextIO | None) -> None:
        self._csv = csv.writer(file, delimiter=";", lineterminator="\n") if file else None
        if self._csv:
            self._csv.writerow(REJECT_COLUMNS)

    def write(self, rejects: Iterable[Reject]) -> None:
        """More lines, in order."""
        if self._csv:
            self._csv.writerows((r.line, r.column, r.reason, as_text(r.original)) for r in rejects)


@contextmanager
def _rejects_file(command: ImportRegister) -> Iterator[_RejectsWriter]:
    """The file takes its name only when the import has ended well."""
    if command.rejects is None:
        yield _RejectsWriter(None)
        return
    target = command.rejects
    try:
        if target.exists() and (not target.is_file() or target.samefile(command.path)):
            raise RejectsUnwritable(file=str(target))
        descriptor, draft = tempfile.mkstemp(prefix=".rejects-", dir=target.parent)
    except (OSError, ValueError) as exc:
        raise RejectsUnwritable(file=str(target)) from exc
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield _RejectsWriter(file)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
