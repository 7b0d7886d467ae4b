"""A raw client of the portal's socket, which keeps no rule of a browser: Engine.IO 4 and Socket.IO 5 by hand."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Self

from simple_websocket import Client, ConnectionClosed

_NAMESPACE = "/_event"
_HYDRATE = "reflex___state____state.hydrate"
_WAIT = 10.0  # seconds
_numbers = count()


@dataclass
class RawSocket:
    """One websocket of a hostile client.

    Attributes:
        url: the portal's.
        token: the client token, any string.
        cookies: sent at the handshake.
        received: everything that came, in order, decoded.
    """

    url: str
    token: str = "11111111-2222-4333-8444-555555555555"
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: Any = None
    received: list[Any] = field(default_factory=list)

    def __enter__(self) -> Self:
        address = f"{self.url.replace('http', 'ws', 1)}/_event/?EIO=4&transport=websocket&token={self.token}"
        headers = {"Origin": self.url, **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._socket = Client(address, headers=headers)
        self.raw(f"40{_NAMESPACE}," + (json.dumps(self.auth) if self.auth is not None else ""))
        self._socket.receive(
            _WAIT
        )  # the opening, which the client may have read with the handshake and hold until more comes
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ConnectionClosed, OSError):  # the server may be closing it at this very moment
            self._socket.close()

    def raw(self, frame: str | bytes) -> None:
        """Send a frame as it is; a socket that the server has closed swallows it."""
        try:
            self._socket.send(frame)
        except ConnectionClosed:
            self.received.append(None)

    def emit(self, *arguments: Any) -> None:
        """Send a Socket.IO event: its name and its arguments."""
        self.raw(f"42{_NAMESPACE},{json.dumps(arguments)}")

    def call(self, name: str, payload: Any = None, path: str = "/login", **query: str) -> None:
        """Send Reflex's event for a handler's full name."""
        place = {"pathname": path, "asPath": path, "query": query}
        self.emit(
            "event", {"name": name, "payload": {} if payload is None else payload, "router_data": place}
        )

    def read(self, seconds: float = _WAIT) -> Any:
        """The next message that is not a heartbeat; None when the server has closed, or in time has said nothing."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                frame = self._socket.receive(left)
            except ConnectionClosed:
                self.received.append(None)
                return None
            if frame is None:
                return None
            if frame == "2":
                self.raw("3")
                continue
            message = _decoded(frame)
            self.received.append(message)
            return message
        return None

    def settle(self) -> list[Any]:
        """What came for everything sent before: until a hydration asked for now, which is left out.

        The events of one client token are done in their order, so its answer is the last.
        """
        start, mark = len(self.received), f"barrier-{next(_numbers)}"
        self.call(_HYDRATE, path=f"/{mark}")
        while (message := self.read()) is not None and mark not in json.dumps(message):
            pass
        return [x for x in self.received[start:] if x is not None and mark not in json.dumps(x)]

    def hydrate(self) -> Any:
        """The state's public vars, as a page that opens gets them."""
        mark = f"barrier-{next(_numbers)}"
        self.call(_HYDRATE, path=f"/{mark}")
        while (message := self.read()) is not None and mark not in json.dumps(message):
            pass
        return message

    @property
    def alive(self) -> bool:
        """Whether the server still answers on this socket."""
        self.emit("ping")
        while (message := self.read()) is not None:
            if message == ["ping", "pong"]:
                return True
        return False


def _decoded(frame: Any) -> Any:
    text = frame if isinstance(frame, str) else frame.decode()
    start = text.find("[")
    brace = text.find("{")
    places = [x for x in (start, brace) if x >= 0]
    return json.loads(text[min(places) :]) if places else text
