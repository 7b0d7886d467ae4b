"""`register import`, `undo` and `export`: files exchanged with the supplier."""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cabinet import terminal
from cabinet.domain.permissions import Actor
from cabinet.domain.registers import ExportKind, RegisterKind
from cabinet.services.register_exports import ExportRegister, export_register
from cabinet.services.register_undo import UndoImport, undo_import
from cabinet.services.registers import ImportRegister, RegisterOutcome, import_register
from cabinet.texts import registers as texts

registers = typer.Typer(help="Registers: files exchanged with a supplier.", no_args_is_help=True)


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(registers, name="register")


@registers.callback()
def _group() -> None:
    """Registers: files exchanged with a supplier."""


@registers.command("import")
def run(
    kind: Annotated[RegisterKind, typer.Argument(help="What the file tells of.")],
    file: Annotated[Path, typer.Argument(help="The register: text, `;`-separated, with a header.")],
    supplier: Annotated[str, typer.Option(help="The supplier's code.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, keep nothing.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where to write the lines in quarantine.")] = None,
) -> None:
    """Import a register: once, whole, its bad lines in quarantine."""
    screen = terminal.console()
    command = ImportRegister(kind, file, supplier, dry_run, rejects)
    title = texts.IMPORTING.format(kind=texts.KINDS[kind], file=file.name)
    with terminal.refusals():
        deps = terminal.dependencies()
        started = time.monotonic()
        with terminal.progress(screen, title) as hear:
            outcome = import_register(deps, Actor.system(), command, hear)
    show(screen, outcome, time.monotonic() - started)
    if rejects:
        screen.print(texts.REJECTS_WRITTEN.format(file=rejects), markup=False)


@registers.command("undo")
def undo(
    kind: Annotated[RegisterKind, typer.Argument(help="Of which kind the last import is to be undone.")],
    supplier: Annotated[str, typer.Option(help="The supplier's code.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, keep everything.")] = False,
) -> None:
    """Undo the last import of a kind, while nothing has been made of it."""
    screen = terminal.console()
    with terminal.refusals():
        outcome = undo_import(terminal.dependencies(), Actor.system(), UndoImport(kind, supplier, dry_run))
    said = texts.UNDO_TRIED if dry_run else texts.UNDONE
    screen.print(said.format(file=outcome.file_name), markup=False, soft_wrap=True)
    table = Table("", texts.REMOVED, texts.RESTORED, show_edge=False)
    for name in texts.TABLES:
        if outcome.removed.get(name) or outcome.restored.get(name):
            counts = (outcome.removed.get(name, 0), outcome.restored.get(name, 0))
            table.add_row(texts.TABLES[name], *map(str, counts))
    screen.print(table)


@registers.command("export")
def export(
    kind: Annotated[ExportKind, typer.Argument(help="What the file is to tell of.")],
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    supplier: Annotated[str, typer.Option(help="The supplier's code.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave out what came before that day.")
    ] = None,
) -> None:
    """Write what the supplier has not been told of yet: each line in one file only."""
    screen = terminal.console()
    command = ExportRegister(kind, file, supplier, since.date() if since else None)
    with terminal.refusals():
        outcome = export_register(terminal.dependencies(), Actor.system(), command)
    if outcome.gone:
        moved = texts.EXPORT_MOVED.format(gone=outcome.gone, path=outcome.path)
        screen.print(moved, markup=False, soft_wrap=True)
        return
    if outcome.completed:
        screen.print(texts.EXPORT_COMPLETED.format(path=outcome.completed), markup=False, soft_wrap=True)
    done = texts.EXPORTED.format(kind=texts.EXPORT_KINDS[kind], lines=outcome.lines, path=outcome.path)
    screen.print(
        texts.EXPORT_SAME if outcome.completed == outcome.path else done, markup=False, soft_wrap=True
    )


def show(screen: Console, outcome: RegisterOutcome, seconds: float) -> None:
    """The summary, and the first lines in quarantine."""
    table = Table("", texts.KINDS[outcome.kind], show_edge=False)
    rate = int(outcome.read / seconds) if seconds else outcome.read
    for name, value in (
        (texts.READ, outcome.read),
        (texts.ADDED, outcome.added),
        (texts.UPDATED, outcome.updated),
        (texts.UNCHANGED, outcome.unchanged),
        (texts.QUARANTINED, outcome.quarantined),
        (texts.ENCODING, texts.ENCODINGS[outcome.encoding]),
        (texts.SECONDS, texts.SPENT.format(seconds=seconds, rate=rate)),
    ):
        table.add_row(name, str(value))
    screen.print(table)
    if outcome.rejects:
        _show_rejects(screen, outcome)
    if outcome.again:
        screen.print(texts.AGAIN)
    if outcome.dry_run:
        screen.print(texts.DRY_RUN)


def _show_rejects(screen: Console, outcome: RegisterOutcome) -> None:
    table = Table(texts.LINE, texts.COLUMN, texts.REASON, title=texts.REJECTS, show_edge=False)
    for reject in outcome.rejects:
        table.add_row(str(reject.line), escape(reject.column), escape(reject.reason))
    screen.print(table)
    more = outcome.quarantined - len(outcome.rejects)
    if more:
        screen.print(texts.MORE_REJECTS.format(number=more))
