import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cabinet.api.socket_gate import SocketGate, SocketLimits, TokenBucket, client_address

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = "https://cabinet.example"
Message = dict[str, Any]


def scope(origin: str | None = OURS, client: str = "192.0.2.1", forwarded: str = "") -> Message:
    headers = [(b"origin", origin.encode())] if origin is not None else []
    if forwarded:
        headers.append((b"x-forwarded-for", forwarded.encode()))
    return {"type": "websocket", "path": "/_event", "headers": headers, "client": (client, 5000)}


class Inner:
    """Accepts, then reads until the peer is gone."""

    def __init__(self) -> None:
        self.read: list[Message] = []
        self.during: Callable[[], Any] | None = None

    async def __call__(self, _scope: Message, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        if self.during:
            await self.during()
        while (message := await receive())["type"] == "websocket.receive":
            self.read.append(message)


async def talk(gate: SocketGate, scope: Message, *texts: str) -> list[Message]:
    """What the browser hears when it connects and says these."""
    sent: list[Message] = []
    said = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "text": text} for text in texts)]
    waiting = iter([*said, {"type": "websocket.disconnect", "code": 1000}])

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    await gate(scope, receive, send)
    return sent


async def test_our_own_page_connects_and_is_heard() -> None:
    inner = Inner()
    sent = await talk(SocketGate(inner, [OURS]), scope(), "one", "two")
    assert sent == [{"type": "websocket.accept"}]
    assert [m["text"] for m in inner.read] == ["one", "two"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        None,
        "",
        "http://cabinet.example",
        f"{OURS}:444",
        f"{OURS}.evil.example",
        "*",
    ],
)
async def test_a_foreign_page_is_refused_before_reflex_hears_of_it(
    origin: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    inner = Inner()
    sent = await talk(SocketGate(inner, [OURS, "*", "null"]), scope(origin), "one")
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert inner.read == []
    assert caplog.messages == [
        f"a socket of a foreign page was refused: {[] if origin is None else [origin]!r}"
    ]


async def test_two_origin_headers_are_refused() -> None:
    twice = scope()
    twice["headers"] *= 2
    assert await talk(SocketGate(Inner(), [OURS]), twice) == [{"type": "websocket.close", "code": 1008}]


async def test_a_message_above_the_limit_closes_the_socket() -> None:
    inner = Inner()
    gate = SocketGate(inner, [OURS], limits=SocketLimits(message_bytes=64))
    sent = await talk(gate, scope(), "a" * 64, "я" * 33, "after")
    assert [m["text"] for m in inner.read] == ["a" * 64]
    assert sent[-1] == {"type": "websocket.close", "code": 1009}


async def test_too_many_events_close_the_socket() -> None:
    inner = Inner()
    gate = SocketGate(inner, [OURS], limits=SocketLimits(events_per_second=1, burst=3), clock=lambda: 0.0)
    sent = await talk(gate, scope(), *"abcde")
    assert [m["text"] for m in inner.read] == ["a", "b", "c"]
    assert sent[-1] == {"type": "websocket.close", "code": 1008}


async def test_who_hangs_up_hears_no_more_however_long_the_browser_is_silent() -> None:
    heard: list[Message] = []

    async def inner(_scope: Message, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        listening = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        await send({"type": "websocket.close", "code": 1000})
        heard.append(await listening)
        heard.append(await receive())

    said = [{"type": "websocket.connect"}]
    silent: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def receive() -> Message:
        return said.pop() if said else await asyncio.shield(silent)

    async def send(_message: Message) -> None:
        """To nobody."""

    async with asyncio.timeout(5):
        await SocketGate(inner, [OURS])(scope(), receive, send)
    assert [x["type"] for x in heard] == ["websocket.disconnect"] * 2


@pytest.mark.parametrize(
    ("first", "same", "other"),
    [("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")],
)
async def test_one_address_or_home_holds_only_so_many_sockets_and_gets_them_back(
    first: str, same: str, other: str
) -> None:
    inner = Inner()
    gate = SocketGate(inner, [OURS], limits=SocketLimits(per_address=1))
    heard: list[list[Message]] = []

    async def meanwhile() -> None:
        inner.during = None
        heard.append(await talk(gate, scope(client=same)))
        heard.append(await talk(gate, scope(client=other)))

    inner.during = meanwhile
    await talk(gate, scope(client=first))
    assert heard == [[{"type": "websocket.close", "code": 1008}], [{"type": "websocket.accept"}]]
    assert await talk(gate, scope(client=same)) == [{"type": "websocket.accept"}]


def test_a_bucket_fills_again_with_time_and_never_above_its_burst() -> None:
    bucket = TokenBucket(rate=2, burst=3, now=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(1) for _ in range(3)] == [True, True, False]
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("forwarded", "hops", "address"),
    [
        ("", 0, "192.0.2.1"),
        ("203.0.113.9", 0, "192.0.2.1"),
        ("", 1, "192.0.2.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9, 198.51.100.7", 2, "203.0.113.9"),
        ("203.0.113.9", 3, "203.0.113.9"),
    ],
)
def test_only_trusted_hops_are_believed(forwarded: str, hops: int, address: str) -> None:
    assert client_address(scope(forwarded=forwarded), hops) == address
