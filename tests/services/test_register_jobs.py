"""Imports and their undoing wait for each other in one process, few of them, and stop nobody who stops."""

import subprocess
import sys
import threading

import pytest

from cabinet.domain.errors import Busy
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.registers import RegisterKind
from cabinet.services.register_jobs import _MOST_ENDED, _MOST_WAITING, Job, JobRow, Jobs
from tests.factories import operator
from tests.fakes import World
from tests.processes import poll


class Held:
    """Jobs whose first one waits to be let go."""

    def __init__(self, world: World, actor: Actor) -> None:
        self.world, self.actor = world, actor
        self.jobs = Jobs()
        self.go = threading.Event()

    def begin(self, number: int) -> None:
        def work(job: Job) -> JobRow:
            assert self.go.wait(30)
            return JobRow(job.id, "", "done")

        job = Job(
            f"{number}", self.actor.supplier, self.actor.user, RegisterKind.ACCOUNTS, "x.csv", "running"
        )
        self.jobs.begin(self.world.deps.clock, job, work, "refused")

    def state(self, number: int) -> str:
        found = self.jobs.find(self.actor, f"{number}")
        return found.row().state if found else ""


def test_few_jobs_wait_and_few_that_have_ended_are_remembered(izhevsk: World) -> None:
    held = Held(izhevsk, operator(izhevsk, role=OperatorRole.ADMINISTRATOR))
    for number in range(_MOST_WAITING):
        held.begin(number)
        held.begin(number)  # the same again is the same one
    with pytest.raises(Busy):
        held.begin(_MOST_WAITING)
    assert held.state(0) == held.state(_MOST_WAITING - 1) == "running"
    held.go.set()
    for number in range(_MOST_ENDED * 2):
        held.begin(number)
        poll(lambda x=number: held.state(x) == "done", 30, "a job ends")  # type: ignore[misc]
    assert [held.state(x) for x in (0, _MOST_ENDED - 1)] == ["", ""]
    assert held.state(_MOST_ENDED) == held.state(_MOST_ENDED * 2 - 1) == "done"


def test_a_process_that_stops_waits_for_no_job() -> None:
    stops = (
        "import threading; from cabinet.adapters.clock_system import SystemClock;"
        "from cabinet.domain.registers import RegisterKind; from cabinet.services.register_jobs import Job, Jobs;"
        "begun = threading.Event(); work = lambda job: begun.set() or threading.Event().wait();"
        "job = Job('1', 1, 1, RegisterKind.ACCOUNTS, 'a.csv', 'running');"
        "Jobs().begin(SystemClock(), job, work, 'refused'); begun.wait(20); print('stops')"
    )
    command = [sys.executable, "-c", stops]
    ended = subprocess.run(command, capture_output=True, timeout=60, check=True)  # noqa: S603 - our own words
    assert ended.stdout == b"stops\n"
