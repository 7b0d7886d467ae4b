"""What the namespace lets a socket say, and whose state a token opens."""

import asyncio
import hashlib
from typing import Any

import pytest
from reflex.app import EventNamespace
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State, StateUpdate
from reflex.utils.token_manager import SocketRecord

from cabinet.ui import sockets
from cabinet.ui.sockets import GuardedNamespace

STATES = "reflex___state____state"
SOON = 0.05  # seconds
HYDRATE = {
    "name": f"{STATES}.hydrate",
    "payload": {},
    "router_data": {"pathname": "/", "asPath": "/", "query": {}},
}


class Manager:
    """A socket server's memory of who is connected."""

    def __init__(self) -> None:
        self.connected = True

    def is_connected(self, sid: str, namespace: str) -> bool:
        return self.connected and bool(sid and namespace)


class Server:
    """A socket server that keeps one request."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.manager = Manager()

    def get_environ(self, sid: str, namespace: str) -> dict[str, Any]:
        assert (sid, namespace) == ("sid", "/_event")
        return self.environ


class Processor:
    """A queue that can be full."""

    def __init__(self, queued: int) -> None:
        self._token_queues = {"token": [None] * queued}


class App:
    """What the namespace asks of the app."""

    def __init__(self, queued: int = 0) -> None:
        self.event_processor = Processor(queued)
        self.state_manager = StateManagerMemory()
        self._event_processor = None


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What reached Reflex's own namespace."""
    got: list[tuple[str, Any]] = []

    def listening(name: str) -> Any:
        async def listen(_self: object, *args: Any) -> None:
            got.append((name, args))

        return listen

    for name in ("connect", "event", "ping", "client_error"):
        monkeypatch.setattr(EventNamespace, f"on_{name}", listening(name))
    monkeypatch.setattr(
        EventNamespace, "on_disconnect", lambda _self, *args: got.append(("disconnect", args))
    )
    return got


def namespace(query: str = "token=t", cookie: str = "", queued: int = 0) -> GuardedNamespace:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    made = GuardedNamespace("/_event", App(queued))  # type: ignore[arg-type]
    made.server = Server(
        {"QUERY_STRING": query, "asgi.scope": {"headers": headers, "client": ("192.0.2.1", 1)}}
    )
    made._token_manager.sid_to_token["sid"] = "token"
    return made


async def test_the_servers_own_words_pass(heard: list[tuple[str, Any]]) -> None:
    own = namespace()
    await own.trigger_event("connect", "sid", own.server.environ, None)
    await own.trigger_event("event", "sid", HYDRATE)
    await own.trigger_event("ping", "sid")
    await own.trigger_event("client_error", "sid", {})
    own.server.manager.connected = False
    await own.trigger_event("disconnect", "sid", "transport close")
    assert [x for x, _ in heard] == ["connect", "event", "ping", "client_error", "disconnect"]


@pytest.mark.parametrize(
    ("event", "args"),
    [
        (
            "connect",
            ({"QUERY_STRING": "token=t", "asgi.scope": {"headers": [], "client": ["6.6.6.6", 1]}}, None),
        ),
        ("connect", ()),
        ("disconnect", ("server disconnect",)),
        ("event", ()),
        ("event", (HYDRATE, HYDRATE)),
        ("ping", (1,)),
        ("client_error", ()),
        ("_bound", ()),
        ("", ()),
        ("EVENT", (HYDRATE,)),
        (None, ()),
        ([], ()),
        ({"a": 1}, ()),
    ],
)
async def test_a_client_cannot_speak_for_the_server(
    heard: list[tuple[str, Any]], event: Any, args: tuple[Any, ...]
) -> None:
    await namespace().trigger_event(event, "sid", *args)
    assert heard == []


async def test_a_token_names_another_state_with_other_cookies(heard: list[tuple[str, Any]]) -> None:
    cookies = [
        "",
        "device=a",
        "device=b",
        "device=a; session=s",
        "device=a; session=t",
        "device=b; session=s",
    ]
    for cookie in [*cookies, "x=1; session=s; device=a"]:
        own = namespace(cookie=cookie)
        await own.trigger_event("connect", "sid", own.server.environ, None)
    bound = [args[1]["QUERY_STRING"] for _, args in heard]
    assert len(set(bound[:6])) == 6
    assert bound[6] == bound[3]  # other cookies do not matter
    assert bound[0] != "token=t"
    assert all(len(x) == len("token=") + hashlib.sha256().digest_size * 2 for x in bound)


