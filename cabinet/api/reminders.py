"""The window of readings as an event for the telephone's calendar."""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cabinet.api.requests import NO_STORE, Asking, refusal
from cabinet.domain.errors import Conflict, Denied, NotFound, PracticeOver, SignInNeeded
from cabinet.domain.forms import id_of
from cabinet.services import reminders

REMINDER: Final = "/api/readings.ics"
_SEE_OTHER: Final = 303


def routes(asking: Asking) -> list[Route]:
    """The one address, that only gives."""

    async def reminder(request: Request) -> Response:
        account = id_of(request.query_params.get("account", ""))
        try:
            deps, actor = await run_in_threadpool(asking, request)
            event = await run_in_threadpool(reminders.make_event, deps, actor, account)
        except SignInNeeded:
            return RedirectResponse("/login?next=/readings", _SEE_OTHER)
        except (Conflict, Denied, NotFound, PracticeOver) as refused:
            return refusal(404, refused.code)
        headers = {**NO_STORE, "content-disposition": 'attachment; filename="readings.ics"'}
        return Response(event, media_type="text/calendar; charset=utf-8", headers=headers)

    return [Route(REMINDER, reminder)]
