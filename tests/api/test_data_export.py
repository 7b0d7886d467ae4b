"""The archive over HTTP: its owner's alone, from our own pages alone, kept by no cache."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from cabinet.api import data_export
from cabinet.api.requests import Caller
from cabinet.domain.permissions import Actor
from cabinet.services import sessions
from cabinet.services.deps import Deps
from tests.factories import enter, subscriber
from tests.fakes import World, make_world

ORIGIN = "http://localhost:3000"


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


def anna(world: World) -> tuple[Actor, str]:
    visitor = sessions.make_visitor(world.deps, "device", "127.0.0.1", "")
    first = subscriber(world, visitor=visitor)
    with world.deps.transaction() as tx:
        ticket = sessions.issue_ticket(world.deps, tx, tx.users.get(first.user), visitor, remember=True)
    return enter(world, ticket, visitor)


async def ask(world: World, token: str, origin: str = ORIGIN, method: str = "POST") -> httpx.Response:
    caller = Caller(world.deps, https=False, origins=(ORIGIN,), trusted_proxies=0)

    def asking(request: Request) -> tuple[Deps, Actor]:
        visitor, session = caller.visitor(request), caller.cookie(request, "session")
        return world.deps, sessions.identify(world.deps, visitor, session)

    app = Starlette(routes=data_export.routes(caller, asking))
    cookies = {"device": "device", "session": token}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as client:
        return await client.request(method, data_export.OWN_DATA, headers={"origin": origin})


async def test_the_owner_gets_a_file_that_no_cache_keeps(world: World) -> None:
    _, token = anna(world)
    answer = await ask(world, token)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data-2026-11-20.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert "anna@example.ru" in archive.read("profile.json").decode()


async def test_another_site_and_a_link_get_nothing(world: World) -> None:
    _, token = anna(world)
    assert (await ask(world, token, "https://evil.example")).status_code == 403
    assert (await ask(world, token, "null")).status_code == 403
    assert (await ask(world, token, method="GET")).status_code == 405
    with world.deps.snapshot() as tx:
        assert tx.audit.list_actions("data.exported") == []


@pytest.mark.parametrize("token", ["", "x", "x" * 4000])
async def test_nobody_is_sent_to_sign_in(world: World, token: str) -> None:
    answer = await ask(world, token)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/settings/data")


async def test_an_old_proof_is_asked_for_again_and_the_sixth_time_is_too_many(world: World) -> None:
    _, token = anna(world)
    for _ in range(5):
        assert (await ask(world, token)).status_code == 200
    assert (await ask(world, token)).headers["location"] == "/settings/data?problem=too_many"
    world.clock.move(minutes=11)
    assert (await ask(world, token)).headers["location"] == "/settings/confirm?next=/settings/data"
