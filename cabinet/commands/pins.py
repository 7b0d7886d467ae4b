"""`pin issue`: a new PIN for an account."""

from typing import Annotated

import typer

from cabinet import terminal
from cabinet.domain.permissions import Actor
from cabinet.services.access_pins import IssuePin, issue_pin
from cabinet.texts import registers as texts

pins = typer.Typer(help="PINs that open extended access.", no_args_is_help=True)


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(pins, name="pin")


@pins.callback()
def _group() -> None:
    """PINs that open extended access."""


@pins.command("issue")
def issue(
    supplier: Annotated[str, typer.Option(help="The supplier's code.")],
    account: Annotated[str, typer.Option(help="The number of the account.")],
) -> None:
    """Issue a new PIN, print it this once, and revoke the former one."""
    with terminal.refusals():
        pin = issue_pin(terminal.dependencies(), Actor.system(), IssuePin(supplier, account))
    typer.echo(texts.PIN_ISSUED.format(account=account, pin=pin))
    typer.echo(texts.PIN_ONCE)
