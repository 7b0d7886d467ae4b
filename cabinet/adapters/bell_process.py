"""A bell inside one process: whoever commits rings it, what is open here hears it."""

import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)


class ProcessBell:
    """Reaches the listeners of this process only."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[frozenset[int]], None]] = []

    def ring(self, numbers: frozenset[int]) -> None:
        """Tell all listeners, in the caller's thread."""
        for hear in tuple(self._listeners):
            try:
                hear(numbers)
            except Exception:  # noqa: BLE001 - what is committed must not fail for who listens
                _log.exception("a listener of a bell failed")

    def listen(self, hear: Callable[[frozenset[int]], None]) -> None:
        """Have somebody told from now on."""
        self._listeners.append(hear)
