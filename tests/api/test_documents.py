"""The address that takes documents: whose they are, how many at once, how they come."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from cabinet.api import documents as api
from cabinet.api.documents import DOCUMENTS, Room
from cabinet.api.requests import Caller, unexpected
from cabinet.domain import cookies
from cabinet.domain.documents import MOST_BYTES
from cabinet.domain.permissions import Actor
from cabinet.domain.pin_requests import DocumentReason
from cabinet.services import documents, pin_requests, request_review, sessions
from cabinet.services.deps import Deps
from tests.factories import operator, subscriber
from tests.fakes import World, make_world
from tests.requests import PHOTO, send

ORIGIN = "http://localhost:3000"


@pytest.fixture
def world(demo_sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(demo_sqlite_url, tmp_path)
    yield made
    made.dispose()


def browser(
    world: World, device: str = "device-of-anna", seconds: float = 5, **room: int
) -> httpx.AsyncClient:
    caller = Caller(world.deps, https=False, origins=(ORIGIN,), trusted_proxies=0)

    def asking(request: Request) -> tuple[Deps, Actor]:
        who, token = caller.visitor(request), caller.cookie(request, cookies.SESSION)
        return world.deps, sessions.identify(world.deps, who, token) if token else Actor.anonymous(who)

    routes = api.routes(caller, asking, Room(**room), seconds)
    app = Starlette(routes=routes, exception_handlers={Exception: unexpected})
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url=ORIGIN,
        cookies={"device": device} if device else {},
        headers={"origin": ORIGIN, "x-file-name": quote("скан паспорта.jpg")},
    )


def visitor(world: World, device: str = "device-of-anna") -> Actor:
    return Actor.anonymous(sessions.make_visitor(world.deps, device, "127.0.0.1", ""))


async def test_a_file_of_a_visitor_waits_for_the_form_of_the_same_browser(world: World) -> None:
    async with browser(world) as anna:
        answer = await anna.post(DOCUMENTS, content=PHOTO)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    (row,) = documents.list_attached(world.deps, visitor(world))
    assert answer.json() == {"id": row.id, "title": "1\u00a0страница"}
    assert documents.list_attached(world.deps, visitor(world, "another")) == []


async def test_a_file_of_somebody_signed_in_is_the_users(world: World) -> None:
    anna = subscriber(world, visitor=visitor(world).visitor)
    with world.deps.transaction() as tx:
        ticket = sessions.issue_ticket(world.deps, tx, tx.users.get(anna.user), anna.visitor, remember=False)
    opened = sessions.open_session(world.deps, Actor.anonymous(anna.visitor), ticket)
    assert opened
    async with browser(world) as page:
        page.cookies.set("session", opened.token)
        assert (await page.post(DOCUMENTS, content=PHOTO)).status_code == 201
    assert len(documents.list_attached(world.deps, anna)) == 1
    assert documents.list_attached(world.deps, visitor(world)) == []


async def test_another_document_comes_by_the_link(world: World) -> None:
    sent, olga = send(world), operator(world)
    number = int(sent.status.id)
    async with browser(world, "any") as anybody:
        early = await anybody.post(DOCUMENTS, content=PHOTO, headers={"x-request": sent.token})
        request_review.claim(world.deps, olga, number)
        request_review.ask_other_document(world.deps, olga, number, DocumentReason.UNREADABLE)
        answer = await anybody.post(DOCUMENTS, content=PHOTO, headers={"x-request": sent.token})
        unknown = await anybody.post(DOCUMENTS, content=PHOTO, headers={"x-request": "x" * 64})
    assert [x.status_code for x in (early, answer, unknown)] == [422, 201, 404]
    assert len(pin_requests.view_status(world.deps, visitor(world), sent.token).documents) == 1


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://localhost:3000.evil"])
async def test_only_our_own_pages_may_send(world: World, origin: str) -> None:
    async with browser(world) as anna:
        del anna.headers["origin"]
        answer = await anna.post(DOCUMENTS, content=PHOTO, headers={"origin": origin} if origin else {})
    assert (answer.status_code, answer.json()["error"]) == (403, "denied")
    assert world.cleaner.cleaned == []


async def test_a_browser_that_keeps_no_cookie_is_told_so(world: World) -> None:
    async with browser(world, device="") as nobody:
        answer = await nobody.post(DOCUMENTS, content=PHOTO)
    assert (answer.status_code, answer.json()["error"]) == (422, "human_check.browser_unknown")


async def pieces(size: int, counted: list[int]) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536):
        counted.append(1)
        yield bytes(65_536)


async def test_a_file_too_large_is_read_no_further_than_the_cap(world: World) -> None:
    counted: list[int] = []
    async with browser(world) as anna:
        announced = await anna.post(DOCUMENTS, content=bytes(MOST_BYTES + 1))
        streamed = await anna.post(DOCUMENTS, content=pieces(20 * MOST_BYTES, counted))
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["error"]) == (413, "document.too_large")
        assert "10 МБ" in answer.json()["message"]
    assert len(counted) <= MOST_BYTES // 65_536 + 2


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.png", PHOTO, "document.format_differs"),
        ("", PHOTO, "document.format_differs"),
        ("%00%ff%e2%80%ae.exe", PHOTO, "document.format_differs"),
        ("a" * 5000 + ".jpg", PHOTO, "document.format_differs"),
        ("a.jpg", b"", "document.empty"),
        ("a.jpg", b"<html>", "document.format_unknown"),
        ("a.jpg", PHOTO + b"DocumentBroken", "document.broken"),
    ],
)
async def test_a_bad_file_is_refused_in_words(world: World, name: str, data: bytes, code: str) -> None:
    async with browser(world) as anna:
        answer = await anna.post(DOCUMENTS, content=data, headers={"x-file-name": name})
    assert (answer.status_code, answer.json()["error"]) == (422, code)
    assert len(answer.json()["message"]) > 20


async def test_a_file_that_never_comes_gives_its_place_back(world: World) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield PHOTO
        await asyncio.Event().wait()

    async with browser(world, seconds=0.1, held=len(PHOTO), of_one=1) as anna:
        late = await anna.post(DOCUMENTS, content=slow())
        assert (late.status_code, late.json()["error"]) == (429, "busy")
        assert (await anna.post(DOCUMENTS, content=PHOTO)).status_code == 201


async def test_whoever_sends_next_to_nothing_takes_no_place_from_the_others(world: World) -> None:
    arrived, leave = asyncio.Semaphore(0), asyncio.Event()

    async def dripping() -> AsyncIterator[bytes]:
        yield PHOTO[:1]
        arrived.release()
        await leave.wait()

    async with browser(world, held=len(PHOTO) + 14, of_one=99) as anna:
        slow = [asyncio.create_task(anna.post(DOCUMENTS, content=dripping())) for _ in range(14)]
        for _ in slow:
            await arrived.acquire()
        assert (await anna.post(DOCUMENTS, content=PHOTO)).status_code == 201
        assert (await anna.post(DOCUMENTS, content=PHOTO + b"x")).status_code == 429
        leave.set()
        await asyncio.gather(*slow)
        documents.detach_document(
            world.deps, visitor(world), documents.list_attached(world.deps, visitor(world))[0].id
        )
        assert (await anna.post(DOCUMENTS, content=PHOTO + b"x" * 14)).status_code == 201


@pytest.mark.parametrize("room", [{"held": 2 * len(PHOTO), "of_one": 9}, {"of_one": 2}])
async def test_no_more_than_so_much_is_held_at_once(world: World, room: dict[str, int]) -> None:
    arrived, leave = asyncio.Semaphore(0), asyncio.Event()

    async def waiting() -> AsyncIterator[bytes]:
        yield PHOTO
        arrived.release()
        await leave.wait()

    async with browser(world, **room) as anna:
        held = [asyncio.create_task(anna.post(DOCUMENTS, content=waiting())) for _ in range(2)]
        for _ in held:
            await arrived.acquire()
        refused = await anna.post(DOCUMENTS, content=PHOTO)
        leave.set()
        assert [x.status_code for x in await asyncio.gather(*held)] == [201, 201]
        assert (refused.status_code, refused.json()["error"]) == (429, "busy")
        assert (await anna.post(DOCUMENTS, content=PHOTO)).status_code == 201


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_nothing_but_post(world: World, method: str) -> None:
    async with browser(world) as anna:
        assert (await anna.request(method, DOCUMENTS)).status_code == 405
