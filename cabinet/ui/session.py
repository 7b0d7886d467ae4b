"""Who is asking, and the one way from a handler to a service: `run`."""

import functools
import hashlib
import inspect
import logging
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import parse_qsl

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from cabinet import container
from cabinet.domain import cookies, practice
from cabinet.domain.errors import (
    CabinetError,
    Denied,
    NotFound,
    PracticeOver,
    ReauthenticationNeeded,
    SignInNeeded,
)
from cabinet.domain.forms import id_of, text_of
from cabinet.domain.permissions import DESK, Actor, Permission, Visitor
from cabinet.services import desk, sessions
from cabinet.services.customer_accounts import AccountRow
from cabinet.services.deps import Deps, is_hashing
from cabinet.ui import doors, gate, notices, pool, routes

_log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")

_LONGEST_PARAMETER: Final = 2000
_LEAVE_PRACTICE: Final = f"location.assign('{routes.API_PRACTICE_END}?next=' + encodeURIComponent(location.pathname + location.search))"
# Whose states, and who: an event's own, set by the gate before its handler runs.
_asking: ContextVar[tuple[BaseState, "Asking"] | tuple[None, None]] = ContextVar("asking")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and in which world: the portal's own or a practice one."""

    deps: Deps
    actor: Actor


class SessionState(rx.State):
    """What binds a client's states to its cookies and its live session; it has nothing to send."""

    _cookies: str = ""
    _session_id: int | None = None


class Gate(rx.Middleware):
    """Before every event: the handler is declared, and the state belongs to the cookies that ask."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> Any:  # noqa: ARG002 - Reflex's signature
        """Nothing to let the event pass; an empty update to drop it."""
        if not gate.admits(event.name, event.payload):
            _log.warning("an event that is undeclared or does not fit was refused: %r", event.name[:120])
            return StateUpdate()
        present = not gate.is_by_itself(event.name)
        await bind(state, serves_rows=gate.allow_framework(event.name), present=present)
        return None


async def bind(state: BaseState, *, serves_rows: bool = True, present: bool = True) -> None:
    """Reset all states when others ask than those that they were made for, or when their session is over.

    Who asks is looked up here once for the whole event. Where that cannot be found out, the state is reset
    before an event that sends all of it; a handler of ours asks again and says in words what is wrong.
    """
    root = state._get_root_state()
    asks = _fingerprint(*(cookie(root, x) for x in (cookies.SESSION, cookies.DEVICE, cookies.PRACTICE)))
    session = await root.get_state(SessionState)
    try:
        known = await _identified(root, present=present)
    except PracticeOver:
        session_id = None
    except Exception as error:  # noqa: BLE001 - a database that is down must not hand out rows
        notices.unexpected(error)
        same = session._cookies == asks and not serves_rows
        session_id = session._session_id if same else None
    else:
        _asking.set((root, known))
        session_id = known.actor.session_id
        if known.deps is container.current():
            doors.see(str(root.router.session.client_token), session_id)
    if (session._cookies, session._session_id) != (asks, session_id):
        if session._cookies:
            root.reset()  # type: ignore[no-untyped-call]
            session = await root.get_state(SessionState)
        session._cookies, session._session_id = asks, session_id


def _fingerprint(*secrets: str) -> str:
    return hashlib.sha256("\0".join(secrets).encode()).hexdigest()


def cookie(state: BaseState, noun: str) -> str:
    """A cookie of the socket's own request, HttpOnly ones too; "" without it."""
    return gate.cookie_in(str(state.router.headers.cookie or ""), noun)


def visitor_of(state: BaseState) -> Visitor:
    """The browser that asks."""
    headers = state.router.headers
    return sessions.make_visitor(
        container.current(),
        cookie(state, cookies.DEVICE),
        str(state.router.session.client_ip),
        str(headers.user_agent or ""),
    )


async def asking(state: rx.State) -> Asking:
    """Who is asking: looked up in the database on every event, so a revoked session is dead at its next.

    Raises:
        PracticeOver: the browser is in a practice world that is gone.
    """
    root, known = _asking.get((None, None))
    if known is not None and root is state._get_root_state():
        return known
    return await _identified(state)


async def _identified(state: BaseState, *, present: bool = True) -> Asking:
    """By the cookies, in the world that they say; on the pages where a real person comes in practice is over.

    Raises:
        PracticeOver: as `PracticeWorlds.who`.
    """
    practised, token = cookie(state, cookies.PRACTICE), cookie(state, cookies.SESSION)
    if practised and practice.is_way_in(str(state.router.url.path)):
        raise PracticeOver
    return await _who(state, practised, token, present=present)


async def _who(state: BaseState, practised: str, token: str, *, present: bool) -> Asking:
    ask = functools.partial(
        container.practice_worlds().who, visitor_of(state), practised, token, present=present
    )
    # Who carries neither is nobody, and no database need be asked.
    return Asking(*(await pool.services.run(ask) if practised or token else ask()))


