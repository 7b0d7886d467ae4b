"""`supplier add`, `supplier list`, `supplier policy`."""

from typing import Annotated, Final

import typer
from rich.table import Table

from cabinet import terminal
from cabinet.domain.dated_values import DatedValue
from cabinet.domain.permissions import Actor
from cabinet.services import desk_policy
from cabinet.services import suppliers as services
from cabinet.services.desk_policy import AddPolicy, AddPrice, AddValue, PolicyPage
from cabinet.texts import desk_policy as words
from cabinet.texts import registers as texts

_DAYS: Final = (AddPolicy.DAY, AddPrice.DAY, AddValue.DAY)
_KINDS: Final = f"A norm or coefficient: of {', '.join(DatedValue)}."

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


@suppliers.command("policy")
def policy(
    code: Annotated[str, typer.Argument(help="The supplier's code.")],
    *,
    since: Annotated[str, typer.Option(help="Add from that day on, YYYY-MM-DD: today or later.")] = "",
    reading_from: Annotated[str, typer.Option(help="Rules: readings from that day of the month.")] = "",
    reading_to: Annotated[str, typer.Option(help="Rules: readings to that day.")] = "",
    due: Annotated[str, typer.Option(help="Rules: paid by that day of the month after.")] = "",
    max_consumption: Annotated[str, typer.Option(help="Rules: the greatest consumption, m³.")] = "",
    hide_due: Annotated[bool, typer.Option("--hide-due", help="Rules: basic access sees no sum.")] = False,
    usage: Annotated[str, typer.Option(help="A price: of stove, stove_heater or heating.")] = "",
    price: Annotated[str, typer.Option(help="A price: roubles per m³, VAT included.")] = "",
    kind: Annotated[str, typer.Option(help=_KINDS)] = "",
    value: Annotated[str, typer.Option(help="A norm or coefficient: such as 12.5 or 0.965.")] = "",
    region: Annotated[
        str, typer.Option(help="A norm or coefficient: of that region of the register only.")
    ] = "",
) -> None:
    """Print the dated rules, prices, norms and coefficients; with options, add some first."""
    rules = {
        "window_from_day": reading_from,
        "window_to_day": reading_to,
        "due_day": due,
        "max_consumption_m3": max_consumption,
    }
    prices, values = (
        {"usage": usage, "price": price},
        {"kind_of_value": kind, "value": value, "region": region},
    )
    shown = "" if hide_due else "on"
    with terminal.refusals():
        adding = [
            parse({**form, "basic_shows_due": shown, **dict.fromkeys(_DAYS, since)})
            for parse, form in ((AddPolicy.parse, rules), (AddPrice.parse, prices), (AddValue.parse, values))
            if any(form.values())
        ]
        deps, system = terminal.dependencies(), Actor.system()
        for command in adding:
            desk_policy.add_dated(deps, system, command, code)
        page = desk_policy.view_policy(deps, system, code)
    show_policy(page)


def show_policy(page: PolicyPage) -> None:
    """What holds today, what will, what did."""
    screen = terminal.console()
    for title, name in ((words.NOW, "now"), (words.COMING, "coming"), (words.PAST, "past")):
        for columns, standing in (
            (words.RULE_COLUMNS, page.rules),
            (words.PRICE_COLUMNS, page.prices),
            (words.VALUE_COLUMNS, page.norms),
        ):
            rows = getattr(standing, name)
            table = Table(*columns, title=title, show_edge=False)
            for row in rows:
                table.add_row(*row)
            if rows:
                screen.print(table)
