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
from cabinet.api.human import PICTURE, routes
from cabinet.domain.permissions import Visitor
from tests.fakes import VISITOR, World, make_world
from tests.services.test_human_check import picture_of


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield replace(made, deps=replace(made.deps, pictures=WarpedPictures()))
    made.dispose()


async def get(world: World, device: str, picture_id: str) -> httpx.Response:
    """What the browser with this device cookie is answered."""

    def visitor_of(request: Request) -> Visitor:
        return Visitor(request.cookies.get("device", ""), "192.0.2.1")

    transport = httpx.ASGITransport(Starlette(routes=routes(world.deps, visitor_of)))
    cookies = {"device": device} if device else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://portal", cookies=cookies) as browser:
        return await browser.get(PICTURE, params={"id": picture_id})


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
