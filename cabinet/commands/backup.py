"""`backup`, `restore`: the whole database in one file."""

from pathlib import Path
from typing import Annotated

import typer

from cabinet import terminal
from cabinet.persistence import backups
from cabinet.texts import operations as texts


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.command("backup")(backup)
    application.command("restore")(restore)


def backup(file: Annotated[Path, typer.Argument(help="A file that is not there yet.")]) -> None:
    """Write the whole database, as it is at one moment, into a new file; people may go on."""
    settings = terminal.read_settings()
    with terminal.refusals():
        size = backups.write_backup(settings.database, file)
    typer.echo(texts.BACKED_UP.format(file=file, megabytes=f"{size / 1e6:.1f}"))


def restore(file: Annotated[Path, typer.Argument(help="What `backup` wrote.")]) -> None:
    """Fill an empty database from a backup, bring it to the newest version, and verify the journal."""
    settings = terminal.read_settings()
    with terminal.refusals():
        transactions = backups.restore_backup(settings.database, file)
    typer.echo(texts.RESTORED.format(transactions=transactions))
