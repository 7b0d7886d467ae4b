"""The operator's command line: `python -m cabinet …`; every module of `cabinet.commands` adds its own."""

import importlib
import os
import pkgutil

import typer

from cabinet import commands

application = typer.Typer(
    help="The gas subscriber's portal: serving, data, people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def mount_all() -> None:
    """Calls `mount(application)` of every module in `cabinet.commands`, by name."""
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda m: m.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").mount(application)


def main() -> None:
    """The entry of `python -m cabinet`."""
    os.umask(0o077)  # the database, the keys and the outbox are nobody else's
    mount_all()
    application(prog_name="python -m cabinet")


if __name__ == "__main__":
    main()
