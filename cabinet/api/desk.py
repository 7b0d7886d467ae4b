"""What the desk gives and takes as files: slips, registers, quarantined lines, the journal.

Signed in operators only; refusals are remembered.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cabinet.api.requests import NO_STORE, Asking, Caller, same_origin, small_form
from cabinet.domain.errors import Busy, CabinetError, Denied, NotFound, PracticeOver, SignInNeeded, TooMany
from cabinet.domain.forms import id_of
from cabinet.domain.permissions import Actor
from cabinet.services import desk, desk_audit, desk_pins, desk_registers, request_review
from cabinet.services.deps import Deps
from cabinet.services.desk_registers import Upload
from cabinet.texts import errors

SLIP: Final = "/api/desk/slip"
REGISTER: Final = "/api/desk/register"
DOCUMENT: Final = "/api/desk/document"
REJECTS: Final = "/api/desk/rejects"
AUDIT: Final = "/api/desk/audit.csv"
_FORBIDDEN: Final = 403
_LINES: Final = 500
_STATUS: Final[dict[type[CabinetError], int]] = {
    SignInNeeded: 401,
    Denied: 403,
    NotFound: 404,
    PracticeOver: 404,
    TooMany: 429,
    Busy: 503,
}


def routes(caller: Caller, asking: Asking) -> list[Route]:
    """Every address of the desk's files.

    Args:
        caller: how to read a request.
        asking: who asks and in which world.
    """

    async def slip(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return Response(status_code=_FORBIDDEN)
        form = await small_form(request)
        account, pin = id_of(form.get("account", "")), form.get("pin", "")
        return await answered(
            asking,
            request,
            SLIP,
            lambda deps, actor: _pdf(desk_pins.print_slip(deps, actor, account, pin)),
        )

    async def register(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return Response(status_code=_FORBIDDEN)
        name = request.query_params.get("name", "")
        begun: list[desk_registers.Upload] = []

        def begin(deps: Deps, actor: Actor) -> Response:
            begun.append(desk_registers.begin_upload(deps, actor, name))
            return JSONResponse({"id": begun[0].id}, headers=NO_STORE)

        answer = await answered(asking, request, REGISTER, begin)
        if begun and not await _kept(request, begun[0]):
            await run_in_threadpool(desk_registers.drop_upload, begun[0])
            return _refusal(413, "register.too_large", begun[0].too_large)
        return answer

    return [
        Route(SLIP, slip, methods=["POST"]),
        Route(REGISTER, register, methods=["POST"]),
        *(_given(asking, *x) for x in ((REJECTS, _rejects), (DOCUMENT, _document), (AUDIT, _audit))),
    ]


def _given(asking: Asking, address: str, give: Callable[[Deps, Actor, QueryParams], Response]) -> Route:
    """An address that only gives."""

    async def answer(request: Request) -> Response:
        return await answered(
            asking, request, address, lambda deps, actor: give(deps, actor, request.query_params)
        )

    return Route(address, answer)


async def _kept(request: Request, upload: Upload) -> bool:
    """Write the body to a file of ours alone; False when it is too long or the browser went away.

    What is too long is heard to its end, or the browser would not hear our answer.
    """
    size = 0
    try:
        with await run_in_threadpool(upload.path.open, "xb") as file:
            async for piece in request.stream():
                size += len(piece)
                if size > desk_registers.MOST_BYTES:
                    return False
                if size <= upload.most:
                    await run_in_threadpool(file.write, piece)
    except ClientDisconnect:
        return False
    return size <= upload.most


def _rejects(deps: Deps, actor: Actor, asked: QueryParams) -> Response:
    if "upload" in asked:
        path = desk_registers.rejects_of_upload(deps, actor, asked["upload"])
        return FileResponse(
            path, media_type="text/csv; charset=utf-8", filename="rejects.csv", headers=NO_STORE
        )
    lines = desk_registers.rejects_of_register(deps, actor, id_of(asked.get("register", "")))
    return _csv("rejects.csv", lines)


def _document(deps: Deps, actor: Actor, asked: QueryParams) -> Response:
    request, document, page = (id_of(asked.get(x, "")) for x in ("request", "document", "page"))
    picture = request_review.open_document(deps, actor, request, document, page)
    headers = {**NO_STORE, "content-disposition": 'attachment; filename="document.jpg"'}
    return Response(picture, media_type="image/jpeg", headers=headers)


def _audit(deps: Deps, actor: Actor, asked: QueryParams) -> Response:
    query = desk_audit.SearchAudit.parse(dict(asked))
    return _csv("audit.csv", desk_audit.export_audit(deps, actor, query))


def _csv(name: str, rows: Iterator[Iterable[str]]) -> Response:
    """Rows as they are read from the database, however many."""
    headers = {**NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterator[Iterable[str]]) -> Iterator[str]:
    """Some hundreds of lines in a piece: each piece is a message to the server and a hop between threads."""
    while some := list(islice(rows, _LINES)):
        page = io.StringIO()
        csv.writer(page, delimiter=";", lineterminator="\n").writerows(some)
        yield page.getvalue()


def _refusal(status: int, code: str, told: str) -> Response:
    return JSONResponse({"error": code, "message": told}, status_code=status, headers=NO_STORE)


def _pdf(content: bytes) -> Response:
    headers = {**NO_STORE, "content-disposition": 'inline; filename="pin.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def answered(
    asking: Asking, request: Request, what: str, work: Callable[[Deps, Actor], Response]
) -> Response:
    """What the work gives to whoever asks; a broken rule in words with its status, a refusal remembered."""
    try:
        deps, actor = await run_in_threadpool(asking, request)
    except PracticeOver as over:
        return _refused(over)
    try:
        return await run_in_threadpool(work, deps, actor)
    except CabinetError as error:
        if isinstance(error, SignInNeeded | Denied | NotFound):
            await run_in_threadpool(desk.record_refusal, deps, actor, what, error.code)
        return _refused(error)


def _refused(error: CabinetError) -> Response:
    status = _STATUS.get(type(error), 404 if isinstance(error, NotFound) else 400)
    return _refusal(status, error.code, errors.of(error.code, error.field, error.facts))
