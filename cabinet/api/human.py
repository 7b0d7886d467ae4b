"""The picture and the sound of the human check, for the one browser whose task it is."""

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cabinet.api.requests import NO_STORE, Asking, refusal
from cabinet.domain.errors import NotFound, PracticeOver
from cabinet.domain.human_check import Stage
from cabinet.services import human_check
from cabinet.texts import human_check as texts

PICTURE: Final = "/api/human/picture"
SOUND: Final = "/api/human/sound"
_RANGE: Final = re.compile(r"bytes=(\d{1,9})-(\d{0,9})")


def routes(asking: Asking) -> list[Route]:
    """The two addresses.

    Args:
        asking: who asks and in which world; a task is of the browser that it was set.
    """

    async def media(request: Request, kind: Stage, media_type: str, gone_words: str) -> Response:
        task_id = request.query_params.get("id", "")
        try:
            found = await run_in_threadpool(_fetch, asking, request, kind, task_id)
        except (NotFound, PracticeOver) as gone:
            return refusal(404, gone.code, gone_words)
        return _part(found, request.headers.get("range", ""), media_type)

    async def picture(request: Request) -> Response:
        return await media(request, Stage.PICTURE, "image/png", texts.PICTURE_GONE)

    async def sound(request: Request) -> Response:
        return await media(request, Stage.SOUND, "audio/wav", texts.SOUND_GONE)

    return [Route(PICTURE, picture), Route(SOUND, sound)]


def _fetch(asking: Asking, request: Request, kind: Stage, task_id: str) -> bytes:
    deps, actor = asking(request)
    return human_check.fetch_media(deps, actor.visitor, kind, task_id)


def _part(whole: bytes, asked: str, media_type: str) -> Response:
    """The whole, or the one range that was asked for (RFC 9110, 14): Safari plays nothing without ranges."""
    headers = {**NO_STORE, "accept-ranges": "bytes"}
    found = _RANGE.fullmatch(asked)
    begin = int(found[1]) if found else 0
    if not found or begin >= len(whole):
        return Response(whole, media_type=media_type, headers=headers)
    end = min(int(found[2] or len(whole)), len(whole) - 1)
    headers["content-range"] = f"bytes {begin}-{end}/{len(whole)}"
    return Response(whole[begin : end + 1], status_code=206, media_type=media_type, headers=headers)
