"""Cleans documents in a process that has nothing to lose and is killed when it takes too long."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from cabinet.domain.documents import (
    MOST_PAGES,
    DocumentBroken,
    DocumentLocked,
    DocumentRefused,
    DocumentTooDetailed,
    DocumentTooHeavy,
    DocumentTooLong,
    DocumentUnreadable,
    FileFormat,
    split,
)

OPENER: Final = Path(__file__).with_name("document_opener.py")
SECONDS: Final = 25.0
_MOST_ANSWER: Final = 48 * 2**20
_PIECE: Final = 2**16
_RULES: Final[dict[bytes, type[DocumentRefused]]] = {
    b"broken": DocumentBroken,
    b"locked": DocumentLocked,
    b"too_detailed": DocumentTooDetailed,
    b"too_heavy": DocumentTooHeavy,
    b"too_long": DocumentTooLong,
}
_OUT_OF_BOUNDS: Final = {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGABRT}


class SubprocessCleaner:
    """Opens each file in a fresh confined process (`document_opener`).

    Args:
        seconds: by the clock on the wall, starting the process included.
        opener: the program.
    """

    def __init__(self, seconds: float = SECONDS, opener: Path = OPENER) -> None:
        self._seconds = seconds
        self._opener = opener

    def clean(self, data: bytes, kind: FileFormat) -> tuple[bytes, ...]:
        """See `DocumentCleaner.clean`."""
        with self._opening(kind.value) as process:
            answer = _converse(process, data)
            code = process.wait()
        if code in _OUT_OF_BOUNDS or len(answer) > _MOST_ANSWER:
            raise DocumentTooHeavy
        if code or answer[:1] != b"+":
            raise _RULES.get(answer[1:] if not code else b"", DocumentBroken)
        return _pages(answer[1:])

    def is_confined(self) -> bool:
        """Whether such a process gives up the network, too, on this machine."""
        with self._opening("nothing") as process:
            return _converse(process, b"") == b"+"

    @contextlib.contextmanager
    def _opening(self, what: str) -> Iterator[subprocess.Popen[bytes]]:
        """The process; whatever happens, neither it nor anything that it started is left."""
        process = subprocess.Popen(  # noqa: S603 - our own program, no words of the sender
            [sys.executable, "-I", str(self._opener), what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            start_new_session=True,
        )
        deadline = threading.Timer(self._seconds, _end, (process,))
        deadline.start()
        try:
            yield process
        finally:
            deadline.cancel()
            _end(process)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()
            process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _converse(process: subprocess.Popen[bytes], data: bytes) -> bytes:
    """Tell the file, hear the answer; one that never ends is cut off."""
    assert process.stdin and process.stdout  # noqa: S101, PT018 - both are pipes
    telling = threading.Thread(target=_tell, args=(process.stdin, data), daemon=True)
    telling.start()
    heard = bytearray()
    while len(heard) <= _MOST_ANSWER and (piece := process.stdout.read(_PIECE)):
        heard += piece
    if len(heard) > _MOST_ANSWER:
        _end(process)
    telling.join()
    return bytes(heard)


def _tell(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError):  # it may be gone before it has heard all
        pipe.write(data)
        pipe.close()


def _pages(answer: bytes) -> tuple[bytes, ...]:
    """The pages, which nobody takes for anything but JPEGs.

    Raises:
        DocumentBroken: the process has answered something else.
    """
    try:
        pages = split(answer)
    except DocumentUnreadable as exc:
        raise DocumentBroken from exc
    jpegs = all(page.startswith(b"\xff\xd8\xff") and page.endswith(b"\xff\xd9") for page in pages)
    if not jpegs or not 0 < len(pages) <= MOST_PAGES:
        raise DocumentBroken
    return pages
