"""The picture of the human check, for the one browser whose task it is."""

from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cabinet.domain.errors import NotFound
from cabinet.domain.permissions import Visitor
from cabinet.services import human_check
from cabinet.services.deps import Deps
from cabinet.texts import human_check as texts

PICTURE: Final = "/api/human/picture"


def routes(deps: Deps, visitor_of: Callable[[Request], Visitor]) -> list[Route]:
    """The one address.

    Args:
        deps: the dependencies of the use case.
        visitor_of: who is asking, by the device cookie of the request.
    """

    async def picture(request: Request) -> Response:
        picture_id = request.query_params.get("id", "")
        try:
            png = await run_in_threadpool(human_check.fetch_picture, deps, visitor_of(request), picture_id)
        except NotFound as gone:
            words = {"error": gone.code, "message": texts.PICTURE_GONE}
            return JSONResponse(words, status_code=404, headers={"cache-control": "no-store"})
        return Response(png, media_type="image/png", headers={"cache-control": "no-store"})

    return [Route(PICTURE, picture)]
