"""`serve`: the portal in one process."""

import typer
from pydantic import ValidationError
from rich.console import Console

from cabinet.settings import Settings

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
        serve.serve(settings, lambda: Console().print(f"The portal is open: [link]{settings.address}[/link]"))
    except serve.NotBuilt as exc:
        typer.echo("The front end is not built: run `make build`.", err=True)
        raise typer.Exit(_WRONG_USE) from exc
    except serve.PortTaken as exc:
        typer.echo(f"{exc} is taken: stop the other program, or set CABINET_PORT.", err=True)
        raise typer.Exit(_WRONG_USE) from exc
