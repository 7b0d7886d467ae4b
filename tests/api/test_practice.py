"""Into a practice world and out of it: by our own pages only, and «Выйти» there ends nothing real."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette

from cabinet.api import practice, session
from cabinet.api.requests import Caller
from cabinet.domain import limits
from cabinet.domain import practice as facts
from cabinet.domain.errors import Busy, PracticeOver, TooMany
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.permissions import Actor, Visitor
from cabinet.practice import PracticeWorlds
from cabinet.services import sessions, training
from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAYS, Lesson
from tests.factories import subscriber
from tests.fakes import World, make_world

HTTP = "http://localhost:3000"


@pytest.fixture
def real(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def worlds(real: World, practice_folder: Path) -> Iterator[PracticeWorlds]:
    made = PracticeWorlds(practice_folder, real.deps)
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


def is_alive(worlds: PracticeWorlds, token: str) -> bool:
    with suppress(PracticeOver):
        return bool(worlds.visit(token, Visitor("", "")))
    return False


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
        _, pupil = worlds.visit(anna.cookies["practice"], visitor(real))
        assert pupil.user == 1


async def test_beginning_again_makes_the_same_lesson_anew(real: World, worlds: PracticeWorlds) -> None:
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.together"})
        before = anna.cookies["practice"]
        answer = await anna.post(practice.PRACTICE)
        assert answer.headers["location"] == LESSONS["pay"].page
        assert anna.cookies["practice"] != before
        assert not is_alive(worlds, before)


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
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        former = anna.cookies["practice"]
        with real.deps.transaction() as tx:
            limit = limits.PRACTICE_ADDRESS
            tx.attempts.reserve(limit, visitor(real).address, real.clock.now(), limit.most - 1)
        answer = await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == "/training?problem=too_many"
        assert sorted(anna.cookies) == ["device"]
        assert not is_alive(worlds, former)
        real.clock.move(hours=1, seconds=1)
        answer = await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == LESSONS["pay"].page


async def test_when_all_places_are_taken_the_browser_is_out_of_practice_and_told_so(
    real: World, worlds: PracticeWorlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cabinet.practice.MOST", 1)
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        answer = await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == "/training?problem=busy"
        assert sorted(anna.cookies) == ["device"]


async def test_without_a_device_cookie_words_instead_of_a_world(real: World, worlds: PracticeWorlds) -> None:
    async with browser(real, worlds, device="") as nobody:
        answer = await nobody.post(practice.PRACTICE, data={"lesson": "pay.show"})
        assert answer.headers["location"] == "/training?problem=human_check.browser_unknown"


def test_whatever_keeps_a_lesson_from_beginning_has_words_on_the_page() -> None:
    assert set(texts.PROBLEMS) == {x.code for x in (Busy, TooMany, BrowserUnknown, PracticeOver)}


async def test_signing_out_of_practice_leaves_the_real_session_alone(
    real: World, worlds: PracticeWorlds
) -> None:
    async with browser(real, worlds) as anna:
        anna.cookies["session"] = "the real one"
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        token = anna.cookies["practice"]
        answer = await anna.post(session.SESSION_END, follow_redirects=True)
        first, second = answer.history
        assert (first.status_code, first.headers["location"]) == (307, practice.PRACTICE_END)
        assert second.headers["location"] == "/training"
        assert anna.cookies.get("session") == "the real one"
        assert anna.cookies.get("practice") is None
        assert not is_alive(worlds, token)


async def test_signing_in_for_real_leads_out_of_a_lesson_that_another_tab_has_begun(
    real: World, worlds: PracticeWorlds
) -> None:
    user = subscriber(real)
    async with browser(real, worlds) as anna:
        with real.deps.transaction() as tx:
            ticket = sessions.issue_ticket(
                real.deps, tx, tx.users.get(user.user), visitor(real), remember=False
            )
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        answer = await anna.post(session.SESSION, data={"ticket": ticket, "next": "/pay"})
        assert answer.headers["location"] == "/pay"
        assert sorted(anna.cookies) == ["device", "member", "session"]


async def test_a_second_lesson_takes_the_place_of_the_first_and_a_tab_of_the_first_does_not_end_it(
    real: World, worlds: PracticeWorlds
) -> None:
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        first = anna.cookies["practice"]
        await anna.post(practice.PRACTICE, data={"lesson": "reading.show"})
        second = anna.cookies["practice"]
        assert (is_alive(worlds, first), is_alive(worlds, second)) == (False, True)
        stale = await anna.get(practice.PRACTICE_END, params={"next": LESSONS["pay"].page})
        assert stale.headers["location"] == "/training"
        assert anna.cookies["practice"] == second
        assert is_alive(worlds, second)


async def test_two_browsers_are_in_two_worlds(real: World, worlds: PracticeWorlds) -> None:
    async with browser(real, worlds) as anna, browser(real, worlds, "boris's") as boris:
        told = []
        for one in (anna, boris):
            await one.post(practice.PRACTICE, data={"lesson": "pay.show"})
            told.append((await one.get(practice.PRACTICE)).json()["world"])
        assert told[0] != told[1]
        await anna.post(practice.PRACTICE_END)
        assert (await boris.get(practice.PRACTICE)).json()["world"] == told[1]


async def test_a_world_that_is_over_leads_to_the_lessons_and_says_so(
    real: World, worlds: PracticeWorlds
) -> None:
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        worlds.end(anna.cookies["practice"])
        answer = await anna.get(practice.PRACTICE_END, params={"next": "/pay"})
        assert answer.headers["location"] == "/training?problem=practice_over"
        assert sorted(anna.cookies) == ["device"]
        assert (await anna.get(practice.PRACTICE_END)).headers["location"] == "/training"


@pytest.mark.parametrize("page", [*sorted(facts.WAYS_IN), "/confirm?token=a%26b", "/login?next=%2Fpay"])
async def test_the_way_to_a_page_where_one_comes_in_ends_practice(
    real: World, worlds: PracticeWorlds, page: str
) -> None:
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        token = anna.cookies["practice"]
        answer = await anna.get(practice.PRACTICE_END, params={"next": page})
        assert answer.headers["location"] == page
        assert sorted(anna.cookies) == ["device"]
        assert not is_alive(worlds, token)


@pytest.mark.parametrize(
    "page", ["//evil.example/login", "https://evil.example/login", "/pay", "/\\evil", ""]
)
async def test_no_other_page_ends_practice_by_being_asked_for(
    real: World, worlds: PracticeWorlds, page: str
) -> None:
    async with browser(real, worlds) as anna:
        await anna.post(practice.PRACTICE, data={"lesson": "pay.show"})
        answer = await anna.get(practice.PRACTICE_END, params={"next": page})
        assert answer.headers["location"] == "/training"
        assert is_alive(worlds, anna.cookies["practice"])


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
