"""Imports, and their undoing, one after another in a thread of this process; how far each is."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from typing import Final

from cabinet import logs
from cabinet.domain.errors import Busy, CabinetError
from cabinet.domain.permissions import Actor
from cabinet.domain.registers import RegisterKind
from cabinet.ports import Clock
from cabinet.texts import errors

_FRESH: Final = timedelta(minutes=5)
"""How long a job that has ended is shown to whoever comes back to the page."""
_MOST_ENDED: Final = 50
_MOST_WAITING: Final = 20


@dataclass(frozen=True, slots=True)
class JobRow:
    """How far an import is, or its undoing.

    Attributes:
        id: to ask again by.
        kind: of the register.
        state: "", running, tried, done or refused; undoing, undone or kept.
        percent: of the file's bytes.
        lines: names and values of what it did.
        rejects: the first quarantined lines: number, column, reason.
    """

    id: str = ""
    kind: str = ""
    state: str = ""
    file: str = ""
    percent: int = 0
    words: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    rejects: list[tuple[str, str, str]] = field(default_factory=list)
    rejects_link: str = ""


@dataclass
class Job:
    """One import or undoing of this process; `end` tells how it ended, at `ended_at`."""

    id: str
    supplier_id: int
    user_id: int
    kind: RegisterKind
    file: str
    doing: str
    percent: int = 0
    end: JobRow | None = None
    ended_at: datetime | None = None

    def hear(self, done: int, total: int) -> None:
        """The importer's progress."""
        self.percent = 100 * done // max(1, total)

    def row(self) -> JobRow:
        """As the page shows it."""
        return self.end or JobRow(self.id, self.kind.value, self.doing, self.file, self.percent)


class Jobs:
    """The jobs of this process: one runs, a few wait, and what has ended is forgotten soon.

    A process that stops waits for none: the database undoes the one that runs.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="import", daemon=True)

    def begin(self, clock: Clock, job: Job, work: Callable[[Job], JobRow], failed: str) -> None:
        """Have it done, unless the same is under way.

        Raises:
            Busy: too many wait.
        """
        with self._lock:
            known = self._jobs.get(job.id)
            if known and not known.end:
                return
            if sum(not x.end for x in self._jobs.values()) >= _MOST_WAITING:
                raise Busy
            self._forget()
            self._jobs.pop(job.id, None)
            self._jobs[job.id] = job
            self._waiting.put(partial(_do, clock, job, work, failed))
            if not self._thread.ident:
                self._thread.start()

    def find(self, actor: Actor, job_id: str) -> Job | None:
        """A job of the operator's supplier."""
        job = self._jobs.get(job_id)
        return job if job and job.supplier_id == actor.supplier else None

    def latest(self, actor: Actor, now: datetime) -> Job | None:
        """What is under way for the operator's supplier; or else the operator's own that has just ended."""
        with self._lock:
            jobs = [x for x in reversed(self._jobs.values()) if x.supplier_id == actor.supplier]
        under_way = (x for x in jobs if not x.end)
        fresh = (x for x in jobs if x.user_id == actor.user and x.ended_at and now - x.ended_at < _FRESH)
        return next(under_way, next(fresh, None))

    def _work(self) -> None:
        while True:
            self._waiting.get()()

    def _forget(self) -> None:
        ended = [x.id for x in self._jobs.values() if x.end]
        for job_id in ended[: max(0, len(ended) - _MOST_ENDED + 1)]:
            del self._jobs[job_id]


def _do(clock: Clock, job: Job, work: Callable[[Job], JobRow], failed: str) -> None:
    try:
        end = work(job)
    except CabinetError as error:
        told = errors.of(error.code, error.field, error.facts)
        end = JobRow(job.id, job.kind.value, failed, job.file, 100, told)
    except Exception as error:  # noqa: BLE001 - the page shows its number, the log has it too
        told = errors.UNEXPECTED.format(reference=logs.report(error))
        end = JobRow(job.id, job.kind.value, failed, job.file, 100, told)
    job.ended_at, job.end = clock.now(), end
