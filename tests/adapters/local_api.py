"""A provider's HTTP API on this machine, with the troubles that providers have."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

from tests.processes import free_port


@dataclass(frozen=True)
class Reply:
    """What the provider answers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Asked:
    """What it was asked; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


class LocalApi:
    """Subclasses answer; `trouble` answers instead of them, once for each reply in it.

    Attributes:
        asked: every request that was read whole.
        hanging: requests are read and never answered.
        dripping: answers come byte by byte.
        on_heard: runs when a client has read its answer whole and hung up.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.asked: list[Asked] = []
        self.trouble: list[Reply] = []
        self.hanging = self.dripping = False
        self.on_heard: Callable[[], object] | None = None
        self._released = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def serving(self) -> Iterator[Self]:
        self.come_up()
        try:
            yield self
        finally:
            self._released.set()
            self.go_down()

    def come_up(self) -> None:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                api.serve(self)

            def log_message(self, *_words: object) -> None:
                """Quiet."""

        ThreadingHTTPServer.daemon_threads = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def go_down(self) -> None:
        """Nobody listens there any more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        asked = Asked(request.path, {k.lower(): v for k, v in request.headers.items()}, body)
        with self._lock:
            self.asked.append(asked)
            reply = self.trouble.pop(0) if self.trouble else None
            if reply is None and not self.hanging:
                reply = self.answer(asked)
        if reply is None:
            self._released.wait(30)
            return
        self._write(request, reply)

    def answer(self, asked: Asked) -> Reply:
        """As the provider documents it; one request at a time."""
        raise NotImplementedError

    def _write(self, request: BaseHTTPRequestHandler, reply: Reply) -> None:
        try:
            request.send_response(reply.status)
            for name, value in reply.headers.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(reply.body)))
            request.end_headers()
            for piece in _pieces(reply.body, dripping=self.dripping):
                request.wfile.write(piece)
                request.wfile.flush()
                if self._released.wait(0.05 if self.dripping else 0):
                    return
            if self.on_heard and not request.rfile.read(1):
                self.on_heard()
        except OSError:  # the client has had enough
            return


def _pieces(body: bytes, *, dripping: bool) -> list[bytes]:
    return [body[n : n + 1] for n in range(len(body))] if dripping else [body]


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """What is inside ends in that time."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds
