"""`operator add`, `operator block`, `operator list`."""

from typing import Annotated

import typer
from rich.table import Table

from cabinet import terminal
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.services import operators as services
from cabinet.texts import operators as texts

operators = typer.Typer(help="Operators of the suppliers' desks.", no_args_is_help=True)


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(operators, name="operator")


@operators.command("add")
def add(
    login: Annotated[str, typer.Argument(help="E-mail or mobile phone, for the desk alone.")],
    supplier: Annotated[str, typer.Option(help="The supplier's code.")],
    name: Annotated[str, typer.Option(help="As colleagues and the journal know them.")],
    role: Annotated[OperatorRole, typer.Option(help="What they may do.")] = OperatorRole.CLERK,
) -> None:
    """Add an operator, or let one begin anew after a lost password or factor; a letter tells the first step."""
    with terminal.refusals():
        command = services.AddOperator.parse(login, supplier, name, role)
        row = services.add_operator(terminal.dependencies(), Actor.system(), command)
    typer.echo(texts.ADDED.format(name=row.name, login=row.login, role=texts.ROLES[row.role]))


@operators.command("block")
def block(
    login: Annotated[str, typer.Argument(help="The operator's e-mail or mobile phone.")],
) -> None:
    """Close an operator's desk and end every session at once."""
    with terminal.refusals():
        found = Login.parse(login)
        services.block_operator(terminal.dependencies(), Actor.system(), found)
    typer.echo(texts.BLOCKED.format(login=found.shown))


@operators.command("list")
def show(supplier: Annotated[str, typer.Option(help="The supplier's code.")]) -> None:
    """List the operators of a supplier."""
    with terminal.refusals():
        rows = services.list_operators(terminal.dependencies(), Actor.system(), supplier)
    table = Table(*texts.COLUMNS, title=texts.TITLE, show_edge=False)
    for row in rows:
        table.add_row(
            row.login, row.name, texts.ROLES[row.role], texts.CLOSED if row.blocked else texts.ACTIVE
        )
    terminal.console().print(table if rows else texts.NONE)
