"""What the operator's commands share: dependencies, words instead of stack traces, exit codes, progress."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from cabinet import container
from cabinet.domain.errors import CabinetError
from cabinet.domain.forms import Several
from cabinet.services.deps import Deps
from cabinet.settings import Settings
from cabinet.texts import errors
from cabinet.texts import registers as texts

REFUSED = 1
WRONG_USE = 2
_STEP = 10  # percent between two plain lines


def console() -> Console:
    """Standard output."""
    return Console(highlight=False)


def read_settings() -> Settings:
    """The environment, or exit 2 with its faults, one a line."""
    try:
        return Settings()
    except ValidationError as exc:
        for fault in exc.errors():
            place = "CABINET_" + "_".join(str(part) for part in fault["loc"]).upper() if fault["loc"] else ""
            typer.echo(f"{place}: {fault['msg']}".lstrip(": "), err=True)
        raise typer.Exit(WRONG_USE) from exc


def dependencies() -> Deps:
    """The dependencies that the environment chooses, or exit 2 with its faults."""
    with refusals():
        return container.build(read_settings())


@contextmanager
def refusals() -> Iterator[None]:
    """Whatever is refused inside is said in words, and the command ends with 1; a wrong setting with 2."""
    try:
        yield
    except container.SettingUnknown as exc:
        _refuse(str(exc), exc, WRONG_USE)
    except Several as exc:
        _refuse("\n".join(f"{x.field}: {errors.of(x.code, x.field, x.facts)}" for x in exc.problems), exc)
    except CabinetError as exc:
        _refuse(errors.of(exc.code, exc.field, exc.facts), exc)
    except (OperationalError, ProgrammingError) as exc:
        missing = "no such table" in str(exc.orig) or "does not exist" in str(exc.orig)
        _refuse(texts.DATABASE_NOT_READY if missing else _failed(exc), exc)
    except DBAPIError as exc:
        _refuse(_failed(exc), exc)
    except OSError as exc:
        _refuse(texts.FILE_FAILED.format(reason=exc.strerror or type(exc).__name__), exc)


def _failed(exc: DBAPIError) -> str:
    return texts.DATABASE_FAILED.format(reason=str(exc.orig).strip().split("\n", 1)[0])


def _refuse(message: str, cause: Exception, code: int = REFUSED) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(code) from cause


@contextmanager
def progress(screen: Console, title: str) -> Iterator[Callable[[int, int], None]]:
    """Hears of bytes done and bytes in all: a bar on a terminal, a plain line every ten percent otherwise."""
    if not screen.is_terminal:
        yield _plain(screen, title)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _plain(screen: Console, title: str) -> Callable[[int, int], None]:
    screen.print(title, markup=False)
    said = 0

    def hear(done: int, total: int) -> None:
        nonlocal said
        percent = 100 * done // max(1, total)
        if percent >= said + _STEP:
            said = percent - percent % _STEP
            screen.print(texts.PERCENT.format(percent=said))

    return hear
