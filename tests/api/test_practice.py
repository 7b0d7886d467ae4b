"""Into a practice world and out of it: by our own pages only, and «Выйти» there ends nothing real."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette

from cabinet.api import practice, session
from cabinet.api.requests import Caller
from cabinet.domain import limits
from cabinet.domain.permissions import Actor, Visitor
from cabinet.practice import PracticeWorlds
from cabinet.services import sessions, training
from cabinet.texts.lessons import LESSONS, WAYS, Lesson
from tests.fakes import World, make_world

HTTP = "http://localhost:3000"


@pytest.fixture
def real(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def worlds(real: World, tmp_path: Path) -> Iterator[PracticeWorlds]:
    made = PracticeWorlds(tmp_path / "practice", real.deps)
    yield made
    made.close()


def browser(real: World, worlds: PracticeWorlds, device: str = "anna's") -> httpx.AsyncClient:
    caller = Caller(real.deps, https=False, origins=(HTTP,), trusted_proxies=0)
    routes = [*practice.routes(worlds, caller), *session.routes(real.deps, caller)]
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=routes)),
        base_url=HTTP,
        cookies={"device": device} if device else {},
        headers={"origin": HTTP},
    )


def visitor(real: World) -> Visitor:
    return sessions.make_visitor(real.deps, "anna's", "127.0.0.1", "")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lesson", LESSONS)
async def test_a_lesson_begins_on_its_page_in_a_world_of_its_own(
    real: World, worlds: PracticeWorlds, lesson: str, way: str
) -> None:
    async with browser(real, worlds) as anna:
        answer = await anna.post(practice.PRACTICE, data={"lesson": f"{lesson}.{way}"})
        assert (answer.status_code, answer.headers["location"]) == (303, LESSONS[lesson].page)
        hidden, seen = answer.headers.get_list("set-cookie")
        assert "HttpOnly" in hidden
        world = anna.cookies["practice"].partition(".")[0]
        assert seen.startswith(f"lesson={lesson}.{way}.0.{world};")
        assert "HttpOnly" not in seen
        _, pupil = worlds.enter(anna.cookies["practice"], visitor(real))
        assert pupil.user == 1


async def test_beginning_again_makes_the_same_lesson_anew(real: World, worlds: PracticeWorlds) -> None:
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.together"})
        before = anna.cookies["practice"]
        answer = await anna.post(practice.PRACTICE)
        assert answer.headers["location"] == LESSONS["pay"].page
        assert anna.cookies["practice"] != before
        assert worlds.find(before) is None


@pytest.mark.parametrize(
    "lesson",
    [
        "",
        "pay",
        "pay.",
        ".show",
        "other.show",
        "pay.other",
        "../pay.show",
        "п.show",
        "pay.show.9",
        "pay.show.-1",
        "pay.show.",
        "pay.show.0.0",
        "pay.show.٠",
    ],
)
async def test_no_such_lesson_begins_nothing(real: World, worlds: PracticeWorlds, lesson: str) -> None:
    async with browser(real, worlds) as anna:
        answer = await anna.post(practice.PRACTICE, data={"lesson": lesson})
        assert answer.headers["location"] == "/training"
        assert "practice" not in anna.cookies


async def test_another_site_begins_nothing(real: World, worlds: PracticeWorlds) -> None:
    async with browser(real, worlds) as anna:
        answer = await anna.post(
            practice.PRACTICE, data={"lesson": "pay.show"}, headers={"origin": "https://evil.example"}
        )
        assert answer.status_code == 403
        assert "practice" not in anna.cookies


async def test_one_address_does_not_take_all_the_places(real: World, worlds: PracticeWorlds) -> None:
    with real.deps.transaction() as tx:
        limit = limits.PRACTICE_ADDRESS
        tx.attempts.reserve(limit, visitor(real).address, real.clock.now(), limit.most)
    async with browser(real, worlds) as anna:
        answer = await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == "/training?problem=busy"
        assert "practice" not in anna.cookies
        real.clock.move(hours=1, seconds=1)
        answer = await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == LESSONS["pay"].page


async def test_without_a_device_cookie_words_instead_of_a_world(real: World, worlds: PracticeWorlds) -> None:
    async with browser(real, worlds, device="") as nobody:
        answer = await nobody.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == "/training?problem=busy"


async def test_signing_out_of_practice_leaves_the_real_session_alone(
    real: World, worlds: PracticeWorlds
) -> None:
    async with browser(real, worlds) as anna:
        anna.cookies["session"] = "the real one"
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        token = anna.cookies["practice"]
        answer = await anna.post(session.SESSION_END)
        assert answer.headers["location"] == practice.PRACTICE_END
        answer = await anna.get(answer.headers["location"])
        assert answer.headers["location"] == "/training"
        assert anna.cookies.get("session") == "the real one"
        assert anna.cookies.get("practice") is None
        assert worlds.find(token) is None


@pytest.mark.parametrize(
    ("origin", "step", "status"),
    [
        (HTTP, {"lesson": "pay.show", "reached": "1"}, 204),
        (HTTP, {"lesson": "pay.show", "reached": "99"}, 422),
        (HTTP, {"lesson": "other.show", "reached": "1"}, 422),
        (HTTP, {}, 422),
        ("https://evil.example", {"lesson": "pay.show", "reached": "1"}, 403),
    ],
)
async def test_a_step_is_remembered_from_inside_a_lesson_only(
    real: World, worlds: PracticeWorlds, origin: str, step: dict[str, str], status: int
) -> None:
    async with browser(real, worlds) as anna:
        outside = await anna.post(practice.PRACTICE_PROGRESS, data=step, headers={"origin": origin})
        assert outside.status_code == (403 if origin != HTTP else 404)
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        inside = await anna.post(practice.PRACTICE_PROGRESS, data=step, headers={"origin": origin})
        assert inside.status_code == status
    rows = [x.id for x in training.view_progress(real.deps, Actor.anonymous(visitor(real))) if x.status]
    assert rows == (["pay"] if status == 204 else [])


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
async def test_a_lesson_is_taken_up_at_the_step_where_it_was_left(
    real: World, worlds: PracticeWorlds, lesson: Lesson
) -> None:
    async with browser(real, worlds) as anna:
        for reached in range(len(lesson.steps)):
            answer = await anna.post(practice.PRACTICE, data={"lesson": f"{lesson.id}.show.{reached}"})
            told = (await anna.get(practice.PRACTICE)).json()
            assert min(reached, 1) <= told["at"] <= reached
            step = told["steps"][told["at"]]
            assert step["page"] == lesson.steps[told["at"]].page
            assert unquote(answer.headers["location"]) == step.get("address", step["page"])
            assert told["name"] == f"{lesson.id}.show"
        again = await anna.post(practice.PRACTICE)
        assert again.headers["location"] == lesson.page
        assert (await anna.get(practice.PRACTICE)).json()["at"] == 0
