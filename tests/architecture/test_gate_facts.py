"""What the gate leans on inside Reflex and its socket server, each shown by asking it: an upgrade cannot move it silently."""

import asyncio
import contextvars
from typing import Any

import pytest
import reflex as rx
from reflex.app import EventNamespace
from reflex.app_mixins import MiddlewareMixin
from reflex.state import State, StateUpdate
from reflex.utils.format import format_event_handler, json_dumps
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY
from socketio import AsyncServer

COOKIE = "canary-of-a-cookie"
SET_BY_THE_MIDDLEWARE: contextvars.ContextVar[str] = contextvars.ContextVar("set", default="")


class FactsState(rx.State):
    """A state of this test."""

    shown: str = ""
    _kept: str = ""

    @rx.event
    async def write(self, text: str) -> None:
        self._kept = text
        self.shown = f"{SET_BY_THE_MIDDLEWARE.get()}:{type(text).__name__}"


class Spy(rx.Middleware):
    """Writes down what it saw, and lets pass what it is told to."""

    def __init__(self, *, passing: bool = True) -> None:
        self.seen: list[tuple[str, str]] = []
        self.passing = passing

    async def preprocess(self, app: Any, state: Any, event: Event) -> StateUpdate | None:  # noqa: ARG002
        facts = await state._get_root_state().get_state(FactsState)
        self.seen.append((event.name, facts.shown))
        SET_BY_THE_MIDDLEWARE.set("set")
        return None if self.passing else StateUpdate()


class Namespace:
    """Remembers what would be sent."""

    def __init__(self) -> None:
        self.sent: list[StateUpdate] = []

    async def emit_update(self, update: StateUpdate, token: str) -> None:  # noqa: ARG002
        self.sent.append(update)


async def process(spy: Spy, *events: Event) -> str:
    """What a browser is sent for the events, as text."""
    mixin, namespace = MiddlewareMixin(), Namespace()
    mixin.add_middleware(spy, index=0)
    processor = BaseStateEventProcessor(middleware=mixin)
    async with processor.configure(event_namespace=namespace):  # type: ignore[arg-type]
        for event in events:
            await asyncio.wait_for(await processor.enqueue("token", event), 10)
    return json_dumps([x.delta for x in namespace.sent])


def write(text: Any = "canary-of-a-backend-var") -> Event:
    return Event(name=format_event_handler(FactsState.event_handlers["write"]), payload={"text": text})


def at(path: str = "/login") -> dict[str, Any]:
    headers = {"cookie": f"session={COOKIE}", "origin": "http://localhost"}
    return {
        "pathname": path,
        "asPath": path,
        "query": {},
        "headers": headers,
        "token": "token",
        "sid": "s",
        "ip": "::1",
    }


async def test_the_middleware_runs_before_a_handler_in_the_handlers_own_context() -> None:
    spy = Spy()
    sent = await process(spy, write())
    assert spy.seen[0] == (format_event_handler(FactsState.event_handlers["write"]), "")
    assert "set:str" in sent
    assert SET_BY_THE_MIDDLEWARE.get() == ""  # and of that event only


@pytest.mark.parametrize("name", ["hydrate", "hydrate_and_load"])
async def test_the_middleware_runs_before_a_hydration_and_can_stop_it(name: str) -> None:
    event = Event(name=f"reflex___state____state.{name}", router_data=at())
    stopping = Spy(passing=False)
    assert await process(stopping, event) == "[]"
    assert [x for x, _ in stopping.seen] == [event.name]


async def test_a_backend_var_and_an_httponly_cookie_are_in_no_delta() -> None:
    hydrate = Event(name="reflex___state____state.hydrate", router_data=at())
    sent = await process(Spy(), write(), hydrate, write("another"))
    assert "facts_state" in sent
    assert "canary" not in sent


async def test_the_handlers_state_knows_the_httponly_cookie() -> None:
    root = State(_reflex_internal_init=True)  # type: ignore[call-arg]
    root.router_data = root._update_router_vars(at(), {})
    assert root.router.headers.cookie == f"session={COOKIE}"
    assert COOKIE not in json_dumps(root.dict())


async def test_a_type_hint_is_no_check() -> None:
    """So every argument is parsed at the edge."""
    assert "set:list" in await process(Spy(), write(["a list"]))


async def test_a_reset_empties_backend_vars_too_but_not_the_router() -> None:
    root = State(_reflex_internal_init=True)  # type: ignore[call-arg]
    root.router_data = root._update_router_vars(at("/pay"), {})
    facts = await root.get_state(FactsState)
    facts.shown, facts._kept = "shown", "kept"
    root.reset()  # type: ignore[no-untyped-call]
    facts = await root.get_state(FactsState)
    assert (facts.shown, facts._kept, root.router.headers.cookie) == ("", "", f"session={COOKIE}")


def test_an_events_name_is_the_states_path_and_the_method() -> None:
    name = format_event_handler(FactsState.event_handlers["write"])
    assert name == "reflex___state____state.tests___architecture___test_gate_facts____facts_state.write"
    registered = RegistrationContext.get().event_handlers[name]
    assert registered.handler.fn.__name__ == "write"
    assert registered.states[0] is FactsState


def test_every_state_has_a_setvar() -> None:
    assert "setvar" in FactsState.event_handlers


def test_a_form_is_wrapped_by_this_key() -> None:
    assert FORM_DATA_ENTRIES_KEY == "__reflex_form_data__"


def test_the_namespace_hands_a_clients_event_to_the_method_of_its_name() -> None:
    """Whoever may emit `connect` names its own headers: so ours overrides `trigger_event`."""
    handled = {x.removeprefix("on_") for x in dir(EventNamespace) if x.startswith("on_")}
    assert handled == {"connect", "disconnect", "event", "ping", "client_error"}


async def test_the_server_keeps_the_very_environ_that_it_hands_to_connect() -> None:
    server, seen = AsyncServer(async_mode="asgi"), []
    environ: dict[str, Any] = {"asgi.scope": {}}

    @server.on("connect", namespace="/_event")
    async def connect(sid: str, given: dict[str, Any], auth: Any) -> None:
        seen.append((given is environ, server.get_environ(sid, "/_event") is given))

    async def silent(*_: Any, **__: Any) -> None:
        return None

    server._send_packet = silent
    await server._handle_eio_connect("eio", environ)
    await server._handle_connect("eio", "/_event", None)
    assert seen == [(True, True)]


async def test_the_server_has_let_a_socket_go_before_it_says_disconnect() -> None:
    server, seen = AsyncServer(async_mode="asgi"), []

    @server.on("disconnect", namespace="/_event")
    async def disconnect(sid: str, reason: Any) -> None:
        seen.append(server.manager.is_connected(sid, "/_event"))

    async def silent(*_: Any, **__: Any) -> None:
        return None

    server._send_packet = silent
    await server._handle_eio_connect("eio", {})
    await server._handle_connect("eio", "/_event", None)
    await server._handle_disconnect("eio", "/_event")
    assert seen == [False]
