"""Where providers tell what became of what they took: verified, kept once, answered at once."""

import logging
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cabinet.api.requests import NO_STORE, refusal
from cabinet.ports import MailNotices, NoticeForged
from cabinet.services import notifications
from cabinet.services.deps import Deps

RESEND: Final = "/api/webhooks/resend"
_log = logging.getLogger(__name__)
_LONGEST: Final = 256 * 1024


def resend_routes(deps: Deps, notices: MailNotices) -> list[Route]:
    """Resend's address: it repeats a notice until it hears 200, so a repeated one is 200 as well."""

    async def take(request: Request) -> Response:
        body = await _read(request)
        if body is None:
            return refusal(413, "notice.too_long")
        try:
            returned = notices.read(request.headers, body)
        except NoticeForged as forged:
            _log.warning("a notice that the provider has not signed was refused: %s", forged.code)
            return refusal(401, forged.code)
        if returned:
            await run_in_threadpool(notifications.take_returned, deps, "resend", returned)
        return JSONResponse({"status": "taken"}, headers=NO_STORE)

    return [Route(RESEND, take, methods=["POST"])]


async def _read(request: Request) -> bytes | None:
    """The body; None as soon as it is too long."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _LONGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
