"""Threads for what blocks: the event loop never waits, and nobody queues for longer than can be promised."""

import asyncio
import functools
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from cabinet.domain.errors import Busy

R = TypeVar("R")
_PATIENCE: Final = 10  # of nineteen; a tenth of what another thread gets when both want the same processor


class Pool:
    """So many calls at once, and so many under way and waiting together.

    Args:
        name: of its threads.
        threads: calls at once.
        places: under way or waiting; the next one is told to come later.
        patient: its threads take a processor only while nobody else wants it.
    """

    def __init__(self, name: str, threads: int, places: int, *, patient: bool = False) -> None:
        self.places = places
        self._taken = 0  # touched by the event loop only
        self._executor = ThreadPoolExecutor(threads, name, _give_way if patient else None)

    async def run(self, call: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run a blocking call.

        Raises:
            Busy: every place is taken.
        """
        if self._taken >= self.places:
            raise Busy
        self._taken += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, functools.partial(call, *args, **kwargs))
        finally:
            self._taken -= 1


def _give_way() -> None:
    if sys.platform == "linux":  # nice(2) is of a thread there; elsewhere the whole process would give way
        os.nice(_PATIENCE)


services = Pool("service", threads=8, places=64)
# bcrypt takes a processor for a third of a second: of its own few threads, so that nobody else stands behind it, neither
# in a queue nor at the processor. Two processors do six a second, so the last of the queue waits for two seconds.
hashing = Pool("hashing", threads=2, places=12, patient=True)
