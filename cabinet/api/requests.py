"""What a plain HTTP request says of its sender, and what it carries."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from cabinet import logs
from cabinet.api.socket_gate import client_address
from cabinet.domain import cookies
from cabinet.domain.errors import Busy
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.texts import errors as texts

# Who asks and in which world, the portal's own or a practice one; it may read the database.
Asking = Callable[[Request], tuple[Deps, Actor]]
_MOST_BYTES = 8 * 1024
_MOST_FIELDS = 8
_log = logging.getLogger(__name__)

NO_STORE: Final = {"cache-control": "no-store"}
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Caller:
    """How to read a request.

    Attributes:
        https: whether cookies carry the `__Host-` prefix.
        origins: our own origins, from which forms may be posted.
        trusted_proxies: hops whose forwarded address is believed.
    """

    deps: Deps
    https: bool
    origins: Collection[str]
    trusted_proxies: int

    def cookie(self, request: Request, noun: str) -> str:
        """A cookie of ours; "" without it."""
        return request.cookies.get(cookies.cookie_name(noun, https=self.https), "")

    def visitor(self, request: Request) -> Visitor:
        """The browser that asks."""
        return sessions.make_visitor(
            self.deps,
            self.cookie(request, cookies.DEVICE),
            client_address(request.scope, self.trusted_proxies),
            request.headers.get("user-agent", ""),
        )


def set_cookie(
    answer: Response, caller: Caller, noun: str, value: str, age: int | None, *, hidden: bool
) -> None:
    """Set a cookie of ours; `age` in seconds, None for this visit, 0 to delete it; `hidden` from scripts."""
    answer.set_cookie(
        cookies.cookie_name(noun, https=caller.https),
        value,
        max_age=age,
        path="/",
        secure=caller.https,
        httponly=hidden,
        samesite="lax",
    )


def same_origin(request: Request, origins: Collection[str]) -> bool:
    """Whether a form was posted by a page of ours (Fetch standard: POST carries `Origin`)."""
    origin = request.headers.get("origin", "")
    if origin not in origins:
        _log.warning("a form of a foreign page was refused at %s: %r", request.url.path[:120], origin[:120])
    return origin in origins


async def small_form(request: Request) -> dict[str, str]:
    """The fields of a form of a few words; {} when it is larger, of another kind or not a form at all."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return {}
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (ValueError, ClientDisconnect):
        return {}


def refusal(status: int, code: str, words: str = "") -> JSONResponse:
    """A machine caller's answer to what is refused: its code, and `words` or those of the code."""
    told = {"error": code, "message": words or texts.of(code, "", {})}
    return JSONResponse(told, status_code=status, headers=NO_STORE)


def foreign() -> JSONResponse:
    """The answer to a form that no page of ours has posted."""
    return refusal(_FORBIDDEN, "http.foreign")


async def unexpected(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - Starlette's signature
    """A machine caller's answer to what should not have happened: a number that the log has too.

    A database that is busy is no fault: the same may be asked again.
    """
    if isinstance(error, Busy):
        return refusal(503, error.code)
    words = texts.UNEXPECTED.format(reference=logs.report(error))
    return refusal(500, "unexpected", words)
