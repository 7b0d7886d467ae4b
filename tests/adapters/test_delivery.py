"""The outbox with real servers behind it: killed workers, an hour without servers, two workers, one that hangs."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from cabinet import container, worker
from cabinet.adapters.mail_smtp import SmtpMail, SmtpServer
from cabinet.adapters.sms_smsc import SmscSms
from cabinet.domain.identity import Login
from cabinet.persistence.engine import make_engine
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import MailReturned
from cabinet.services import notifications
from cabinet.services.deps import Deps
from cabinet.settings import Settings
from tests.adapters import smsc_api
from tests.adapters.local_api import bounded
from tests.adapters.smsc_api import SmscApi
from tests.adapters.smtp_server import SmtpServerHere
from tests.fakes import World, make_world
from tests.processes import die_with_parent, poll

ROOT = Path(__file__).resolve().parents[2]
SENDER = "Газ дома <kabinet@example.ru>"
# A worker of its own, by the settings of its environment: told to go, it sends what is due and ends.
WORKER = (
    "from cabinet import container\nfrom cabinet.services import notifications\n"
    "deps = container.build(container.settings())\ninput('ready')\n"
    "print(notifications.deliver_due(deps))"
)
SECRET = "what the workers and this process share"
LAUNCH = 90  # seconds for a process to start and send on a busy machine


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(database_url, tmp_path)
    made.clock.at = datetime.now(UTC)  # the workers' own clock is the machine's
    key = container.secret_key(Settings(env="test", secret_key=SECRET))
    made.deps = replace(made.deps, seal=container.seal_of(key))
    yield made
    made.dispose()


@pytest.fixture
def server() -> Iterator[SmtpServerHere]:
    with SmtpServerHere().serving() as made:
        yield made


@pytest.fixture
def gateway() -> Iterator[SmscApi]:
    with SmscApi().serving() as made:
        yield made


def queue(world: World, *to: str) -> None:
    for one in to:
        with world.deps.transaction() as tx:
            notifications.queue_message(world.deps, tx, Login.parse(one), "password_changed")


def by_smtp(world: World, server: SmtpServerHere, seconds: float = 10.0) -> Deps:
    mail = SmtpMail(SmtpServer.parse(server.url), SENDER, world.clock, seconds=seconds)
    return replace(world.deps, mail=mail)


def by_smsc(deps: Deps, gateway: SmscApi) -> Deps:
    return replace(deps, sms=SmscSms(smsc_api.KEY, gateway.url))


def smtp_of(server: SmtpServerHere) -> dict[str, str]:
    return {"CABINET_MAIL": "smtp", "CABINET_MAIL_FROM": SENDER, "CABINET_SMTP_URL": server.url}


def smsc_of(gateway: SmscApi) -> dict[str, str]:
    return {"CABINET_SMS": "smsc", "CABINET_SMS_KEY": smsc_api.KEY, "CABINET_SMS_URL": gateway.url}


def start_worker(database_url: str, provider: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "CABINET_ENV": "test",
        "CABINET_SECRET_KEY": SECRET,
        "CABINET_DATABASE_URL": database_url,
        "CABINET_DATA_DIR": str(folder),
        **provider,
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env=environment,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )


def go(*processes: subprocess.Popen[str]) -> None:
    """Lets them begin together, once all of them have started."""
    for one in processes:
        assert one.stdout
        assert one.stdout.read(len("ready")) == "ready"
    for one in processes:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()


def assert_killed(process: subprocess.Popen[str]) -> None:
    assert process.wait(LAUNCH) == -signal.SIGKILL
    process.communicate()


def names(server: SmtpServerHere) -> Counter[str]:
    return Counter(str(letter["Message-ID"]) for letter in server.post.letters())


def assert_sent_at_most_once_more(world: World, server: SmtpServerHere) -> None:
    """After a kill: nothing for the two minutes of the lease, one more of the same name, then never again."""
    deps = by_smtp(world, server)
    world.clock.at = datetime.now(UTC)
    world.clock.move(seconds=60)
    assert notifications.deliver_due(deps) == 0
    world.clock.move(seconds=120)
    assert notifications.deliver_due(deps) == 1
    for _ in range(10):
        world.clock.move(hours=1)
        assert notifications.deliver_due(deps) == 0
    (copies,) = names(server).values()
    assert copies == 2


def assert_found_and_never_sent_again(world: World, gateway: SmscApi) -> None:
    """After a kill: nothing for the two minutes of the lease; then one question, which finds it on its way."""
    deps = by_smsc(world.deps, gateway)
    world.clock.at = datetime.now(UTC)
    world.clock.move(seconds=60)
    assert notifications.deliver_due(deps) == 0
    world.clock.move(seconds=120)
    assert notifications.deliver_due(deps) == 1
    for _ in range(10):
        world.clock.move(hours=1)
        assert notifications.deliver_due(deps) == 0
    sent, asked = (one.form for one in gateway.asked)
    assert [one.path for one in gateway.asked] == ["/sys/send.php", "/sys/status.php"]
    assert (asked["id"], asked["phone"]) == (sent["id"], sent["phones"])
    assert [one.id for one in gateway.taken] == [sent["id"]]


@contextmanager
def unmarkable(database_url: str) -> Iterator[Callable[[], None]]:
    """From the call of what is given to the end of the block no worker can mark what it has sent."""
    engine = make_engine(database_url)
    with engine.connect() as holder:

        def hold() -> None:
            holder.execute(text("UPDATE outbox SET attempts = attempts"))

        yield hold
        holder.rollback()
    engine.dispose()


def test_a_worker_killed_before_it_hears_that_the_letter_was_taken(
    world: World, database_url: str, server: SmtpServerHere, tmp_path: Path
) -> None:
    queue(world, "anna@example.ru")
    process = start_worker(database_url, smtp_of(server), tmp_path)
    server.post.on_data = process.kill
    go(process)
    assert_killed(process)
    server.post.on_data = lambda: None
    assert_sent_at_most_once_more(world, server)


def test_a_worker_killed_between_sending_and_marking(
    world: World, database_url: str, server: SmtpServerHere, tmp_path: Path
) -> None:
    """Its letter is taken and it says goodbye; a lock on the row keeps it from marking until it is dead."""
    queue(world, "anna@example.ru")
    process = start_worker(database_url, smtp_of(server), tmp_path)
    goodbye = threading.Event()
    with unmarkable(database_url) as hold:
        server.post.on_data, server.post.on_quit = hold, goodbye.set
        go(process)
        assert goodbye.wait(LAUNCH)
        process.kill()
        assert_killed(process)
    server.post.on_data = lambda: None
    assert_sent_at_most_once_more(world, server)


def test_a_worker_killed_before_it_hears_that_the_short_message_was_taken(
    world: World, database_url: str, gateway: SmscApi, tmp_path: Path
) -> None:
    queue(world, "+79127451020")
    process = start_worker(database_url, smsc_of(gateway), tmp_path)
    gateway.on_taken = process.kill
    go(process)
    assert_killed(process)
    assert_found_and_never_sent_again(world, gateway)


def test_a_worker_killed_between_sending_a_short_message_and_marking_it(
    world: World, database_url: str, gateway: SmscApi, tmp_path: Path
) -> None:
    queue(world, "+79127451020")
    process = start_worker(database_url, smsc_of(gateway), tmp_path)
    heard = threading.Event()
    with unmarkable(database_url) as hold:
        gateway.on_taken, gateway.on_heard = hold, heard.set
        go(process)
        assert heard.wait(LAUNCH)
        process.kill()
        assert_killed(process)
    assert_found_and_never_sent_again(world, gateway)


def test_two_workers_send_no_letter_twice(
    world: World, database_url: str, server: SmtpServerHere, tmp_path: Path
) -> None:
    queue(world, *(f"user{n}@example.ru" for n in range(60)))
    workers = [start_worker(database_url, smtp_of(server), tmp_path) for _ in range(2)]
    go(*workers)
    sent = [int(process.communicate(timeout=LAUNCH)[0]) for process in workers]
    assert sum(sent) == 60
    assert min(sent) > 0
    assert len(names(server)) == len(server.post.envelopes) == 60


def test_an_hour_without_servers_loses_nothing_and_doubles_nothing(
    world: World, server: SmtpServerHere, gateway: SmscApi
) -> None:
    deps = by_smsc(by_smtp(world, server), gateway)
    server.go_down()
    gateway.go_down()
    for minute in range(60):
        if minute < 10:
            queue(world, f"user{minute}@example.ru", f"+791274510{minute:02}")
        assert notifications.deliver_due(deps) == 0
        world.clock.move(minutes=1)
    server.come_up()
    gateway.come_up()
    for _ in range(45):
        notifications.deliver_due(deps)
        world.clock.move(minutes=1)
    assert sorted(to for to, _ in server.post.envelopes) == [f"user{n}@example.ru" for n in range(10)]
    assert sorted(one.to for one in gateway.taken) == [f"+791274510{n:02}" for n in range(10)]
    with world.deps.snapshot() as tx:
        assert (tx.outbox.count_waiting(), tx.outbox.list_dead()) == (0, [])


async def test_a_mail_server_that_hangs_holds_no_short_message_and_no_shutdown(
    world: World, server: SmtpServerHere
) -> None:
    server.post.hanging = True
    queue(world, "anna@example.ru", "boris@example.ru", *(f"+791274510{n:02}" for n in range(5)))
    with bounded(30):
        async with worker.running(by_smtp(world, server, seconds=1.0)):
            await _until(lambda: len(world.sms.messages) == 5)
    assert server.post.envelopes == []
    with world.deps.snapshot() as tx:
        assert tx.outbox.count_waiting() == 2


async def test_the_worker_delivers_and_settles_what_came_back(world: World, server: SmtpServerHere) -> None:
    queue(world, "anna@example.ru")
    async with worker.running(by_smtp(world, server)):
        await _until(lambda: len(server.post.envelopes) == 1)
        name = str(server.post.letters()[0]["Message-ID"])
        key = re.fullmatch(r"<(\w+)@example\.ru>", name)
        assert key
        notice = MailReturned("msg_1", key[1], "email.bounced")
        notifications.take_returned(world.deps, "resend", notice)
        await _until(lambda: _dead(world) == 1)


@pytest.mark.parametrize("fault", [OSError("the disk is gone"), KeyError("a bug")])
async def test_a_round_that_fails_is_logged_and_tried_again(
    world: World, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    faults = [fault] * 3

    def flaky() -> AbstractContextManager[UnitOfWork]:
        if faults:
            raise faults.pop()
        return world.deps.snapshot()

    queue(world, "anna@example.ru")
    async with worker.running(replace(world.deps, snapshot=flaky)):
        await _until(lambda: len(world.mail.letters) == 1)
    assert caplog.text.count("a round of the worker failed") == 3


def _dead(world: World) -> int:
    with world.deps.snapshot() as tx:
        return len(tx.outbox.list_dead())


async def _until(holds: Callable[[], bool]) -> None:
    await asyncio.to_thread(poll, holds, 20)
