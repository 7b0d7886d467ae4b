import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request

from cabinet.adapters.captcha_pictures import WarpedPictures
from cabinet.adapters.speech_pool import PooledSpeech
from cabinet.api.human import PICTURE, SOUND, routes
from cabinet.domain.errors import PracticeOver
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services.deps import Deps
from tests.fakes import VISITOR, World, make_world
from tests.services.test_human_check import picture_of, sound_of


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield replace(made, deps=replace(made.deps, pictures=WarpedPictures(), speech=PooledSpeech()))
    made.dispose()


async def get(
    world: World, device: str, task_id: str, address: str = PICTURE, **headers: str
) -> httpx.Response:
    """What the browser with this device cookie is answered."""

    def asking(request: Request) -> tuple[Deps, Actor]:
        return world.deps, Actor.anonymous(Visitor(request.cookies.get("device", ""), "192.0.2.1"))

    transport = httpx.ASGITransport(Starlette(routes=routes(asking)))
    cookies = {"device": device} if device else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://portal", cookies=cookies) as browser:
        return await browser.get(address, params={"id": task_id}, headers=headers)


async def test_where_practice_is_over_nothing_of_the_real_portal_is_given(world: World) -> None:
    picture = picture_of(world)

    def over(_request: Request) -> tuple[Deps, Actor]:
        raise PracticeOver

    transport = httpx.ASGITransport(Starlette(routes=routes(over)))
    async with httpx.AsyncClient(transport=transport, base_url="http://portal") as browser:
        assert (await browser.get(PICTURE, params={"id": picture})).status_code == 404


async def test_the_browser_of_the_task_gets_its_picture_which_nobody_caches(world: World) -> None:
    picture = picture_of(world)
    for _ in range(2):
        answer = await get(world, VISITOR.device, picture)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "no-store"
        assert Image.open(io.BytesIO(answer.content)).format == "PNG"


@pytest.mark.parametrize("device", ["", "device-of-boris", VISITOR.device + "x", VISITOR.device.upper()])
async def test_another_browser_gets_404(world: World, device: str) -> None:
    answer = await get(world, device, picture_of(world))
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("picture_id", ["", "\0", "я", "A" * 9000, "' OR 1=1 --", "../x", "register"])
async def test_an_unknown_picture_is_404_in_words(world: World, picture_id: str) -> None:
    answer = await get(world, VISITOR.device, picture_id)
    assert answer.status_code == 404
    assert "СМЕНИТЬ ИЗОБРАЖЕНИЕ" in answer.json()["message"]


async def test_the_browser_of_the_task_hears_its_words_in_40_kb_which_nobody_caches(world: World) -> None:
    sound = sound_of(world)
    answer = await get(world, VISITOR.device, sound, SOUND)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content[:4] == b"RIFF"
    assert len(answer.content) <= 40_000
    assert (await get(world, VISITOR.device, sound, PICTURE)).status_code == 404


@pytest.mark.parametrize("device", ["", "device-of-boris", VISITOR.device + "x"])
async def test_another_browser_hears_nothing(world: World, device: str) -> None:
    answer = await get(world, device, sound_of(world), SOUND)
    assert answer.status_code == 404
    assert "Другое задание" in answer.json()["message"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("task_id", ["", "\0", "я", "A" * 9000, "' OR 1=1 --", "../x", "register"])
async def test_an_unknown_sound_is_404(world: World, task_id: str) -> None:
    assert (await get(world, VISITOR.device, task_id, SOUND)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=0-1", 0, 1), ("bytes=0-", 0, 38_443), ("bytes=100-99999", 100, 38_443), ("bytes=5-5", 5, 5)],
)
async def test_a_range_is_answered_as_safari_asks(world: World, asked: str, begin: int, end: int) -> None:
    sound = sound_of(world)
    whole = (await get(world, VISITOR.device, sound, SOUND)).content
    part = await get(world, VISITOR.device, sound, SOUND, range=asked)
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes {begin}-{end}/38444"
    assert part.content == whole[begin : end + 1]


@pytest.mark.parametrize(
    "asked", ["bytes=38444-", "bytes=-5", "bytes=9-3,4-5", "x", "bytes=" + "9" * 40 + "-"]
)
async def test_any_other_range_is_answered_with_the_whole(world: World, asked: str) -> None:
    answer = await get(world, VISITOR.device, sound_of(world), SOUND, range=asked)
    assert (answer.status_code, len(answer.content)) == (200, 38_444)
