"""`serve`: the portal in one process."""

import typer

from cabinet import serve, terminal
from cabinet.texts import operations as texts


def mount(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("serve")(run)


def run() -> None:
    """Serve the portal until SIGTERM or Ctrl+C."""
    settings = terminal.read_settings()
    try:
        with terminal.refusals():
            serve.serve(settings, lambda: typer.echo(texts.OPEN.format(address=settings.address)))
    except serve.NotBuilt as exc:
        typer.echo(texts.NOT_BUILT, err=True)
        raise typer.Exit(terminal.WRONG_USE) from exc
    except serve.PortTaken as exc:
        typer.echo(texts.PORT_TAKEN.format(place=exc), err=True)
        raise typer.Exit(terminal.WRONG_USE) from exc
