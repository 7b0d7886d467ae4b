"""`migrate`: the database at its newest shape."""

import typer

from cabinet.commands.serve import read_settings
from cabinet.texts import operations as texts


def mount(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("migrate")(run)


def run() -> None:
    """Bring the database to the newest version; nothing to do when it is there already."""
    settings = read_settings()
    from cabinet.persistence.migrations import migrate  # noqa: PLC0415, other commands start without it

    migrate(settings.database)
    typer.echo(texts.MIGRATED)
