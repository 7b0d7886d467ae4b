"""Programs that the suites start: they die with the tests, and are waited for by asking, not by sleeping."""

import ctypes
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_DIES_WITH_PARENT = 1  # prctl(2), PR_SET_PDEATHSIG


def die_with_parent() -> None:
    """For `preexec_fn`: a killed test run leaves nothing behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGINT)


def poll(ask: Callable[[], T], seconds: float, what: str = "") -> T:
    """Asks every 20 ms until the answer is true.

    Raises:
        TimeoutError: it was not, in that many seconds.
    """
    end = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)
    return answer


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
