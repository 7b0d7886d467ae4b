"""`prune`: what is kept too long already goes now."""

import typer

from cabinet import terminal, worker
from cabinet.texts import operations as texts


def mount(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("prune")(run)


def run() -> None:
    """Do at once what the serving portal does every five minutes: delete what has been kept for long enough."""
    with terminal.refusals():
        worker.prune(terminal.dependencies())
    typer.echo(texts.PRUNED)
