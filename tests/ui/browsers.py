"""A browser of the state tests: its cookies, its states, and events that pass the gate as Reflex sends them."""

import asyncio
import inspect
from typing import Any, TypeVar
from urllib.parse import urlencode

import reflex as rx
from reflex.utils.format import format_event_handler
from reflex_base.event import Event, EventHandler
from reflex_base.event.processor.base_state_processor import _prepare_event_payload

from cabinet.domain.permissions import Visitor
from cabinet.services import sessions
from cabinet.ui.session import Gate
from tests.factories import enter
from tests.fakes import World

S = TypeVar("S", bound=rx.State)
ANNA, BORIS = "device-cookie-of-anna", "device-cookie-of-boris"
ADDRESS = "192.0.2.7"


class Dropped(Exception):
    """The gate let the event not pass."""


class Browser:
    """One tab: a device cookie, perhaps a session cookie, and Reflex's states behind it."""

    def __init__(self, device: str = ANNA, session: str = "") -> None:
        self.root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
        self.carry(device, session)

    def carry(self, device: str, session: str = "", practice: str = "") -> None:
        """From now on the socket's request has these cookies."""
        pairs = {"device": device, "session": session, "practice": practice}
        self.cookies = "; ".join(f"{name}={value}" for name, value in pairs.items() if value)

    async def call(
        self, handler: Any, path: str = "/login", query: dict[str, str] | None = None, **payload: Any
    ) -> list[Any]:
        """What a handler gives the browser, besides its state's vars.

        Raises:
            Dropped: the gate dropped it.
        """
        assert isinstance(handler, EventHandler)
        return await self.send(format_event_handler(handler), payload, path, query)

    async def send(
        self, name: str, payload: Any, path: str = "/login", query: dict[str, str] | None = None
    ) -> list[Any]:
        """`call` by the handler's full name, with any payload; in a task of its own, as Reflex does."""
        self._arrive(path, query or {})
        return await asyncio.create_task(self._pass(Event(name=name, payload=payload)))

    async def state(self, cls: type[S]) -> S:
        """One of the states."""
        return await self.root.get_state(cls)

    def sent(self) -> str:
        """Everything that a hydration would send, as text."""
        return rx.utils.format.json_dumps(self.root.dict())

    async def _pass(self, event: Event) -> list[Any]:
        if await Gate().preprocess(None, self.root, event) is not None:  # type: ignore[arg-type]
            raise Dropped
        path, _, method = event.name.rpartition(".")
        state = self.root.get_substate(path.split(".")[1:]) if "." in path else self.root
        handler = type(state).event_handlers[method]
        answer = handler.fn(state, **_prepare_event_payload(handler, event.payload))
        if inspect.isasyncgen(answer):
            return [x async for x in answer if x is not None]
        done = await answer if inspect.isawaitable(answer) else answer
        return [] if done is None else [done]

    def _arrive(self, path: str, query: dict[str, str]) -> None:
        where = {
            "pathname": path,
            "asPath": f"{path}?{urlencode(query)}" if query else path,
            "query": query,
            "headers": {
                "cookie": self.cookies,
                "origin": "http://localhost:3000",
                "user-agent": "test browser",
            },
            "token": "t",
            "sid": "s",
            "ip": ADDRESS,
        }
        self.root.router_data = self.root._update_router_vars(where, dict(self.root.router_data))


def visitor_of(world: World, device: str) -> Visitor:
    """The visitor that a device cookie makes."""
    return sessions.make_visitor(world.deps, device, ADDRESS, "test browser")


def session_cookie(world: World, user_id: int, device: str = ANNA, *, factor: bool = False) -> str:
    """A session cookie of a user, earned as a right password earns it, or a second factor too."""
    visitor = visitor_of(world, device)
    with world.deps.transaction() as tx:
        ticket = sessions.issue_ticket(
            world.deps, tx, tx.users.get(user_id), visitor, remember=True, factor=factor
        )
    return enter(world, ticket, visitor)[1]
