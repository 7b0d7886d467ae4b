"""`doctor`: what keeps the portal from serving, in one table."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import typer
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rich.console import Console
from rich.table import Table

from cabinet import container, terminal
from cabinet.persistence.engine import make_engine
from cabinet.persistence.migrations import alembic_config
from cabinet.persistence.unit_of_work import snapshots
from cabinet.ports import MailboxUnavailable
from cabinet.serve import NotBuilt, current_build
from cabinet.services.pin_letters import MailboxSupplierUnknown, find_supplier
from cabinet.services.totp import count_closed
from cabinet.settings import Settings
from cabinet.texts import errors
from cabinet.texts import operations as texts

_OLDEST = (3, 11)

Check = Callable[[Settings], str]


def mount(application: typer.Typer) -> None:
    """Adds the command."""
    application.command("doctor")(run)


def run() -> None:
    """Check Python, settings, the front end, the database, the data folder and the mailbox; exit 1 when something is wrong."""
    settings = terminal.read_settings()
    table = Table(texts.CHECK, texts.STATE, show_edge=False)
    faults = 0
    for name, check in CHECKS.items():
        fault = _fault(check, settings)
        faults += bool(fault)
        table.add_row(name, fault or texts.FINE)
    Console(highlight=False).print(table)
    if faults:
        raise typer.Exit(terminal.REFUSED)


def _fault(check: Check, settings: Settings) -> str:
    try:
        return check(settings)
    except Exception as exc:  # noqa: BLE001, whatever is wrong is a line of the table
        return texts.FAILED.format(kind=type(exc).__name__, reason=str(exc).partition("\n")[0])


def check_python(_settings: Settings) -> str:
    """Old Python."""
    found = sys.version_info[:3]
    return "" if found >= _OLDEST else texts.PYTHON_OLD.format(found=".".join(map(str, found)))


def check_build(_settings: Settings) -> str:
    """No front end."""
    try:
        current_build()
    except NotBuilt:
        return texts.NOT_BUILT
    return ""


def check_database(settings: Settings) -> str:
    """A database that does not answer raises; one that is behind is told."""
    engine = make_engine(settings.database)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    wanted = ScriptDirectory.from_config(alembic_config(settings.database)).get_current_head()
    if found == wanted:
        return ""
    return texts.BEHIND.format(found=found or texts.NO_VERSION, wanted=wanted)


def check_data_dir(settings: Settings) -> str:
    """A folder that the portal cannot write to, or keys that other users of the machine can read."""
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        return texts.NOT_WRITABLE.format(path=folder)
    open_files = (path for path in folder.glob("*key*") if _readable_by_others(path))
    return next((texts.READABLE_BY_OTHERS.format(path=path) for path in open_files), "")


def _readable_by_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXO | stat.S_IRWXG))


def check_sealed(settings: Settings) -> str:
    """Second factors that were sealed under another SECRET_KEY than today's."""
    key = container.kept_secret_key(settings)
    if check_database(settings):
        return texts.DATABASE_FIRST
    engine = make_engine(settings.database)
    try:
        with snapshots(engine)() as tx:
            closed, total = count_closed(tx, container.seal_of(key)) if key else (0, 0)
    finally:
        engine.dispose()
    return texts.NOT_OPENED.format(count=closed, total=total) if closed else ""


def check_mailbox(settings: Settings) -> str:
    """A mailbox that does not let us in raises; one whose supplier is not known is told."""
    mailbox = container.mailbox(settings)
    if mailbox is None:
        return ""
    if check_database(settings):
        return texts.DATABASE_FIRST
    engine = make_engine(settings.database)
    try:
        with snapshots(engine)() as tx:
            find_supplier(tx, mailbox)
        with mailbox.open():
            return ""
    except (MailboxUnavailable, MailboxSupplierUnknown) as fault:
        return errors.of(fault.code, "", fault.facts) + texts.REASON.format(**{"reason": "", **fault.facts})
    finally:
        engine.dispose()


def check_opener(_settings: Settings) -> str:
    """Files of strangers are opened in a process that could still reach the network."""
    return "" if container.document_cleaner().is_confined() else texts.NOT_CONFINED


CHECKS: dict[str, Check] = {
    texts.PYTHON: check_python,
    texts.BUILD: check_build,
    texts.DATABASE: check_database,
    texts.DATA_DIR: check_data_dir,
    texts.SEALED: check_sealed,
    texts.MAILBOX: check_mailbox,
    texts.OPENER: check_opener,
}
