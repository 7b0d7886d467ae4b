"""The session cookie: a ticket that a handler gave is exchanged for it here, and it ends here."""

from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cabinet.api.practice import PRACTICE_END, forget_practice
from cabinet.api.requests import Caller, foreign, same_origin, set_cookie, small_form
from cabinet.domain import cookies
from cabinet.domain.own_paths import own_path
from cabinet.domain.permissions import Actor
from cabinet.services import sessions
from cabinet.services.deps import Deps

SESSION: Final = "/api/session"
SESSION_END: Final = "/api/session/end"
SESSION_ALIVE: Final = "/api/session/alive"
_DESK: Final = "/desk"
_SEE_OTHER: Final = 303
_NO_CONTENT, _RESET_CONTENT = 204, 205
_SAME_POST: Final = 307


def routes(deps: Deps, caller: Caller) -> list[Route]:
    """Opening and ending a session, both by POST from our own pages only; and whether it goes on."""

    async def begin(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return foreign()
        form = await small_form(request)
        ticket, after = form.get("ticket", ""), form.get("next", "")
        actor = Actor.anonymous(caller.visitor(request))
        await _end(deps, caller.cookie(request, cookies.SESSION))
        opened = await run_in_threadpool(sessions.open_session, deps, actor, ticket)
        if opened is None:
            return RedirectResponse(f"/login?{urlencode({'problem': 'ticket'})}", _SEE_OTHER)
        answer = RedirectResponse(_where(after, desk=opened.desk), _SEE_OTHER)
        forget_practice(answer, caller)  # a lesson that was begun in another tab meanwhile
        age = int(opened.keep.total_seconds()) if opened.keep else None
        set_cookie(answer, caller, cookies.SESSION, opened.token, age, hidden=True)
        set_cookie(answer, caller, cookies.MEMBER, "1", age, hidden=False)
        return answer

    async def end(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return foreign()
        if caller.cookie(request, cookies.PRACTICE):  # «Выйти» in a practice world leaves that world only
            return RedirectResponse(PRACTICE_END, _SAME_POST)
        await _end(deps, caller.cookie(request, cookies.SESSION))
        answer = RedirectResponse("/login", _SEE_OTHER)
        set_cookie(answer, caller, cookies.SESSION, "", 0, hidden=True)
        set_cookie(answer, caller, cookies.MEMBER, "", 0, hidden=False)
        return answer

    async def alive(request: Request) -> Response:
        """Of a page that somebody looks at; being asked prolongs nothing. Once it is over, the browser asks no more."""
        token = caller.cookie(request, cookies.SESSION)
        if await run_in_threadpool(sessions.peek, deps, token):
            return Response(status_code=_NO_CONTENT)
        answer = Response(status_code=_RESET_CONTENT)
        set_cookie(answer, caller, cookies.MEMBER, "", 0, hidden=False)
        return answer

    return [
        Route(SESSION_ALIVE, alive),
        Route(SESSION, begin, methods=["POST"]),
        Route(SESSION_END, end, methods=["POST"]),
    ]


async def _end(deps: Deps, token: str) -> None:
    if token:
        await run_in_threadpool(sessions.close_session, deps, token)


def _where(after: str, *, desk: bool) -> str:
    """Operators begin at their desk, which is all that they may open."""
    path = own_path(after)
    return path if not desk or path.startswith(_DESK) else _DESK
