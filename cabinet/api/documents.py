"""Where the pages send documents: one file a request, read as it comes, held in memory only."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cabinet.api.requests import NO_STORE, Asking, Caller, same_origin
from cabinet.domain.documents import MOST_BYTES, DocumentTooLarge
from cabinet.domain.errors import Busy, CabinetError, Denied, NotFound, PracticeOver, TooMany
from cabinet.services import documents
from cabinet.services.documents import DocumentRow, Upload
from cabinet.texts import errors as texts

DOCUMENTS: Final = "/api/documents"
_LONGEST_TOKEN: Final = 100
_LONGEST_NAME: Final = 4000
_SECONDS: Final = 120


class Room:
    """How much is held and opened at once, in the whole process: memory and processors stay bounded.

    What counts is what has come: whoever sends a byte a minute takes no place from the others.

    Args:
        held: bytes in memory, of files that are whole or still coming; what comes then is told to come back.
        of_one: files of one address at once.
        opened: files being opened; the others wait.
    """

    def __init__(self, held: int = 12 * MOST_BYTES, of_one: int = 3, opened: int = 2) -> None:
        self._free, self._of_one = held, of_one
        self._here: Counter[str] = Counter()
        self.opening = asyncio.Semaphore(opened)

    @contextmanager
    def place(self, address: str) -> Iterator[bytearray]:
        """A place for one file, to be filled by `take` alone.

        Raises:
            Busy: the address has too many.
        """
        if self._here[address] >= self._of_one:
            raise Busy
        self._here[address] += 1
        body = bytearray()
        try:
            yield body
        finally:
            self._free += len(body)
            self._here[address] -= 1
            self._here += Counter()  # forgets those who have gone

    def take(self, body: bytearray, piece: bytes) -> None:
        """Another piece of a file.

        Raises:
            Busy: there is no room for it.
        """
        if len(piece) > self._free:
            raise Busy
        self._free -= len(piece)
        body += piece


def routes(
    caller: Caller, asking: Asking, room: Room | None = None, seconds: float = _SECONDS
) -> list[Route]:
    """The address: POST of a file's bytes, its name in `X-File-Name`, the link's token in `X-Request`.

    Args:
        caller: how to read a request.
        asking: who asks and in which world, the portal's or a practice one; it may read the database.
        room: how many at once.
        seconds: how long one file may come.
    """
    place = room or Room()

    async def take(request: Request) -> JSONResponse:
        if not same_origin(request, caller.origins):
            return _refusal(Denied())
        try:
            _refuse_announced(request)
            with place.place(caller.visitor(request).network) as body:
                async with asyncio.timeout(seconds):
                    await _read(request, place, body)
                name = _header(request, "x-file-name", _LONGEST_NAME)
                upload = Upload(name, bytes(body), _token(request))
                async with place.opening:
                    row = await run_in_threadpool(_attach, asking, request, upload)
        except (TimeoutError, ClientDisconnect):
            return _refusal(Busy())
        except CabinetError as problem:
            return _refusal(problem)
        return JSONResponse({"id": row.id, "title": row.title}, status_code=201, headers=NO_STORE)

    return [Route(DOCUMENTS, take, methods=["POST"])]


def _attach(asking: Asking, request: Request, upload: Upload) -> DocumentRow:
    return documents.attach_document(*asking(request), upload)


def _refuse_announced(request: Request) -> None:
    """A file that says it is too large is not read at all."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > MOST_BYTES:
        raise DocumentTooLarge


async def _read(request: Request, room: Room, body: bytearray) -> None:
    """The body, piece by piece.

    Raises:
        DocumentTooLarge: as soon as it is.
        Busy: there is no room for the next piece.
    """
    async for piece in request.stream():
        room.take(body, piece)
        if len(body) > MOST_BYTES:
            raise DocumentTooLarge


def _header(request: Request, name: str, most: int) -> str:
    """A percent-encoded header; too long a one is none."""
    value = request.headers.get(name, "")
    return unquote(value, errors="replace") if len(value) <= most else ""


def _token(request: Request) -> str:
    return _header(request, "x-request", _LONGEST_TOKEN)


_STATUSES: Final[dict[type[CabinetError], int]] = {
    DocumentTooLarge: 413,
    Busy: 429,
    TooMany: 429,
    Denied: 403,
    NotFound: 404,
    PracticeOver: 404,
}


def _refusal(problem: CabinetError) -> JSONResponse:
    status = next((code for kind, code in _STATUSES.items() if isinstance(problem, kind)), 422)
    words = texts.of(problem.code, problem.field, problem.facts)
    return JSONResponse({"error": problem.code, "message": words}, status_code=status, headers=NO_STORE)
