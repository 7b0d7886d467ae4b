"""The delivery gate: every handler says who may call it, and what is undeclared is denied.

Reflex makes every public method of every State callable by anybody from any page, and a client token
alone gives a state back. So each event passes here first: its handler is declared, its payload has the
handler's own arguments, its state belongs to the browser and session that ask.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY
from starlette.requests import cookie_parser

from cabinet import container
from cabinet.domain import cookies
from cabinet.domain.forms import text_of
from cabinet.domain.permissions import PUBLIC, Permission

__all__ = [
    "BOOT",
    "PUBLIC",
    "STATE",
    "admits",
    "allow_framework",
    "cleaned",
    "cookie_in",
    "declared",
    "is_by_itself",
    "requires",
    "undeclared",
]

F = TypeVar("F", bound=Callable[..., Any])
Payload = Mapping[str, Any]
_MARK: Final = "__required_permission__"
_ITSELF: Final = "__by_itself__"
_LONGEST_ADDRESS: Final = 4096
_MOST_HASHES: Final = 500


def _nothing(payload: Payload) -> bool:
    return not payload


def _flag(payload: Payload) -> bool:
    return payload.keys() == {"value"} and isinstance(payload["value"], bool)


def _boot(payload: Payload) -> bool:
    """No var of ours is kept by the browser, so a page that opens may send hashes of its states only."""
    hashes = payload.get("hashes") or []
    short = isinstance(hashes, list) and len(hashes) <= _MOST_HASHES
    return payload.keys() <= {"vars", "hashes"} and not payload.get("vars") and short


def _stored(payload: Payload) -> bool:
    return payload.keys() == {"vars"} and not payload["vars"]


def _fault(payload: Payload) -> bool:
    return payload.keys() <= {"info", "component_stack"} and all(isinstance(x, str) for x in payload.values())


STATE: Final = "reflex___state____state"
BOOT: Final = f"{STATE}.hydrate_and_load"
"""What a page sends first over each socket: its states as they are, then its own load."""

# Reflex's own events that a page cannot live without; exact names, never `setvar`; and what they may carry.
_FRAMEWORK: Final[dict[str, Callable[[Payload], bool]]] = {
    f"{STATE}.hydrate": _nothing,
    BOOT: _boot,
    f"{STATE}.set_is_hydrated": _flag,
    f"{STATE}.reflex___state____on_load_internal_state.on_load_internal": _nothing,
    f"{STATE}.reflex___state____on_load_internal_state.set_is_hydrated": _flag,
    f"{STATE}.reflex___state____update_vars_internal_state.update_vars_internal": _stored,
    f"{STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception": _fault,
}


def requires(permission: Permission, *, by_itself: bool = False) -> Callable[[F], F]:
    """Declare who may call a handler, and whether a page calls it by itself; `session.handler` enforces it at the call."""

    def mark(handler: F) -> F:
        setattr(handler, _MARK, permission)
        setattr(handler, _ITSELF, by_itself)
        return handler

    return mark


def declared(name: str) -> Permission | None:
    """What a handler declares, by its full event name; None when it declares nothing or is unknown."""
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return None
    permission = getattr(registered.handler.fn, _MARK, None)
    return permission if isinstance(permission, Permission) else None


def is_by_itself(name: str) -> bool:
    """Whether pages send the event with nobody there."""
    registered = RegistrationContext.get().event_handlers.get(name)
    return registered is not None and getattr(registered.handler.fn, _ITSELF, False)


def allow_framework(name: str) -> bool:
    """Whether it is one of Reflex's own events that every page needs."""
    return name in _FRAMEWORK


def undeclared(names: Iterable[str]) -> list[str]:
    """The handlers that say nothing of who may call them; those that Reflex gives every State are known."""
    return sorted(
        name
        for name in names
        if not allow_framework(name) and declared(name) is None and not _is_reflexs_setvar(name)
    )


def admits(name: object, payload: object) -> bool:
    """Whether an event may be queued and run: a handler that is declared, with its own arguments and no other."""
    if not isinstance(name, str) or not isinstance(payload, dict):
        return False
    if allow_framework(name):
        return _FRAMEWORK[name](payload)
    fits = declared(name) is not None and payload.keys() == _arguments(name)
    return fits and all(_is_form(x) if key == "form" else not _is_wrapped(x) for key, x in payload.items())


def cleaned(sent: object) -> dict[str, Any] | None:
    """An event of a socket in the shape that Reflex expects, whatever was sent; None when it is to be dropped."""
    if not isinstance(sent, dict):
        return None
    name, payload = sent.get("name"), sent.get("payload", {})
    if not admits(name, payload):
        return None
    return {"name": name, "payload": payload, "router_data": _place(sent.get("router_data"))}


def cookie_in(header: str, noun: str) -> str:
    """A cookie of ours in a `Cookie` header, read as Starlette reads it; "" without it."""
    name = cookies.cookie_name(noun, https=container.settings().https)
    return cookie_parser(header).get(name, "")


def _is_form(sent: object) -> bool:
    """A form's fields by name, or Reflex's list of their pairs: an argument called `form` is nothing else."""
    if not _is_wrapped(sent):
        return isinstance(sent, dict)
    pairs = next(iter(sent.values())) if isinstance(sent, dict) and len(sent) == 1 else None
    return isinstance(pairs, list) and all(_is_pair(x) for x in pairs)


def _is_pair(sent: object) -> bool:
    return isinstance(sent, list) and len(sent) == 2 and isinstance(sent[0], str)  # noqa: PLR2004 - name and value


def _is_wrapped(sent: object) -> bool:
    """Whether Reflex would take it for a form's list of pairs."""
    return isinstance(sent, dict) and FORM_DATA_ENTRIES_KEY in sent


@functools.cache
def _arguments(name: str) -> frozenset[str]:
    handler = RegistrationContext.get().event_handlers[name].handler.fn
    return frozenset(inspect.signature(handler).parameters) - {"self"}


def _is_reflexs_setvar(name: str) -> bool:
    """`setvar`, which every State inherits: registered by Reflex, admitted never."""
    return name.endswith(".setvar")


def _place(sent: object) -> dict[str, Any]:
    """The page's address of an event: paths of our own and a query of texts."""
    query = sent.get("query") if isinstance(sent, dict) else None
    pairs = query.items() if isinstance(query, dict) else ()
    return {
        "pathname": _path(sent, "pathname"),
        "asPath": _path(sent, "asPath"),
        "query": {str(k): v for k, v in pairs if isinstance(v, str) and len(v) <= _LONGEST_ADDRESS},
    }


def _path(sent: object, name: str) -> str:
    path = text_of(sent, name, _LONGEST_ADDRESS)
    return path if path.startswith("/") else "/"
