"""One HTTP exchange that ends in time, whatever the other side does: drips, hangs, floods."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import httpx

DEADLINE: Final = (
    10.0  # seconds for the whole exchange: SIGTERM waits for it, and the lease of a message outlives it
)
_LONGEST: Final = 64 * 1024  # bytes of an answer


class Unanswered(Exception):
    """No answer that could be read, in the time there was; what the other side did is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_in(self) -> int:
        """Seconds of `Retry-After`, when it is a number; 0 otherwise."""
        said = self.headers.get("retry-after", "")
        return int(said) if said.isdecimal() and said.isascii() else 0


def exchange(request: httpx.Request, seconds: float = DEADLINE) -> Answer:
    """Ask and read the answer; for threads without an event loop.

    httpx's own time-outs begin anew with every byte, so a loop of its own counts the whole.

    Raises:
        Unanswered: no connection, no answer in time, or too long a one.
    """
    try:
        return asyncio.run(_exchange(request, seconds))
    except TimeoutError as exc:
        raise Unanswered(f"no answer in {seconds:g} s") from exc
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as exc:
        raise Unanswered(f"{type(exc).__name__}: {exc}") from exc


async def _exchange(request: httpx.Request, seconds: float) -> Answer:
    async with asyncio.timeout(seconds), httpx.AsyncClient(verify=_tls(), timeout=seconds) as client:
        answer = await client.send(request, stream=True)
        try:
            body = await _read(answer)
        finally:
            await answer.aclose()
    return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, body)


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > _LONGEST:
            raise Unanswered("the answer is too long")
    return bytes(body)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
