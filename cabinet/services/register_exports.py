"""Readings and payments go to the supplier: every one of them in one file, and in one file only.

An export has three steps. (1) One statement gives a new file's number to every row that has none: what is
committed later has none either, and waits for the next file. (2) Those rows are written beside the file's
name and take it by one rename. (3) The file is marked as finished. An export that is killed after (1) keeps
its rows; the next one writes the same file again, byte for byte, under the same name, before it begins its own.
A folder that is gone keeps nobody waiting: then those rows go into the file that is asked for.
"""

import csv
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.registers import ExportFileExists, ExportKind, ExportUnwritable
from cabinet.persistence.register_exports import RegisterExport
from cabinet.persistence.suppliers import Supplier
from cabinet.services.deps import Deps
from cabinet.services.registers import supplier_for

COLUMNS: Final = {
    ExportKind.READINGS: (
        "account", "meter_serial", "taken_on", "value", "received_at", "source", "receipt_number",
    ),
    ExportKind.PAYMENTS: (
        "account", "paid_at", "amount", "payment_id", "acquirer", "acquirer_payment_id",
    ),
}  # fmt: skip
_KOPECKS: Final = 100


@dataclass(frozen=True, slots=True)
class ExportRegister:
    """What to write where.

    Attributes:
        supplier: the code of the supplier.
        since: nothing that was received before this day of the supplier's calendar; it stays for another file.
    """

    kind: ExportKind
    path: Path
    supplier: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What was written.

    Attributes:
        completed: the file of an interrupted export that was written first, or "".
        gone: where an interrupted export was to write what this file holds, or "".
    """

    kind: ExportKind
    path: str
    lines: int
    completed: str = ""
    gone: str = ""


def export_register(deps: Deps, actor: Actor, command: ExportRegister) -> ExportOutcome:
    """Write what the supplier has not been told of; what was interrupted is completed first.

    When the interrupted file is the very one that is asked for, it is all that is done; so it is when its folder is
    gone: then what it was to hold is written into the file that is asked for.

    Raises:
        SupplierUnknown: no such supplier.
        ExportFileExists: the file is there already, or another export is about to write it: perhaps nobody has
            sent it yet.
        ExportUnwritable: it cannot be written.
    """
    actor.require(Permission.REGISTER_IMPORT)
    path, completed = _resolved(command.path), ""
    while True:
        turn = _next(deps, actor, command, path)
        export = turn.export
        _write(deps, turn.supplier, export)
        _finish(deps, actor, export)
        completed = completed if turn.fresh else export.path
        if turn.fresh or export.path == path:
            return ExportOutcome(command.kind, path, export.lines, completed, turn.gone)


class _Turn(NamedTuple):
    """A file to write: a fresh one with its rows, or an interrupted one, whose own place may be gone."""

    supplier: Supplier
    export: RegisterExport
    fresh: bool = False
    gone: str = ""


def _next(deps: Deps, actor: Actor, command: ExportRegister, path: str) -> _Turn:
    """The file to write now."""
    with deps.transaction() as tx:
        supplier = supplier_for(tx, actor, command.supplier)
        tx.registers.lock_supplier(supplier.id or 0, patient=True)
        left = tx.register_exports.find_unfinished(supplier.id or 0, command.kind)
        if left and (left.path == path or _is_writable(left.path)):
            return _Turn(supplier, left)
        if tx.register_exports.is_promised(path):
            raise ExportFileExists(file=path)
        _check_name(path)
        if left:
            gone, left.path = left.path, path
            return _Turn(supplier, left, gone=gone)
        day, zone = command.since, ZoneInfo(supplier.timezone)
        since = datetime.combine(day, time.min, zone) if day else None
        export = RegisterExport(
            supplier_id=supplier.id or 0, kind=command.kind.value, path=path, started_at=deps.clock.now()
        )
        return _Turn(supplier, tx.register_exports.add(export, since), fresh=True)


def _resolved(path: Path) -> str:
    try:
        return str(path.resolve())
    except (OSError, ValueError) as exc:
        raise ExportUnwritable(file=str(path)) from exc


def _check_name(path: str) -> None:
    """What cannot be written is found out before any row is given to the file."""
    try:
        there = Path(path).exists()
    except OSError as exc:
        raise ExportUnwritable(file=path) from exc
    if there:
        raise ExportFileExists(file=path)
    if not _is_writable(path):
        raise ExportUnwritable(file=path)


def _is_writable(path: str) -> bool:
    """Whether a file can be made in its folder."""
    try:
        with tempfile.NamedTemporaryFile(prefix=".export-", dir=Path(path).parent):
            return True
    except OSError:
        return False


def _write(deps: Deps, supplier: Supplier, export: RegisterExport) -> None:
    """The file takes its name when it is whole and on the disk."""
    target = Path(export.path)
    try:
        descriptor, draft = tempfile.mkstemp(prefix=".export-", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                _write_rows(deps, supplier, export, file)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(target)
            _sync_folder(target.parent)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as exc:
        raise ExportUnwritable(file=export.path) from exc


def _write_rows(deps: Deps, supplier: Supplier, export: RegisterExport, file: TextIO) -> None:
    kind, zone = ExportKind(export.kind), ZoneInfo(supplier.timezone)
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS[kind])
    with deps.snapshot() as tx:
        rows = tx.register_exports.list_rows(export)
        writer.writerows(
            _reading_lines(rows, zone) if kind is ExportKind.READINGS else _payment_lines(rows, zone)
        )


def _reading_lines(rows: Iterator[Any], zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    """`source` tells why a value is less than before: «web:rollover», or «web:replaced» of a meter not known yet."""
    for reading, number, serial in rows:
        yield (
            number,
            serial,
            reading.taken_on,
            reading.value_m3,
            _moment(reading.received_at, zone),
            f"{reading.source}:{reading.fall}" if reading.fall else reading.source,
            reading.receipt_number,
        )


def _payment_lines(rows: Iterator[Any], zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    for payment, number in rows:
        roubles, kopecks = divmod(payment.amount_kopecks, _KOPECKS)
        yield (
            number,
            _moment(payment.finished_at, zone),
            f"{roubles}.{kopecks:02d}",
            payment.id,
            payment.acquirer,
            payment.acquirer_payment_id,
        )


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""


def _sync_folder(folder: Path) -> None:
    """The new name outlives a power cut, where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _finish(deps: Deps, actor: Actor, export: RegisterExport) -> None:
    now = deps.clock.now()
    with deps.transaction() as tx:
        tx.register_exports.finish(export.id or 0, now)
        tx.audit.record(actor, now, "register.exported", export.id, kind=export.kind, lines=export.lines)
