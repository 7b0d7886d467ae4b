"""`demo load`: a supplier to try the portal with."""

from typing import Final

import typer
from rich.table import Table

from cabinet import terminal
from cabinet.domain.permissions import Actor
from cabinet.services.demo import DemoAccount, load_demo
from cabinet.settings import Environment
from cabinet.texts import registers as texts

demo = typer.Typer(help="Demonstration data.", no_args_is_help=True)
_SHOWN: Final = 12


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(demo, name="demo")


@demo.callback()
def _group() -> None:
    """Demonstration data."""


@demo.command("load")
def run() -> None:
    """Load the demo supplier and print accounts to try; loaded once, harmless after that."""
    if terminal.read_settings().env is Environment.PRODUCTION:
        typer.echo(texts.DEMO_REFUSED, err=True)
        raise typer.Exit(terminal.WRONG_USE)
    screen = terminal.console()
    with terminal.refusals():
        outcome = load_demo(terminal.dependencies(), Actor.system())
    said = texts.DEMO_READY if outcome.fresh else texts.DEMO_ALREADY
    screen.print(said.format(name=outcome.supplier))
    screen.print(_table(outcome.accounts[:_SHOWN]))
    screen.print(texts.DEMO_MORE.format(number=len(outcome.accounts) - _SHOWN))


def _table(accounts: tuple[DemoAccount, ...]) -> Table:
    table = Table(title=texts.DEMO_TRY, show_edge=False)
    for heading in (texts.ACCOUNT, texts.SERIAL, texts.PIN, texts.FORMER_PASSWORD):
        table.add_column(heading, no_wrap=True)
    table.add_column(texts.OWED, justify="right", no_wrap=True)
    for row in accounts:
        table.add_row(row.account, row.serial, row.pin, row.former_password, row.balance)
    return table
