"""`messages dead`, `messages retry`: what could not be delivered, and another try."""

from typing import Annotated

import typer
from rich.table import Column, Table

from cabinet import terminal
from cabinet.domain.permissions import Actor
from cabinet.services import notifications
from cabinet.texts import messages as texts

messages = typer.Typer(help="Letters and short messages that could not be delivered.", no_args_is_help=True)


def mount(application: typer.Typer) -> None:
    """Adds the commands."""
    application.add_typer(messages, name="messages")


@messages.command("dead")
def dead() -> None:
    """List the messages that nobody tries any more, the newest first."""
    with terminal.refusals():
        rows = notifications.list_dead(terminal.dependencies(), Actor.system())
    columns = [Column(name, overflow="fold") for name in texts.COLUMNS]
    table = Table(*columns, title=texts.DEAD, show_edge=False)
    for row in rows:
        created = f"{row.created_at:%Y-%m-%d %H:%M}Z"
        table.add_row(str(row.id), row.channel, row.to, row.template, created, str(row.attempts), row.error)
    terminal.console().print(table if rows else texts.NO_DEAD)


@messages.command("retry")
def retry(
    number: Annotated[int, typer.Argument(help="The message's number in the list.")] = 0,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every message of the list.")] = False,
) -> None:
    """Send a dead message again, under its old key."""
    if bool(number) == everything:
        typer.echo(texts.NAME_ONE, err=True)
        raise typer.Exit(terminal.WRONG_USE)
    deps = terminal.dependencies()
    with terminal.refusals():
        if everything:
            typer.echo(texts.ALL_RETRIED.format(count=notifications.retry_all(deps, Actor.system())))
            return
        notifications.retry_message(deps, Actor.system(), number)
    typer.echo(texts.RETRIED.format(id=number))
