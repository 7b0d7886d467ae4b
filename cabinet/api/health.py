"""Whether the process lives, and whether it can serve."""

import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cabinet.api.requests import refusal

LIVE = "/api/health/live"
READY = "/api/health/ready"

_log = logging.getLogger(__name__)


def routes(check: Callable[[], object]) -> list[Route]:
    """The two addresses.

    Args:
        check: raises when the database, or anything without which nobody is served, does not answer.
    """

    async def live(request: Request) -> JSONResponse:  # noqa: ARG001
        return JSONResponse({"status": "live"})

    async def ready(request: Request) -> JSONResponse:  # noqa: ARG001
        try:
            await run_in_threadpool(check)
        except Exception:  # noqa: BLE001, any failure means «not ready», and the log has it
            _log.exception("not ready")
            return refusal(503, "health.not_ready")
        return JSONResponse({"status": "ready"})

    return [Route(LIVE, live), Route(READY, ready)]
