"""The archive of a person's own data, as a file that the browser saves."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from cabinet.api.practice import PRACTICE_END
from cabinet.api.requests import Asking, Caller, foreign, refusal, same_origin
from cabinet.domain.errors import (
    CabinetError,
    Denied,
    PracticeOver,
    ReauthenticationNeeded,
    SignInNeeded,
    TooMany,
)
from cabinet.services import data_export

OWN_DATA: Final = "/api/own-data"
_PAGE: Final = "/settings/data"
_SEE_OTHER: Final = 303
_WHERE: Final[dict[type[CabinetError], str]] = {
    PracticeOver: PRACTICE_END,
    SignInNeeded: f"/login?next={_PAGE}",
    ReauthenticationNeeded: f"/settings/confirm?next={_PAGE}",
    TooMany: f"{_PAGE}?problem=too_many",
}


def routes(caller: Caller, asking: Asking) -> list[Route]:
    """The one address: POST from our own pages only, so that no other site counts a download."""

    async def own_data(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return foreign()
        try:
            deps, actor = await run_in_threadpool(asking, request)
            pieces = await run_in_threadpool(data_export.begin_export, deps, actor)
        except (PracticeOver, SignInNeeded, ReauthenticationNeeded, TooMany) as refused:
            return RedirectResponse(_WHERE[type(refused)], _SEE_OTHER)
        except Denied as denied:
            return refusal(403, denied.code)
        headers = {
            "content-disposition": f'attachment; filename="my-data-{deps.clock.now():%Y-%m-%d}.zip"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return StreamingResponse(pieces, media_type="application/zip", headers=headers)

    return [Route(OWN_DATA, own_data, methods=["POST"])]
