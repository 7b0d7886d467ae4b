"""The portal in one process: Reflex's app behind the layers that it lacks, under granian inside this very process."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cabinet import container, logs, worker
from cabinet.api.security_headers import SecurityHeaders
from cabinet.api.socket_gate import SocketGate, SocketLimits
from cabinet.api.static_files import DeviceCookie, StaticFiles
from cabinet.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
# Reflex's own addresses that the portal does not use.
CLOSED = ("/_upload", "/_all_routes", "/_health", "/ping", "/auth-codespace")
_GRACE = 8  # seconds for answers under way; a supervisor kills after 15
_DROP = 1  # second for sockets to hear of the end
_GC = (50_000, 20, 50)  # measured: half as much throughput again, and a third of the p99


class NotBuilt(Exception):
    """There is no finished front end; `make build` makes one."""


class PortTaken(Exception):
    """Another program listens there."""


def current_build(dist: Path = DIST) -> Path:
    """The folder of the finished front end.

    Raises:
        NotBuilt: there is none.
    """
    with contextlib.suppress(OSError):
        folder = dist / (dist / "current").read_text().strip()
        if (folder / "index.html").exists():
            return folder
    raise NotBuilt


def prepare_reflex() -> None:
    """What Reflex reads from the environment when it is imported: production, compiled already, quiet."""
    os.environ.update(
        REFLEX_ENV_MODE="prod",
        __REFLEX_SKIP_COMPILE="true",
        REFLEX_TELEMETRY_ENABLED="false",
        REFLEX_CHECK_LATEST_VERSION="false",
        REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE=str(SocketLimits().message_bytes),
        REFLEX_DIR=str(DIST / "reflex"),
    )
    os.chdir(ROOT)  # Reflex finds rxconfig.py in the working directory
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))


def portal(settings: Settings) -> ASGIApp:
    """The whole portal as one ASGI app, outermost layer first: headers, sockets, files, Reflex and the API."""
    prepare_reflex()
    from cabinet.cabinet import app  # noqa: PLC0415, Reflex reads the environment at import

    app.register_lifespan_task(lambda: worker.running(container.current(), container.practice_worlds().sweep))

    files = StaticFiles(app(), current_build(), DeviceCookie(https=settings.https), CLOSED)
    gate = SocketGate(files, settings.origins, trusted_proxies=settings.trusted_proxies)
    return SecurityHeaders(gate, https=settings.https)


def tune_garbage_collection() -> None:
    """What start-up made stays for good: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC)


def check_port(host: str, port: int) -> None:
    """Ask the system early, for words instead of a stack trace.

    Raises:
        PortTaken: the port is in use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise PortTaken(f"{host}:{port}") from exc


def serve(settings: Settings, started: Callable[[], None] = lambda: None) -> None:
    """Serves until SIGTERM or SIGINT, then ends within 15 seconds.

    Args:
        settings: the environment.
        started: called when the port answers.

    Raises:
        NotBuilt: no front end.
        PortTaken: the port is in use.
    """
    current_build()
    check_port(settings.host, settings.port)
    logs.install()
    # Not uvloop.run: it would wait for the sockets' tasks for ever.
    loop = uvloop.new_event_loop()
    loop.run_until_complete(_serve(Lifecycle(portal(settings), started), settings))
    loop.close()


class Lifecycle:
    """Outermost: when the inner app has started, tunes the collector and tells the starter."""

    def __init__(self, inner: ASGIApp, started: Callable[[], None]) -> None:
        self._inner = inner
        self._started = started

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "lifespan":
            await self._inner(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                tune_garbage_collection()
                self._started()

        await self._inner(scope, receive, sending)


async def _serve(asgi: ASGIApp, settings: Settings) -> None:
    server = Server(
        asgi,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        backlog=1024,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    running = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()  # type: ignore[no-untyped-call]  # granian leaves it untyped
    await asyncio.wait({running}, timeout=_GRACE)
    await _drop_sockets()


async def _drop_sockets() -> None:
    """What still talks to a browser is cancelled; some of it waits for a server that is gone, and is left."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_DROP)
