"""Registers at the desk: a file comes in, is tried, is imported, is taken back; progress, quarantine, history.

An import, and its undoing, runs in a thread of the process that the operator's page is connected to; the page asks
how far it is, and finds it again after a lost connection. Whether it ends well is the database's matter: either is
one transaction.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final, Self

from cabinet.domain.cells import as_text
from cabinet.domain.codes import new_token
from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FieldMissing, Parser, id_of, text_of
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.registers import RegisterKind, RegisterNotText, UndoUnknown
from cabinet.services.deps import Deps
from cabinet.services.desk import zone_of_desk
from cabinet.services.register_jobs import Job, JobRow, Jobs
from cabinet.services.register_undo import UndoImport, UndoOutcome, undo_import
from cabinet.services.registers import REJECT_COLUMNS, ImportRegister, RegisterOutcome, import_register
from cabinet.texts import dates
from cabinet.texts import desk_registers as words
from cabinet.texts import registers as register_words

MOST_BYTES: Final = 2 * 1024**3
MOST_BYTES_ALONE: Final = (
    40 * 1024**2
)  # a hundred thousand accounts: others wait for seconds, not for minutes
EXTENSIONS: Final = (".csv", ".txt")
_KEPT: Final = timedelta(hours=24)
_ID: Final = re.compile(r"[\w-]{43}", re.ASCII)
_LONGEST_NAME: Final = 60  # letters: no more than a folder takes, whatever script they are of
_SHOWN: Final = 30
_REJECTS: Final = "rejects.csv"


@dataclass(frozen=True, slots=True)
class Upload:
    """A place for a file that comes in; `id` names it to the operator's pages.

    Attributes:
        most: bytes that it may have.
        too_large: what to say of a larger one.
    """

    id: str
    path: Path
    most: int = MOST_BYTES
    too_large: str = words.TOO_LARGE


@dataclass(frozen=True, slots=True)
class Try:
    """A wish to look at an uploaded file."""

    upload: str
    kind: RegisterKind

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: no file was uploaded, no kind was chosen.
        """
        parser = Parser()
        upload = text_of(form, "upload", 64)
        parser.need(present=bool(_ID.fullmatch(upload)), problem=FieldMissing(field="file"))
        kind = next((x for x in RegisterKind if x == text_of(form, "register")), None)
        parser.need(present=kind is not None, problem=FieldMissing(field="register"))
        parser.finish()
        return cls(upload, kind or RegisterKind.ACCOUNTS)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """An import of the past; `undoable` is its kind while it can be undone, "" otherwise."""

    kind: str
    file: str
    at: str
    lines: str
    rejected: str
    rejects_link: str
    undoable: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class UndoRow:
    """What undoing an import would take away and give back: table, rows removed, rows restored.

    Attributes:
        kind: which register's last import; "" when nobody asked.
    """

    kind: str = ""
    id: str = ""
    file: str = ""
    lines: list[tuple[str, str, str]] = field(default_factory=list)


_jobs = Jobs()


def begin_upload(deps: Deps, actor: Actor, name: str) -> Upload:
    """A private folder for a file that an operator sends; what nobody imported for a day goes.

    Where an import halts all others, only what is read in seconds is taken by day.

    Raises:
        Denied: the operator may not import registers.
        RegisterNotText: the name is not of a text file.
    """
    actor.require(Permission.REGISTER_IMPORT)
    if not name.lower().endswith(EXTENSIONS):
        raise RegisterNotText
    folder = deps.uploads
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep_uploads(deps)
    upload = new_token()
    place = folder / f"{actor.supplier}-{upload}"
    place.mkdir(mode=0o700)
    with deps.transaction() as tx:
        tx.audit.record(actor, deps.clock.now(), "register.uploaded", file=_safe(name))
        halts_others = tx.registers.halts_others
    if halts_others:
        return Upload(upload, place / _safe(name), MOST_BYTES_ALONE, words.TOO_LARGE_BY_DAY)
    return Upload(upload, place / _safe(name))


def _safe(name: str) -> str:
    plain = "".join(x for x in name if x.isalnum() or x in " ._-").strip(" .")[:_LONGEST_NAME]
    return plain if plain and plain != _REJECTS else "register.csv"


def sweep_uploads(deps: Deps) -> None:
    """Delete files that nobody has imported for a day, and quarantined lines as old: they are full of names."""
    oldest = (deps.clock.now() - _KEPT).timestamp()
    with suppress(FileNotFoundError):  # nothing was ever sent, or another process sweeps too
        for place in deps.uploads.iterdir():
            if place.stat().st_mtime < oldest:
                shutil.rmtree(place, ignore_errors=True)


def drop_upload(upload: Upload) -> None:
    """Forget a file that did not come whole."""
    shutil.rmtree(upload.path.parent, ignore_errors=True)


def start_import(deps: Deps, actor: Actor, command: Try, *, dry_run: bool) -> None:
    """Begin, unless this very file is being read already.

    Raises:
        NotFound: no such file of the operator's supplier.
        Busy: too many files wait.
    """
    actor.require(Permission.REGISTER_IMPORT)
    path = _file_of(deps, actor, command.upload)
    with deps.snapshot() as tx:
        supplier = tx.suppliers.get(actor.supplier)
    wish = ImportRegister(command.kind, path, supplier.code, dry_run, path.parent / _REJECTS)

    def work(job: Job) -> JobRow:
        outcome = import_register(deps, actor, wish, job.hear)
        if not dry_run:
            path.unlink(missing_ok=True)
        return _done(job, outcome)

    job = Job(command.upload, actor.supplier, actor.user, command.kind, path.name, "running")
    _jobs.begin(deps.clock, job, work, "refused")


def get_job(deps: Deps, actor: Actor, job_id: str) -> JobRow:  # noqa: ARG001 - a service's signature
    """How far a job is; nothing when this process knows none of the operator's supplier."""
    actor.require(Permission.REGISTER_IMPORT)
    job = _jobs.find(actor, job_id)
    return job.row() if job else JobRow()


def find_job(deps: Deps, actor: Actor) -> JobRow:
    """What goes on for the operator's supplier, or how the operator's own has just ended; or nothing."""
    actor.require(Permission.REGISTER_IMPORT)
    job = _jobs.latest(actor, deps.clock.now())
    return job.row() if job else JobRow()


def _done(job: Job, outcome: RegisterOutcome) -> JobRow:
    told = words.AGAIN if outcome.again else words.TRIED if outcome.dry_run else words.DONE
    numbers = (
        (register_words.READ, outcome.read),
        (register_words.ADDED, outcome.added),
        (register_words.UPDATED, outcome.updated),
        (register_words.UNCHANGED, outcome.unchanged),
        (register_words.QUARANTINED, outcome.quarantined),
    )
    lines = [(label, words.number(value)) for label, value in numbers]
    return JobRow(
        job.id,
        job.kind.value,
        "tried" if outcome.dry_run and not outcome.again else "done",
        job.file,
        100,
        told,
        [*lines, (register_words.ENCODING, register_words.ENCODINGS[outcome.encoding])],
        [(str(x.line), x.column, x.reason) for x in outcome.rejects],
        f"/api/desk/rejects?upload={job.id}" if outcome.quarantined else "",
    )


def list_registers(deps: Deps, actor: Actor) -> list[RegisterRow]:
    """The supplier's last thirty imports, newest first."""
    actor.require(Permission.REGISTER_IMPORT)
    with deps.snapshot() as tx:
        zone = zone_of_desk(tx, actor)
        return [
            RegisterRow(
                register_words.KINDS[x.kind],
                x.file_name,
                dates.moment(x.imported_at.astimezone(zone)),
                words.number(x.lines),
                words.number(x.rejected),
                f"/api/desk/rejects?register={x.id}" if x.rejected and not x.undone_at else "",
                x.kind if x.undoable else "",
                x.undone_at is not None,
            )
            for x in tx.registers.list_of(actor.supplier, _SHOWN)
        ]


def try_undo(deps: Deps, actor: Actor, kind: str) -> UndoRow:
    """What undoing the last import of a kind would do; nothing is changed.

    Raises:
        UndoUnknown: there is none of that kind to undo.
        UndoRefused: something has been made of it since.
    """
    return _undo_row(kind, undo_import(deps, actor, _undo(deps, actor, kind, dry_run=True)))


