"""The bell of the requests' queue inside one process: whoever commits rings it, open pages hear it."""

import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)


class ProcessBell:
    """Reaches the listeners of this process only."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[frozenset[int]], None]] = []

    def ring(self, suppliers: frozenset[int]) -> None:
        """Tell all listeners, in the caller's thread."""
        for hear in tuple(self._listeners):
            try:
                hear(suppliers)
            except Exception:  # noqa: BLE001 - what is committed must not fail for who listens
                _log.exception("a listener of the queue's bell failed")

    def listen(self, hear: Callable[[frozenset[int]], None]) -> None:
        """Have somebody told from now on."""
        self._listeners.append(hear)