async def run(
    state: rx.State, service: Callable[Concatenate[Deps, Actor, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Call a service as whoever asks, off the event loop; what hashes passwords waits in a line of its own.

    Raises:
        Busy: more is queued than this process should promise.
        CabinetError: whatever rule the service found broken.
    """
    asks = await asking(state)
    return await _in_line(service, asks, *args, **kwargs)


async def run_outside(
    state: rx.State, service: Callable[Concatenate[Deps, Actor, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """`run` as the real person in the portal itself, from a practice world too: for what outlives worlds, no more.

    Raises:
        Busy, CabinetError: as `run`.
    """
    asks = await _who(state, "", cookie(state, cookies.SESSION), present=False)
    return await _in_line(service, asks, *args, **kwargs)


async def _in_line(
    service: Callable[Concatenate[Deps, Actor, P], R], asks: Asking, *args: P.args, **kwargs: P.kwargs
) -> R:
    line = pool.hashing if is_hashing(service) else pool.services
    return await line.run(service, asks.deps, asks.actor, *args, **kwargs)


def handler(
    permission: Permission, *, busy: bool = False, by_itself: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """A State's event handler that only whoever has the permission may call.

    Broken rules become `self.problems`; nobody signed in is sent to sign in and back, who signed in too long ago
    to confirm who they are and back; the unexpected becomes a reference number. With `busy` the state's `busy` is shown while it runs; what a page calls `by_itself` does
    not prolong the session.
    """

    def decorate(method: Callable[..., Any]) -> Any:
        if busy:

            @functools.wraps(method)
            async def shown(self: Any, **payload: Any) -> AsyncIterator[Any]:
                self.busy = True
                yield
                self.busy = False
                yield await _call(method, permission, self, payload)

            wrapped: Callable[..., Any] = shown
        else:

            @functools.wraps(method)
            async def quiet(self: Any, **payload: Any) -> Any:
                return await _call(method, permission, self, payload)

            wrapped = quiet
        return rx.event(gate.requires(permission, by_itself=by_itself)(wrapped))

    return decorate


async def _call(
    method: Callable[..., Any], permission: Permission, state: Any, payload: dict[str, Any]
) -> Any:
    token, asks = None, None
    try:
        asks = await asking(state)
        token = _asking.set((state._get_root_state(), asks))
        asks.actor.require(permission)
        answer = method(state, **payload)
        return await answer if inspect.isawaitable(answer) else answer
    except PracticeOver:
        return rx.call_script(_LEAVE_PRACTICE)
    except SignInNeeded as refusal:
        await _refused(asks, permission, refusal)
        place = here(
            state
        )  # what was sent before a cut may come when the page has been led to sign in already
        return None if place.startswith(routes.LOGIN) else rx.redirect(routes.login(place))
    except ReauthenticationNeeded:
        return rx.redirect(routes.settings_confirm(here(state)), replace=True)
    except (Denied, NotFound) as refusal:
        await _refused(asks, permission, refusal)
        if asks and desk.needs_factor(asks.actor) and permission in DESK:
            return rx.redirect(routes.SETTINGS_SECOND)
        state.problems = notices.problems_of(refusal)
    except CabinetError as error:
        state.problems = notices.problems_of(error)
    except Exception as error:  # noqa: BLE001 - nothing unexpected may leave the process but its number
        state.problems = notices.unexpected(error)
    finally:
        if token is not None:
            _asking.reset(token)
    return None


async def _refused(asks: Asking | None, permission: Permission, refusal: CabinetError) -> None:
    """Whom the desk has turned away is remembered, and elsewhere whoever is signed in."""
    at_desk = permission in DESK
    if asks and (at_desk or (asks.actor.user_id and permission is not Permission.PUBLIC)):
        elsewhere = not at_desk
        await pool.services.run(
            desk.record_refusal, asks.deps, asks.actor, permission, refusal.code, elsewhere=elsewhere
        )


def here(state: rx.State) -> str:
    """The page's own path and query, to come back to."""
    url = state.router.url
    return f"{url.path}?{url.query}" if url.query else str(url.path)


def asked(state: rx.State, name: str) -> str:
    """A parameter of the page's query; "" when it is absent."""
    return text_of(dict(state.router.url.query_parameters), name, _LONGEST_PARAMETER)


def carried(state: rx.State) -> str:
    """The token of a letter's link: behind the `#`, which no server, proxy or log sees; of earlier letters in the query."""
    behind = dict(parse_qsl(state.router.url.fragment[:_LONGEST_PARAMETER]))
    return text_of(behind, "token", _LONGEST_PARAMETER) or asked(state, "token")


def picked(state: rx.State, accounts: list[AccountRow]) -> int:
    """The account that the page's query names, or the first one; -1, nobody's, without any."""
    first = accounts[0].id if accounts else ""
    return id_of(asked(state, "account") or first)