def undo(deps: Deps, actor: Actor, kind: str, register_id: str) -> UndoRow:
    """Undo the last import of a kind, if it is still the one that the operator was shown.

    Raises:
        UndoUnknown: another came, or it is undone already.
        UndoRefused: something has been made of it since.
    """
    command = replace(_undo(deps, actor, kind, dry_run=False), register_id=id_of(register_id))
    return _undo_row(kind, undo_import(deps, actor, command))


def start_undo(deps: Deps, actor: Actor, kind: str, register_id: str, file: str) -> str:
    """Begin to undo, unless that is under way; the job's id.

    Args:
        deps: the dependencies.
        actor: who wants it.
        kind: whose last import.
        register_id: the import that the operator was shown.
        file: its file's name, to show.

    Raises:
        UndoUnknown: no such kind.
        Busy: too many jobs wait.
    """
    command = _undo(deps, actor, kind, dry_run=False)

    def work(job: Job) -> JobRow:
        undo(deps, actor, kind, register_id)
        return JobRow(job.id, kind, "undone", job.file, 100)

    job = Job(
        f"undo {actor.supplier} {register_id}",
        actor.supplier,
        actor.user,
        command.kind,
        _safe(file),
        "undoing",
    )
    _jobs.begin(deps.clock, job, work, "kept")
    return job.id


def _undo(deps: Deps, actor: Actor, kind: str, *, dry_run: bool) -> UndoImport:
    actor.require(Permission.REGISTER_IMPORT)
    known = next((x for x in RegisterKind if x == kind), None)
    if known is None:
        raise UndoUnknown
    with deps.snapshot() as tx:
        return UndoImport(known, tx.suppliers.get(actor.supplier).code, dry_run)


def _undo_row(kind: str, outcome: UndoOutcome) -> UndoRow:
    counts = [
        (label, outcome.removed.get(name, 0), outcome.restored.get(name, 0))
        for name, label in register_words.TABLES.items()
    ]
    lines = [(x, words.number(gone), words.number(back)) for x, gone, back in counts if gone or back]
    return UndoRow(kind, str(outcome.register_id), outcome.file_name, lines)


def rejects_of_upload(deps: Deps, actor: Actor, upload: str) -> Path:
    """The quarantined lines of a file that was tried or imported today.

    Raises:
        NotFound: none of the operator's supplier.
    """
    actor.require(Permission.REGISTER_IMPORT)
    found = deps.uploads / f"{actor.supplier}-{upload}" / _REJECTS
    if not _ID.fullmatch(upload) or not found.is_file():
        raise NotFound
    with deps.transaction() as tx:
        tx.audit.record(actor, deps.clock.now(), "register.rejects_viewed")
    return found


def rejects_of_register(deps: Deps, actor: Actor, register_id: int) -> Iterator[tuple[str, ...]]:
    """The quarantined lines of an import of the past under their header, as they are now, however slowly they are read.

    Raises:
        NotFound: none of the operator's supplier, or it is undone.
    """
    actor.require(Permission.REGISTER_IMPORT)
    with deps.transaction() as tx:
        register = tx.registers.get_for(actor, register_id)
        tx.audit.record(
            actor, deps.clock.now(), "register.rejects_viewed", register_id, file=register.file_name
        )
    lines = _lines(deps, actor, register_id)
    return chain([next(lines)], lines)  # "now" is when it is asked for, not when the first line is read


def _lines(deps: Deps, actor: Actor, register_id: int) -> Iterator[tuple[str, ...]]:
    with deps.snapshot() as tx:
        if tx.registers.get_for(actor, register_id).undone_at:
            raise NotFound
        yield REJECT_COLUMNS
        for x in tx.registers.list_rejects(register_id):
            yield str(x.line), x.column, x.reason, as_text(x.original)


def _file_of(deps: Deps, actor: Actor, upload: str) -> Path:
    place = deps.uploads / f"{actor.supplier}-{upload}"
    if not _ID.fullmatch(upload) or not place.is_dir():
        raise NotFound
    found = next((x for x in place.iterdir() if x.name != _REJECTS and not x.name.startswith(".")), None)
    if found is None:
        raise NotFound
    return found
