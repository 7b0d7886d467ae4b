"""`register import`: the supplier's files come in."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cabinet import terminal
from cabinet.domain.permissions import Actor
from cabinet.domain.registers import RegisterKind
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
