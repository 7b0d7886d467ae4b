"""`supplier add`, `supplier list`."""

from typing import Annotated

import typer
from rich.table import Table

from cabinet import terminal
from cabinet.domain.permissions import Actor
from cabinet.services import suppliers as services
from cabinet.texts import registers as texts

suppliers = typer.Typer(help="Suppliers whose subscribers the portal serves.", no_args_is_help=True)


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(suppliers, name="supplier")


@suppliers.command("add")
def add(
    code: Annotated[str, typer.Argument(help="Lower-case Latin letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="As subscribers know it.")],
    timezone: Annotated[str, typer.Option(help="Where its days begin, such as Europe/Samara.")],
) -> None:
    """Add a supplier with the usual rules."""
    with terminal.refusals():
        command = services.AddSupplier.parse(code, name, timezone)
        services.add_supplier(terminal.dependencies(), Actor.system(), command)
    screen = terminal.console()
    screen.print(texts.SUPPLIER_ADDED.format(name=command.name, code=command.code), markup=False)


@suppliers.command("list")
def show() -> None:
    """List the suppliers."""
    with terminal.refusals():
        rows = services.list_suppliers(terminal.dependencies(), Actor.system())
    table = Table(texts.CODE, texts.NAME, texts.TIMEZONE, title=texts.SUPPLIERS, show_edge=False)
    for row in rows:
        table.add_row(row.code, row.name, row.timezone)
    terminal.console().print(table if rows else texts.NO_SUPPLIERS)
