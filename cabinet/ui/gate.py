"""The delivery gate: every handler says who may call it, and what is undeclared is denied.

Reflex makes every public method of every State callable by anybody from any page, and a client token
alone gives a state back. So each event passes here first: its handler is declared, its state belongs to
the browser and session that ask.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from reflex_base.registry import RegistrationContext

from cabinet.domain.permissions import PUBLIC, Permission

__all__ = ["PUBLIC", "allow_framework", "declared", "requires"]

F = TypeVar("F", bound=Callable[..., Any])
_MARK: Final = "__required_permission__"

# Reflex's own events that a page cannot live without; exact names, never `setvar`.
_FRAMEWORK: Final = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
        "reflex___state____state.reflex___state____update_vars_internal_state.update_vars_internal",
        "reflex___state____state.reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }
)


def requires(permission: Permission) -> Callable[[F], F]:
    """Declare who may call a handler; `session.guarded` enforces it at the call."""

    def mark(handler: F) -> F:
        setattr(handler, _MARK, permission)
        return handler

    return mark


def declared(name: str) -> Permission | None:
    """What a handler declares, by its full event name; None when it declares nothing or is unknown."""
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return None
    permission = getattr(registered.handler.fn, _MARK, None)
    return permission if isinstance(permission, Permission) else None


def allow_framework(name: str) -> bool:
    """Whether it is one of Reflex's own events that every page needs."""
    return name in _FRAMEWORK
