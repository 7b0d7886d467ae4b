"""What a websocket must be before Reflex hears of it: of our own origin, one of few, small, and not too fast."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cabinet.domain.addresses import network_of

_GOING_AWAY = 1001  # RFC 6455, section 7.4.1
_POLICY_VIOLATION = 1008
_TOO_BIG = 1009
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """How much one browser may ask: far above what a person does, far below what hurts others."""

    message_bytes: int = 64 * 1024
    per_address: int = 256  # a block of flats behind one address of a mobile operator
    events_per_second: float = 20
    burst: float = 100


@dataclass(slots=True)
class TokenBucket:
    """`burst` at once, then `rate` a second."""

    rate: float
    burst: float
    now: float
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = self.burst

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`, in seconds of a steady clock."""
        self.level = min(self.burst, self.level + (now - self.now) * self.rate)
        self.now = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


def client_address(scope: Scope, trusted_proxies: int) -> str:
    """The caller's address: the peer, or the entry of X-Forwarded-For that the outermost trusted proxy wrote."""
    peer = scope["client"][0] if scope.get("client") else ""
    if not trusted_proxies:
        return str(peer)
    values = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
    hops = [hop.strip() for value in values for hop in value.split(",") if hop.strip()]
    return hops[-min(trusted_proxies, len(hops))] if hops else str(peer)


class SocketGate:
    """Refuses a foreign or surplus socket with 403 and closes one that sends too much.

    Args:
        inner: the app behind.
        origins: the exact origins that may connect; `null` and none at all never may.
        trusted_proxies: hops whose forwarded address is believed.
        limits: the bounds.
        clock: seconds of a steady clock.
    """

    def __init__(
        self,
        inner: ASGIApp,
        origins: Collection[str],
        *,
        trusted_proxies: int = 0,
        limits: SocketLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._origins = frozenset(origins) - {"null", "", "*"}
        self._trusted = trusted_proxies
        self._limits = limits or SocketLimits()
        self._clock = clock
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "websocket":
            await self._inner(scope, receive, send)
            return
        network = network_of(client_address(scope, self._trusted))
        if not self._allowed(scope) or self._open[network] >= self._limits.per_address:
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        self._open[network] += 1
        try:
            await self._converse(scope, receive, send)
        finally:
            self._open[network] -= 1
            if self._open[network] <= 0:
                del self._open[network]

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the inner app is done; its goodbye goes last, for Granian sends none while somebody listens."""
        over: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        await self._inner(scope, self._measured(receive, send, over), _ending(send, over))
        if over.done():
            await send(over.result())

    def _allowed(self, scope: Scope) -> bool:
        origins = [v.decode("latin-1") for k, v in scope["headers"] if k == b"origin"]
        allowed = len(origins) == 1 and origins[0] in self._origins
        if not allowed:
            _log.warning("a socket of a foreign page was refused: %r", [x[:120] for x in origins[:2]])
        return allowed

    def _measured(self, receive: Receive, send: Send, over: asyncio.Future[Message]) -> Receive:
        limits = self._limits
        bucket = TokenBucket(limits.events_per_second, limits.burst, self._clock())

        async def receiving() -> Message:
            message = await _next(receive, over)
            if message["type"] != "websocket.receive":
                return message
            text, data = message.get("text"), message.get("bytes")
            size = len(text.encode()) if text is not None else len(data or b"")
            if size > limits.message_bytes:
                code = _TOO_BIG
            elif bucket.take(self._clock()):
                return message
            else:
                code = _POLICY_VIOLATION
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}

        return receiving


def _ending(send: Send, over: asyncio.Future[Message]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] != "websocket.close":
            await send(message)
        elif not over.done():
            over.set_result(message)

    return sending


async def _next(receive: Receive, over: asyncio.Future[Message]) -> Message:
    """What comes next; whoever has hung up hears no more."""
    coming = asyncio.ensure_future(receive())
    either: set[asyncio.Future[Message]] = {coming, over}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return coming.result()
    finally:
        coming.cancel()
    return {"type": "websocket.disconnect", "code": _GOING_AWAY}
