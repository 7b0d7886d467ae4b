"""Which open sockets are whose: those of a session that has ended are closed.

Whoever stands before such a page sees nothing of it any more: it opens its socket again, is nobody, and is led to the
sign-in.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from cabinet import container

PATIENCE: Final = 1.0
Close = Callable[[str], None]


class Doors:
    """Open sockets by client token, and the sessions that they serve. Only `hear` may be called off the event loop.

    Args:
        close: closes the socket of a token.
        patience: seconds for the answer to the event that found its session dead.
    """

    def __init__(self, close: Close, patience: float = PATIENCE) -> None:
        self._close = close
        self._patience = patience
        self._open: dict[str, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def see(self, token: str, session_id: int | None) -> None:
        """An event has come from there, of a session that is alive, or of none."""
        self._loop = asyncio.get_running_loop()
        if session_id is not None:
            self._open[token] = session_id
        elif self._open.pop(token, None) is not None:
            self._loop.call_later(self._patience, self._close_dead, token)

    def leave(self, token: str) -> None:
        """The socket is gone."""
        self._open.pop(token, None)

    def hear(self, ended: frozenset[int]) -> None:
        """Sessions have been ended; from any thread, even when the loop has ended."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._close_all, ended)

    def _close_dead(self, token: str) -> None:
        if token not in self._open:  # nobody has signed in there meanwhile
            self._close(token)

    def _close_all(self, ended: frozenset[int]) -> None:
        for token in [token for token, session in self._open.items() if session in ended]:
            self.leave(token)
            self._close(token)


def _nowhere(_token: str) -> None:
    """No app is served yet."""


_doors = Doors(_nowhere)


def attach(close: Close) -> None:
    """From now on sockets are closed by `close`, and the portal's sessions are heard of."""
    global _doors  # noqa: PLW0603 - one app per process
    _doors = Doors(close)
    container.session_bell().listen(_doors.hear)


def see(token: str, session_id: int | None) -> None:
    """As `Doors.see`."""
    _doors.see(token, session_id)


def leave(token: str) -> None:
    """As `Doors.leave`."""
    _doors.leave(token)
