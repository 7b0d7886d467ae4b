"""`migrate`: the database at its newest shape."""

import typer

from cabinet import terminal
from cabinet.persistence.migrations import migrate
from cabinet.texts import operations as texts


def mount(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("migrate")(run)


def run() -> None:
    """Bring the database to the newest version; nothing to do when it is there already."""
    settings = terminal.read_settings()
    with terminal.refusals():
        migrate(settings.database)
    typer.echo(texts.MIGRATED)
