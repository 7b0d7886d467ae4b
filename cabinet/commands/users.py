"""`user show`, `user block`."""

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from cabinet import terminal
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.services.users import Deed, UserRow, manage_user
from cabinet.texts import users as texts

users = typer.Typer(help="Subscribers.", no_args_is_help=True)
SomeLogin = Annotated[str, typer.Argument(help="The subscriber's e-mail or mobile phone.")]


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(users, name="user")


@users.command("show")
def show(login: SomeLogin) -> None:
    """Show what is known of a subscriber; the journal remembers that it was looked at."""
    with terminal.refusals():
        row = manage_user(terminal.dependencies(), Actor.system(), Login.parse(login))
    terminal.console().print(_table(row))


@users.command("block")
def block(
    login: SomeLogin, *, undo: Annotated[bool, typer.Option("--undo", help="Open it again.")] = False
) -> None:
    """Close a subscriber's cabinet and end every session at once; `--undo` opens it again."""
    deed, said = (Deed.UNBLOCK, texts.UNBLOCKED) if undo else (Deed.BLOCK, texts.BLOCKED)
    with terminal.refusals():
        row = manage_user(terminal.dependencies(), Actor.system(), Login.parse(login), deed)
    typer.echo(said.format(login=row.login))


def _table(row: UserRow) -> Table:
    accounts = [f"{x.number}, {texts.EXTENDED if x.extended else texts.BASIC}" for x in row.accounts]
    table = Table(show_header=False, show_edge=False)
    for name, value in (
        (texts.LOGIN, row.login),
        (texts.CREATED, _moment(row.created_at)),
        (texts.CONFIRMED, _moment(row.confirmed_at)),
        (texts.CLOSED, _moment(row.blocked_at)),
        (texts.SESSIONS, str(row.sessions)),
        (texts.ACCOUNTS, "\n".join(accounts) or texts.NO),
    ):
        table.add_row(name, value)
    return table


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else texts.NO
