"""What the process may say of itself: where and what kind, never what somebody typed.

Reflex, its socket server and asyncio put whole events into their messages, and Python puts values into its
exceptions' texts. So only our own loggers speak in words; of the others one hears who spoke, of which error.
"""

import logging
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_OURS: Final = "cabinet"
# Loggers that know no user data: our own, and the migrations'.
_TRUSTED: Final = frozenset({_OURS, "alembic"})
# Their libraries would add handlers of their own to a logger without a level.
_LOUD: Final = ("socketio.server", "engineio.server")
_PACKAGE: Final = Path(__file__).resolve().parent
_LONGEST: Final = 600
_DEEPEST: Final = 4
_FORMAT: Final = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger(__name__)


def report(error: BaseException) -> str:
    """Log an error by its kind and place under a new reference number, and give the number."""
    reference = secrets.token_hex(4).upper()
    _log.error("unexpected %s: %s", reference, kinds_and_places(error))
    return reference


def kinds_and_places(error: BaseException) -> str:
    """`ZeroDivisionError at services/home.py:31`, its causes after it; never a text of an exception."""
    told, seen = [], set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        told.append(f"{type(link).__name__} at {_places(link.__traceback__)}")
        link = link.__cause__ or link.__context__
    return " from ".join(told[:_DEEPEST])


def scrubbed(  # noqa: PLR0917 - logging's own signature
    name: str,
    level: int,
    path: str,
    line: int,
    message: object,
    args: Any,  # noqa: ANN401
    exc_info: ExcInfo | None,
    function: str | None = None,
    stack: str | None = None,  # noqa: ARG001
    **_more: Any,  # noqa: ANN401
) -> logging.LogRecord:
    """A log record of which only a trusted logger's words are left; for `logging.setLogRecordFactory`."""
    if name.partition(".")[0] not in _TRUSTED:
        message, args = f"{_short(path)}:{line} in {function}: the text is withheld", ()
    if exc_info and exc_info[1] is not None:
        fault = kinds_and_places(exc_info[1]).replace("%", "%%" if args else "%")
        message = f"{message}; {fault}"
    return logging.LogRecord(name, level, path, line, message, args, None, function)


class OneLine(logging.Formatter):
    """One printable line of bounded length for every record, its time in UTC: nobody forges a second one."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__(_FORMAT)
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = super().format(record)
        return "".join(c if c.isprintable() else " " for c in line[:_LONGEST])


@dataclass(slots=True)
class _Window:
    began: float
    said: int = 0
    dropped: int = 0


class Throttle(logging.Filter):
    """Of one place's records at most `most` a minute; the first of the next minute tells how many were dropped."""

    def __init__(self, most: int = 60, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most = most
        self._clock = clock
        self._windows: dict[tuple[str, int], _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is said."""
        now = self._clock()
        window = self._windows.setdefault((record.name, record.lineno), _Window(now))
        if now - window.began >= 60:  # noqa: PLR2004 - seconds of a minute
            if window.dropped:
                record.msg = f"{record.getMessage()} (and {window.dropped} more)"
                record.args = ()
            window.began, window.said, window.dropped = now, 0, 0
        window.said += 1
        window.dropped += window.said > self._most
        return window.said <= self._most


def install() -> None:
    """Make this the process's only way of logging: to stderr, scrubbed, in bounded lines and numbers."""
    logging.setLogRecordFactory(scrubbed)
    logging.captureWarnings(capture=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    handler.addFilter(Throttle())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _places(trace: TracebackType | None) -> str:
    """The deepest place, and the deepest one of ours if that is another."""
    deepest = ours = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        deepest = f"{_short(file)}:{trace.tb_lineno}"
        if Path(file).is_relative_to(_PACKAGE):
            ours = deepest
        trace = trace.tb_next
    return deepest if ours in {"", deepest} else f"{deepest} (by {ours})"


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])
