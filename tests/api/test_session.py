"""The session cookie: earned by a ticket from our own page, scoped to us, ended in the database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from cabinet.api import session
from cabinet.api.requests import Caller, small_form, unexpected
from cabinet.domain.errors import Busy
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import sessions
from tests.factories import subscriber
from tests.fakes import World, make_world

HTTP, HTTPS = "http://localhost:3000", "https://cabinet.example"
DEVICE = "device-cookie-of-anna"
ADDRESS = "127.0.0.1"
LATE = "/login?problem=ticket"


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def user(world: World) -> int:
    return subscriber(world, visitor=visitor(world)).user


def visitor(world: World, device: str = DEVICE) -> Visitor:
    return sessions.make_visitor(world.deps, device, ADDRESS, "")


def ticket(world: World, user: int, *, remember: bool = False, device: str = DEVICE) -> str:
    with world.deps.transaction() as tx:
        return sessions.issue_ticket(
            world.deps, tx, tx.users.get(user), visitor(world, device), remember=remember
        )


def browser(world: World, origin: str = HTTP, device: str = DEVICE) -> httpx.AsyncClient:
    """A browser with a device cookie, before the routes alone."""
    https = origin.startswith("https")
    caller = Caller(world.deps, https, (origin,), 0)
    app = Starlette(routes=session.routes(world.deps, caller), exception_handlers={Exception: unexpected})
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    cookies = {f"{'__Host-' * https}device": device} if device else {}
    return httpx.AsyncClient(
        transport=transport, base_url=origin, cookies=cookies, headers={"origin": origin}
    )


def set_cookies(answer: httpx.Response) -> dict[str, set[str]]:
    """Attributes of the cookies that an answer sets, in lower case, by name."""
    found = {}
    for line in answer.headers.get_list("set-cookie"):
        pair, *attributes = (x.strip() for x in line.split(";"))
        found[pair.partition("=")[0]] = {x.lower() for x in attributes}
    return found


async def test_a_ticket_becomes_a_session_cookie(world: World, user: int) -> None:
    async with browser(world) as anna:
        answer = await anna.post(
            session.SESSION, data={"ticket": ticket(world, user), "next": "/pay?account=1"}
        )
        token = anna.cookies["session"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/pay?account=1")
    assert set_cookies(answer)["session"] == {"httponly", "path=/", "samesite=lax"}
    assert sessions.identify(world.deps, visitor(world), token).user_id == user


async def test_remembered_it_lives_thirty_days(world: World, user: int) -> None:
    async with browser(world) as anna:
        answer = await anna.post(session.SESSION, data={"ticket": ticket(world, user, remember=True)})
    assert set_cookies(answer)["session"] == {"httponly", "path=/", "samesite=lax", "max-age=2592000"}
    assert answer.headers["location"] == "/"


async def test_under_https_cookies_are_secure_and_bound_to_the_host(world: World, user: int) -> None:
    async with browser(world, HTTPS) as anna:
        answer = await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
    found = set_cookies(answer)
    assert found["__Host-session"] == {"httponly", "path=/", "samesite=lax", "secure"}
    assert found["__Host-member"] == {"path=/", "samesite=lax", "secure"}
    assert not any("domain" in x for attributes in found.values() for x in attributes)


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://localhost:3000.evil", "http://LOCALHOST:3000"]
)
@pytest.mark.parametrize("path", [session.SESSION, session.SESSION_END])
async def test_only_our_own_pages_may_post(
    world: World, user: int, origin: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    earned = ticket(world, user)
    async with browser(world) as anna:
        await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
        token = anna.cookies["session"]
        if not origin:
            del anna.headers["origin"]
        answer = await anna.post(path, data={"ticket": earned}, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert f"a form of a foreign page was refused at {path}: {origin!r}" in caplog.messages
    assert set_cookies(answer) == {}
    assert sessions.identify(world.deps, visitor(world), token).user_id == user  # nobody was signed out
    assert sessions.open_session(world.deps, Actor.anonymous(visitor(world)), earned)  # nor the ticket spent


@pytest.mark.parametrize("sent", ["", "unknown", "\0", "я" * 100, "' OR 1=1 --"])
async def test_an_unknown_ticket_is_told_on_the_sign_in_page(world: World, sent: str) -> None:
    async with browser(world) as anna:
        answer = await anna.post(session.SESSION, data={"ticket": sent, "next": "/pay"})
    assert (answer.status_code, answer.headers["location"]) == (303, LATE)
    assert set_cookies(answer) == {}


async def test_a_used_a_late_and_anothers_ticket_open_nothing(world: World, user: int) -> None:
    used, late, anothers = (ticket(world, user) for _ in range(3))
    async with browser(world) as anna, browser(world, device="device-cookie-of-boris") as boris:
        first = await anna.post(session.SESSION, data={"ticket": used})
        answers = [await anna.post(session.SESSION, data={"ticket": used})]
        answers.append(await boris.post(session.SESSION, data={"ticket": anothers}))
        world.clock.move(seconds=61)
        answers.append(await anna.post(session.SESSION, data={"ticket": late}))
    assert first.headers["location"] == "/"
    assert [x.headers["location"] for x in answers] == [LATE] * 3


async def test_a_ticket_of_a_cookieless_visitor_is_nobodys(world: World, user: int) -> None:
    """Without a device cookie nothing would bind the ticket to the browser that earned it."""
    earned = ticket(world, user, device="")
    async with browser(world, device="") as somebody:
        answer = await somebody.post(session.SESSION, data={"ticket": earned})
    assert answer.headers["location"] == LATE


async def test_signing_in_again_ends_the_session_before(world: World, user: int) -> None:
    async with browser(world) as anna:
        await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
        first = anna.cookies["session"]
        await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
        second = anna.cookies["session"]
    assert first != second
    assert sessions.identify(world.deps, visitor(world), first).user_id is None
    assert sessions.identify(world.deps, visitor(world), second).user_id == user


async def test_a_session_of_the_browsers_own_choosing_is_never_taken_over(world: World, user: int) -> None:
    async with browser(world) as anna:
        anna.cookies.set("session", "fixed-by-somebody")
        await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
        values = {x.value for x in anna.cookies.jar if x.name == "session"}
    assert sessions.identify(world.deps, visitor(world), "fixed-by-somebody").user_id is None
    assert values != {"fixed-by-somebody"}


async def test_signing_out_ends_it_in_the_database_and_clears_the_cookies(world: World, user: int) -> None:
    async with browser(world) as anna:
        await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
        token = anna.cookies["session"]
        answer = await anna.post(session.SESSION_END)
        assert "session" not in anna.cookies
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert all("max-age=0" in set_cookies(answer)[name] for name in ("session", "member"))
    assert sessions.identify(world.deps, visitor(world), token).user_id is None


async def test_a_page_learns_that_its_session_is_over_and_prolongs_nothing_by_asking(
    world: World, user: int
) -> None:
    async with browser(world) as anna:
        await anna.post(session.SESSION, data={"ticket": ticket(world, user)})
        world.clock.move(minutes=29)
        answer = await anna.get(session.SESSION_ALIVE)
        assert (answer.status_code, answer.content, set_cookies(answer)) == (204, b"", {})
        world.clock.move(minutes=2)
        answer = await anna.get(session.SESSION_ALIVE)
        assert (answer.status_code, answer.content) == (205, b"")
        assert "max-age=0" in set_cookies(answer)["member"]
        assert (await anna.get(session.SESSION_ALIVE, headers={"cookie": ""})).status_code == 205


@pytest.mark.parametrize("path", [session.SESSION, session.SESSION_END])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_but_post(world: World, path: str, method: str) -> None:
    async with browser(world) as anna:
        answer = await anna.request(method, path)
    assert answer.status_code == 405
    assert set_cookies(answer) == {}


async def test_where_to_go_is_never_another_host(world: World, user: int) -> None:
    async with browser(world) as anna:
        for after in ("//evil.example", "/\\evil.example", "https://evil.example", "/\r\nx: y"):
            answer = await anna.post(session.SESSION, data={"ticket": ticket(world, user), "next": after})
            assert answer.headers["location"] == "/"
            assert "x" not in answer.headers


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"ticket=" + b"x" * 9000),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % x for x in range(500))),
        ("application/x-www-form-urlencoded", b"ticket=\xff\xfe&next=%ff"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="ticket"\r\n\r\nt\r\n--x--',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 1000),
        ("application/json", b'{"ticket": 1}'),
        ("", b"ticket=x"),
    ],
)
async def test_a_body_that_is_no_small_form_is_an_unknown_ticket(
    world: World, kind: str, body: bytes
) -> None:
    async with browser(world) as anna:
        answer = await anna.post(session.SESSION, content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["location"]) == (303, LATE)


async def test_an_endless_body_is_read_no_further_than_a_form(world: World) -> None:
    chunks = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal chunks
        for _ in range(100_000):
            chunks += 1
            yield b"x" * 1024

    kind = {"content-type": "application/x-www-form-urlencoded"}
    async with browser(world) as anna:
        answer = await anna.post(session.SESSION, content=body(), headers=kind)
    assert answer.headers["location"] == LATE
    assert chunks < 20


async def test_a_browser_that_goes_away_meanwhile_is_no_fault() -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    assert await small_form(Request({"type": "http", "headers": headers}, gone)) == {}


async def test_a_database_that_is_busy_may_be_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(sessions, "open_session", busy)
    async with browser(world) as anna:
        answer = await anna.post(session.SESSION, data={"ticket": "x"})
    assert (answer.status_code, answer.json()["error"], caplog.records) == (503, "busy", [])


async def test_what_breaks_is_a_number_for_a_machine_and_no_trace(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("canary-of-a-value")

    monkeypatch.setattr(sessions, "open_session", broken)
    async with browser(world) as anna:
        answer = await anna.post(session.SESSION, data={"ticket": "canary-of-a-ticket"})
    assert answer.status_code == 500
    assert answer.json()["error"] == "unexpected"
    reference = answer.json()["message"].rpartition(": ")[2].strip(".")
    (record,) = caplog.records
    assert reference in record.getMessage()
    assert "ZeroDivisionError at api/test_session.py" in record.getMessage()
    assert "canary" not in record.getMessage() + answer.text


async def test_the_next_page_survives_the_header(world: World, user: int) -> None:
    async with browser(world) as anna:
        answer = await anna.post(
            session.SESSION, data={"ticket": ticket(world, user), "next": "/charges?q=май"}
        )
    assert answer.headers["location"] == f"/charges?q={quote('май')}"
