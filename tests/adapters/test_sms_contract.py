"""What every SmsSender keeps: files, SMSC.ru and the fake alike."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cabinet.adapters.sms_outbox import OutboxSms
from cabinet.adapters.sms_smsc import SmscSms
from cabinet.ports import Sms, SmsSender, Undelivered
from tests.adapters import smsc_api
from tests.adapters.local_api import bounded
from tests.fakes import FakeClock, FakeSms

TEXT = "Код 123456 для входа. Никому его не сообщайте.\n\n@kabinet.example.ru #123456"
ANNA = "+79127451020"


@dataclass
class Gateway:
    """A sender and the phones behind it: recipient and text of each message."""

    sender: SmsSender
    arrived: Callable[[], list[tuple[str, str]]]
    go_down: Callable[[], None]
    come_up: Callable[[], None]
    refused: str = ""
    hang: Callable[[], None] = lambda: None
    hurried: SmsSender = field(default_factory=FakeSms)


def files(tmp_path: Path) -> Iterator[Gateway]:
    folder = tmp_path / "sms"

    def arrived() -> list[tuple[str, str]]:
        read = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
        return [(one["to"], one["text"]) for one in read]

    yield Gateway(OutboxSms(folder, FakeClock()), arrived, folder.touch, folder.unlink)
    shutil.rmtree(folder, ignore_errors=True)


def fake(tmp_path: Path) -> Iterator[Gateway]:
    phone = FakeSms()

    def set_failing(failing: bool) -> None:
        phone.failing = failing

    yield Gateway(
        phone,
        lambda: [(x.to, x.text) for x in phone.messages],
        lambda: set_failing(True),
        lambda: set_failing(False),
    )


def smsc(tmp_path: Path) -> Iterator[Gateway]:
    with smsc_api.SmscApi().serving() as api:

        def hang() -> None:
            api.hanging = True

        yield Gateway(
            SmscSms(smsc_api.KEY, api.url),
            lambda: [(x.to, x.text) for x in api.taken],
            api.go_down,
            api.come_up,
            smsc_api.REFUSED,
            hang,
            SmscSms(smsc_api.KEY, api.url, seconds=0.3),
        )


@pytest.fixture(params=[files, fake, smsc], ids=lambda make: make.__name__)
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gateway]:
    yield from request.param(tmp_path)


@pytest.fixture(params=[smsc], ids=lambda make: make.__name__)
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gateway]:
    """Somebody else's, who may refuse and hang."""
    yield from request.param(tmp_path)


def test_a_message_arrives_whole(gateway: Gateway) -> None:
    gateway.sender.send(Sms("a1", ANNA, TEXT))
    assert gateway.arrived() == [(ANNA, TEXT)]


def test_a_message_that_is_tried_again_arrives_once(gateway: Gateway) -> None:
    gateway.sender.send(Sms("a1", ANNA, TEXT))
    gateway.sender.send(Sms("a1", ANNA, TEXT, again=True))
    gateway.sender.send(Sms("b2", ANNA, TEXT, again=True))
    assert len(gateway.arrived()) == 2


def test_a_gateway_that_is_down_is_worth_another_try_and_then_takes_the_message(gateway: Gateway) -> None:
    gateway.go_down()
    with bounded(5), pytest.raises(Undelivered) as problem:
        gateway.sender.send(Sms("a1", ANNA, TEXT))
    assert problem.value.retryable
    gateway.come_up()
    gateway.sender.send(Sms("a1", ANNA, TEXT, again=True))
    assert gateway.arrived() == [(ANNA, TEXT)]


def test_a_refused_number_is_not_worth_another_try(remote: Gateway) -> None:
    with pytest.raises(Undelivered) as problem:
        remote.sender.send(Sms("a1", remote.refused, TEXT))
    assert not problem.value.retryable
    assert remote.arrived() == []


def test_a_gateway_that_hangs_is_left_in_time(remote: Gateway) -> None:
    remote.hang()
    for again in (False, True):
        with bounded(5), pytest.raises(Undelivered) as problem:
            remote.hurried.send(Sms("a1", ANNA, TEXT, again))
        assert problem.value.retryable


def test_eight_threads_send_at_once(gateway: Gateway) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: gateway.sender.send(Sms(f"k{n}", f"+7912000{n:04}", TEXT)), range(24)))
    assert sorted(to for to, _ in gateway.arrived()) == [f"+7912000{n:04}" for n in range(24)]