@pytest.mark.parametrize(
    "query", ["", "token=", "token=a&token=b", "token=" + "x" * 65, "token=a%00", "token=../x", "token=я"]
)
async def test_a_token_is_one_short_word(heard: list[tuple[str, Any]], query: str) -> None:
    own = namespace(query)
    with pytest.raises(ConnectionRefusedError):
        await own.trigger_event("connect", "sid", own.server.environ, None)
    assert heard == []


@pytest.mark.parametrize("data", [None, "x", [], 1, {"name": f"{STATES}.nothing", "payload": {}}])
async def test_what_does_not_fit_is_dropped_before_the_queue(
    heard: list[tuple[str, Any]], data: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await namespace().trigger_event("event", "sid", data)
    assert heard == []
    assert len(caplog.records) == 1


async def test_a_full_queue_takes_no_more(heard: list[tuple[str, Any]]) -> None:
    await namespace(queued=sockets.MOST_QUEUED - 1).trigger_event("event", "sid", HYDRATE)
    await namespace(queued=sockets.MOST_QUEUED).trigger_event("event", "sid", HYDRATE)
    assert heard == [("event", ("sid", HYDRATE))]


BOOT = {**HYDRATE, "name": f"{STATES}.hydrate_and_load", "payload": {}}
SEND = {
    **HYDRATE,
    "name": f"{STATES}.cabinet___ui___states___readings____readings_state.submit",
    "payload": {"form": {}},
}


def says(*, loaded: bool) -> StateUpdate:
    return StateUpdate(delta={STATES: {"is_hydrated_rx_state_": loaded}})


async def named(own: GuardedNamespace, heard: list[tuple[str, Any]]) -> list[str]:
    """The events that were queued, once what was let go is."""
    await asyncio.gather(*own._tasks)
    return [args[1]["name"].rpartition(".")[2] for name, args in heard if name == "event"]


@pytest.fixture
def opening(heard: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> GuardedNamespace:
    """A socket that is connected; nothing has been heard of its page yet."""
    assert heard == []

    async def send(*_args: Any, **_more: Any) -> None:
        """To nobody."""

    monkeypatch.setattr(EventNamespace, "emit", send)
    own = namespace()
    records = own._token_manager.token_to_socket
    records["token"] = SocketRecord(instance_id=own._token_manager.instance_id, sid="sid")
    return own


async def test_what_is_sent_while_the_page_is_loaded_comes_after_it(
    opening: GuardedNamespace, heard: list[tuple[str, Any]]
) -> None:
    await opening.on_event("sid", BOOT)
    await opening.on_event("sid", SEND)
    await opening.on_event("sid", HYDRATE)  # Reflex's own are part of the load
    await opening.emit_update(says(loaded=False), "token")
    await opening.emit_update(says(loaded=True), "another")
    assert await named(opening, heard) == ["hydrate_and_load", "hydrate"]
    await opening.emit_update(says(loaded=True), "token")
    assert await named(opening, heard) == ["hydrate_and_load", "hydrate", "submit"]
    await opening.emit_update(says(loaded=True), "token")
    await opening.on_event("sid", SEND)
    assert await named(opening, heard) == ["hydrate_and_load", "hydrate", "submit", "submit"]


async def test_what_waits_for_the_load_is_bounded_and_goes_with_its_socket(
    opening: GuardedNamespace, heard: list[tuple[str, Any]]
) -> None:
    await opening.on_event("sid", BOOT)
    for _ in range(sockets.MOST_QUEUED + 5):
        await opening.on_event("sid", SEND)
    assert len(opening._opening["sid"]) == sockets.MOST_QUEUED
    await opening.on_event("sid", BOOT)  # one too many as well
    opening.on_disconnect("sid")
    await opening.emit_update(says(loaded=True), "token")
    assert await named(opening, heard) == ["hydrate_and_load"]
    assert opening._opening == {}


async def gone(own: GuardedNamespace, *, back: bool = False, locked: bool = False) -> bool:
    """Whether the state of a socket is let go after it has disconnected."""
    manager, token = own.app.state_manager, BaseStateToken(ident="token", cls=State)
    async with manager.modify_state(token):
        pass
    if locked:
        await manager._states_locks[token.lock_key].acquire()
    own.server.manager.connected = False
    task = own.on_disconnect("sid")
    if task:
        await task
    if back:
        await own._token_manager.link_token_to_sid("token", "another")
    over = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(SOON * 2, over.set_result, None)
    await over
    left = token.cache_key not in manager.states
    if locked:
        manager._states_locks[token.lock_key].release()
    await manager.close()
    return left


async def test_a_state_goes_soon_after_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "KEPT", SOON)
    assert await gone(namespace())
    assert not await gone(namespace(), back=True)
    assert not await gone(namespace(), locked=True)
    monkeypatch.setattr(sockets, "KEPT", 600)
    assert not await gone(namespace())
