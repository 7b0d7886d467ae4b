"""`serve`: the portal in one process."""

import typer
from pydantic import ValidationError

from cabinet.settings import Settings
from cabinet.texts import operations as texts

_WRONG_USE = 2


def mount(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("serve")(run)


def read_settings() -> Settings:
    """The environment, or exit 2 with its faults, one a line."""
    try:
        return Settings()
    except ValidationError as exc:
        for fault in exc.errors():
            place = "CABINET_" + "_".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else ""
            typer.echo(f"{place}: {fault['msg']}".lstrip(": "), err=True)
        raise typer.Exit(_WRONG_USE) from exc


def run() -> None:
    """Serve the portal until SIGTERM or Ctrl+C."""
    settings = read_settings()
    from cabinet import serve  # noqa: PLC0415, other commands start without the server

    try:
        serve.serve(settings, lambda: typer.echo(texts.OPEN.format(address=settings.address)))
    except serve.NotBuilt as exc:
        typer.echo(texts.NOT_BUILT, err=True)
        raise typer.Exit(_WRONG_USE) from exc
    except serve.PortTaken as exc:
        typer.echo(texts.PORT_TAKEN.format(place=exc), err=True)
        raise typer.Exit(_WRONG_USE) from exc
