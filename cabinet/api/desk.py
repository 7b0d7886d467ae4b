"""What the desk gives and takes as files: the slip with a PIN. Signed in operators only; refusals are remembered."""

from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cabinet.api.requests import Caller, same_origin, small_form
from cabinet.domain import cookies
from cabinet.domain.errors import CabinetError, Denied, NotFound, SignInNeeded, TooMany
from cabinet.domain.permissions import Actor
from cabinet.services import desk, desk_pins, sessions
from cabinet.services.deps import Deps
from cabinet.services.readings import number_of
from cabinet.texts import errors

SLIP: Final = "/api/desk/slip"
NO_STORE: Final = {"cache-control": "no-store"}
_FORBIDDEN: Final = 403
_STATUS: Final[dict[type[CabinetError], int]] = {SignInNeeded: 401, Denied: 403, NotFound: 404, TooMany: 429}


def routes(deps: Deps, caller: Caller) -> list[Route]:
    """Every address of the desk's files."""

    async def slip(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return Response(status_code=_FORBIDDEN)
        form = await small_form(request)
        actor = await whose(deps, caller, request)
        account, pin = number_of(form.get("account", "")), form.get("pin", "")
        return await answered(
            deps,
            actor,
            SLIP,
            lambda: _pdf(desk_pins.print_slip(deps, actor, account, pin)),
        )

    return [Route(SLIP, slip, methods=["POST"])]


def _pdf(content: bytes) -> Response:
    headers = {**NO_STORE, "content-disposition": 'inline; filename="pin.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def whose(deps: Deps, caller: Caller, request: Request) -> Actor:
    """Who asks, by the session cookie."""
    token = caller.cookie(request, cookies.SESSION)
    return await run_in_threadpool(sessions.identify, deps, caller.visitor(request), token)


async def answered(deps: Deps, actor: Actor, what: str, work: Callable[[], Response]) -> Response:
    """What the work gives; a broken rule in words with its status, a refusal remembered."""
    try:
        return await run_in_threadpool(work)
    except CabinetError as error:
        if isinstance(error, SignInNeeded | Denied | NotFound):
            await run_in_threadpool(desk.record_refusal, deps, actor, what, error.code)
        status = _STATUS.get(type(error), 404 if isinstance(error, NotFound) else 400)
        words = {"error": error.code, "message": errors.of(error.code, error.field, error.facts)}
        return JSONResponse(words, status_code=status, headers=NO_STORE)
