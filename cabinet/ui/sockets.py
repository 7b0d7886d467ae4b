"""What a socket may say before Reflex queues it.

Socket.IO hands every event name of a client to the namespace's method of that name, `connect` too, whose
argument is the request's headers and address; and it is Reflex that is told, whole, in its log, of what it
could not read. So names, shapes and amounts are checked here, and a client token opens nothing by itself.

A page that comes back after a cut may find its states empty until it is loaded again. What it sends meanwhile, such
as the form that was sent while there was no connection, waits here until then.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import reflex as rx
from reflex.app import EventNamespace
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State, StateUpdate
from reflex_base.constants import CompileVars
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.event import Event

from cabinet.domain import cookies
from cabinet.ui import doors, gate, live

_log = logging.getLogger(__name__)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_QUEUED: Final = 64
KEPT: Final = (
    60.0  # seconds that a state outlives its socket; Reflex's own hour would let anybody fill the memory
)
_LOADED: Final = f"{CompileVars.IS_HYDRATED}{FIELD_MARKER}"
# What a client may say besides `event`, and with how many arguments.
_SAYINGS: Final = {"event": 1, "ping": 0, "client_error": 1}


class GuardedNamespace(EventNamespace):
    """Reflex's namespace, deaf to whatever our own pages never say."""

    def __init__(self, namespace: str, app: rx.App) -> None:
        super().__init__(namespace, app)
        self._opening: dict[
            str, list[dict[str, Any]]
        ] = {}  # what waits, by the socket whose page is being loaded
        self._tasks: set[asyncio.Task[None]] = set()

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Dispatch what the server itself tells, and of a client's words only the known ones."""
        if not self._is_fit(event, args):
            _log.warning("a socket said what no page says; dropped")
            return None
        return await super().trigger_event(event, *args)

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Open a socket onto the state of its token and its cookies together.

        The token alone is no secret: with other cookies it names another, empty state.
        """
        tokens = parse_qs(str(environ.get("QUERY_STRING", ""))).get("token", [])
        if len(tokens) != 1 or not _TOKEN.fullmatch(tokens[0]):
            raise ConnectionRefusedError
        bound = urlencode({"token": _bound(tokens[0], environ)})
        await super().on_connect(sid, {**environ, "QUERY_STRING": bound}, auth)

    async def on_event(self, sid: str, data: Any) -> None:
        """Queue an event that is declared and fits, after the page's own load; drop another, or one too many."""
        event = gate.cleaned(data)
        held = self._opening.get(sid, [])
        if event is None or self._queued(sid) + len(held) >= MOST_QUEUED:
            _log.warning("an event that does not fit, or one too many, was dropped")
            return
        if event["name"] == gate.BOOT:
            self._opening[sid] = held
        elif sid in self._opening and not gate.allow_framework(event["name"]):
            held.append(event)
            return
        await super().on_event(sid, event)

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """Send what has changed; once that says that the page is loaded, what waited for it is queued."""
        await super().emit_update(update, token)
        if update.delta.get(gate.STATE, {}).get(_LOADED):
            sid = self.token_to_sid.get(token, "")
            held = self._opening.pop(sid, [])
            if held:  # as the client's own events
                self._in_background(self._release(sid, held))

    def on_disconnect(self, sid: str) -> asyncio.Task[None] | None:
        """Let the state of a socket that does not come back go: pages are rebuilt from cookie and database."""
        self._opening.pop(sid, None)
        token = self.sid_to_token.get(sid)
        if token:
            live.leave(token)
            doors.leave(token)
            asyncio.get_running_loop().call_later(KEPT, self._forget, token)
        return super().on_disconnect(sid)

    async def ask(self, token: str, event: str) -> None:
        """Have an open page send an event; it carries nothing and passes the gate like any that the page sends."""
        if token in self._token_manager.token_to_socket:
            await self.emit_update(StateUpdate(events=[Event(name=event)]), token)

    def hang_up(self, token: str) -> None:
        """Close the socket of a token, in its own time; what has been sent there arrives before."""
        record = self._token_manager.token_to_socket.get(token)
        if record:
            engine = self.server.manager.eio_sid_from_sid(record.sid, self.namespace)
            if open_ := self.server.eio.sockets.get(engine):
                self._in_background(_close(open_))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """In the context of no event."""
        task = asyncio.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _release(self, sid: str, held: list[dict[str, Any]]) -> None:
        for event in held:
            await super().on_event(sid, event)

    def _forget(self, token: str) -> None:
        manager = self.app.state_manager
        if token in self.token_to_sid or not isinstance(manager, StateManagerMemory):
            return
        kept = BaseStateToken(ident=token, cls=State)
        lock = manager._states_locks.get(kept.lock_key)
        if lock is None or not lock.locked():
            manager._purge_token(kept)

    def _is_fit(self, event: object, args: tuple[Any, ...]) -> bool:
        """Whether it is the server's own word, or one of a client's few."""
        server = self.server
        if event == "connect":  # the server passes the very object that it keeps; a client cannot
            return len(args) > 1 and args[1] is server.get_environ(args[0], self.namespace)
        if event == "disconnect":  # the server has let the socket go before it says so
            return not server.manager.is_connected(args[0], self.namespace)
        return isinstance(event, str) and _SAYINGS.get(event) == len(args) - 1

    def _queued(self, sid: str) -> int:
        token = self.sid_to_token.get(sid, "")
        return len(self.app.event_processor._token_queues.get(token, ()))


def guard(app: rx.App) -> None:
    """Put our namespace into the place of Reflex's, before the app is served."""
    if app.sio is None or app.event_namespace is None:
        raise RuntimeError
    namespace = GuardedNamespace(app.event_namespace.namespace, app)
    live.attach(namespace.ask)
    doors.attach(namespace.hang_up)
    app._event_namespace = namespace
    app.sio.register_namespace(namespace)


async def _close(engine: Any) -> None:
    """Say goodbye, and hang up: Engine.IO would wait for the client to do it."""
    await engine.close(wait=False)
    await engine.queue.put(None)


def _bound(token: str, environ: dict[str, Any]) -> str:
    headers = environ.get("asgi.scope", {}).get("headers", [])
    sent = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    kept = (gate.cookie_in(sent, cookies.SESSION), gate.cookie_in(sent, cookies.DEVICE))
    return hashlib.sha256("\0".join((token, *kept)).encode()).hexdigest()
