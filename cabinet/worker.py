"""Work that nobody waits for: messages are delivered, open payments asked about, leftovers swept."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Final

from cabinet.domain.errors import CabinetError
from cabinet.services import (
    deletion,
    desk_registers,
    documents,
    human_check,
    notifications,
    passkeys,
    payments,
    pin_letters,
    pin_requests,
    registers,
    reminders,
    sessions,
    training,
)
from cabinet.services.deps import Deps

_log = logging.getLogger(__name__)
PAUSE: Final = 0.5
MAILBOX_PAUSE: Final = 60.0
LONGEST_MAILBOX_PAUSE: Final = 900.0
_RECONCILE_EVERY: Final = 20
_SWEEP_EVERY: Final = 600

_SWEEPS: Final[tuple[Callable[[Deps], object], ...]] = (
    documents.sweep_documents,
    pin_requests.forget_claims,
    desk_registers.sweep_uploads,
    registers.forget_rejects,
    human_check.forget_expired,
    passkeys.forget_expired,
    notifications.forget_old,
    reminders.send_reminders,
    deletion.tell_before_end,
    deletion.erase_due,
    pin_letters.forget_old,
    training.forget_old,
    sessions.forget_old,
)

Round = Callable[[int], object]


def run_round(deps: Deps, number: int, sweep: Callable[[], object] = lambda: None) -> None:
    """One round beside the messages: returned letters always, payments and leftovers every so many rounds.

    `sweep` takes away what is left outside the database. A job that fails keeps none of the others waiting: what
    failed is raised when all are done.
    """
    jobs: list[Callable[[], object]] = [partial(notifications.settle_returned, deps)]
    if number % _RECONCILE_EVERY == 0:
        jobs.append(partial(payments.reconcile, deps))
    if number % _SWEEP_EVERY == 0:
        jobs += [*_sweeps(deps), sweep]
    _do_all(jobs)


def prune(deps: Deps) -> None:
    """Delete now what has been kept for long enough, and send what is due by the day."""
    _do_all(_sweeps(deps))


def _sweeps(deps: Deps) -> list[Callable[[], object]]:
    return [partial(job, deps) for job in _SWEEPS]


def _do_all(jobs: Sequence[Callable[[], object]]) -> None:
    with contextlib.ExitStack() as round_:
        for job in reversed(jobs):
            round_.callback(job)


@contextlib.asynccontextmanager
async def running(deps: Deps, sweep: Callable[[], object] = lambda: None) -> AsyncIterator[None]:
    """Rounds beside the web process for as long as it serves; a failing round is logged and tried again.

    Letters, short messages and the rest go each at its own pace: a provider that hangs holds its own only.
    """
    stopping = asyncio.Event()
    lanes = [_lane(deps, channel, stopping) for channel in notifications.CHANNELS]
    lanes += [MailboxLane(deps, stopping)] if deps.mailbox else []
    rounds: list[Round] = [*lanes, lambda number: run_round(deps, number, sweep)]
    tasks = [asyncio.create_task(_rounds(one, stopping)) for one in rounds]
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*tasks)


def _lane(deps: Deps, channel: str, stopping: asyncio.Event) -> Round:
    return lambda _number: notifications.deliver_channel(deps, channel, stopping.is_set)


class MailboxLane:
    """Looks into the supplier's mailbox once a minute, and less often while it does not answer."""

    def __init__(
        self, deps: Deps, stopping: asyncio.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._deps = deps
        self._stopping = stopping
        self._clock = clock
        self._due = clock()
        self._pause = MAILBOX_PAUSE

    def __call__(self, _number: int) -> None:
        """Look, when it is time to."""
        if self._clock() < self._due:
            return
        try:
            pin_letters.read_letters(self._deps, self._stopping.is_set)
            self._pause = MAILBOX_PAUSE
        except CabinetError as closed:
            _log.warning("the mailbox is tried again in %g s: %s %s", self._pause, closed, closed.facts)
            self._pause = min(2 * self._pause, LONGEST_MAILBOX_PAUSE)
        finally:
            self._due = self._clock() + self._pause


async def _rounds(one: Round, stopping: asyncio.Event) -> None:
    number = 0
    while not stopping.is_set():
        try:
            await asyncio.to_thread(one, number)
        except (CabinetError, OSError) as error:
            _log.warning("a round of the worker failed: %s", error)
        except Exception:  # noqa: BLE001 - the worker outlives whatever one round meets
            _log.exception("a round of the worker failed")
        number += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), PAUSE)
