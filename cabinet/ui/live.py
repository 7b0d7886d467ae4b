"""Open pages that hear at once of what others have changed: the server asks them to ask.

A push carries nothing. It makes the page send an event of its own, which passes the gate as any other: the session is
looked up, the service asks for its permission, the rows are those of whoever asks. One push uses a watch up, and
the page's asking renews it; so a page that is gone, signed out or elsewhere is told once at most, and nothing of it
runs on: there is no task for a page, only a line in a table.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx
from reflex.utils.format import format_event_handler

from cabinet import container
from cabinet.ui.session import asking

_log = logging.getLogger(__name__)
PAUSE: Final = 0.2
"""Seconds in which what else changes is told by the same push."""

APART: Final = 0.004
"""Seconds between two pages that are told, so that their questions do not all come at once."""

Ask = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Watch:
    """What a tab waits for, and the event that it sends when that has come."""

    supplier: int
    event: str


class Watchers:
    """Who waits for which supplier's queue, by client token. Only `hear` may be called off the event loop.

    Args:
        ask: makes the page of a token send an event.
        pause: seconds that changes are gathered for.
    """

    def __init__(self, ask: Ask, pause: float = PAUSE) -> None:
        self._ask = ask
        self._pause = pause
        self._watches: dict[str, _Watch] = {}
        self._due: set[int] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        """How many tabs wait."""
        return len(self._watches)

    def watch(self, token: str, supplier: int, event: str) -> None:
        """Tell the page of a token once, when the supplier's queue has moved."""
        self._loop = asyncio.get_running_loop()
        self._watches[token] = _Watch(supplier, event)

    def leave(self, token: str) -> None:
        """It is gone, or waits no longer."""
        self._watches.pop(token, None)

    def hear(self, suppliers: frozenset[int]) -> None:
        """Queues have moved; from any thread, even when the loop has ended."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._gather, suppliers)

    def _gather(self, suppliers: frozenset[int]) -> None:
        for supplier in suppliers - self._due:
            self._due.add(supplier)
            asyncio.get_running_loop().call_later(self._pause, self._tell, supplier)

    def _tell(self, supplier: int) -> None:
        self._due.discard(supplier)
        told = {token: x.event for token, x in self._watches.items() if x.supplier == supplier}
        for token in told:
            del self._watches[token]
        if told:
            task = asyncio.get_running_loop().create_task(self._ask_all(told))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask_all(self, told: dict[str, str]) -> None:
        for token, event in told.items():
            try:
                await self._ask(token, event)
            except Exception:  # noqa: BLE001 - one page's socket is no other's matter
                _log.exception("a page could not be told of its queue")
            await asyncio.sleep(APART)


async def _nobody(_token: str, _event: str) -> None:
    """No app is served yet."""


_watchers = Watchers(_nobody)


def attach(ask: Ask) -> None:
    """From now on pages are reached by `ask`, and the portal's queues are heard."""
    global _watchers  # noqa: PLW0603 - one app per process
    _watchers = Watchers(ask)
    container.queue_bell().listen(_watchers.hear)


def leave(token: str) -> None:
    """The tab of a client token is gone."""
    _watchers.leave(token)


async def watch_queue(state: rx.State, refresh: Any) -> None:
    """Have the page send `refresh`, once, when the queue of whoever asks has moved; none in a practice world."""
    asks = await asking(state)
    if asks.deps is container.current():
        token = str(state.router.session.client_token)
        _watchers.watch(token, asks.actor.supplier, format_event_handler(refresh))
