"""The desk's files: for the operator of that supplier whose session has shown a second factor, and nobody else."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from cabinet.api import desk, practice
from cabinet.api.requests import Caller, unexpected
from cabinet.domain.permissions import Actor, OperatorRole, Visitor
from cabinet.domain.pin_requests import RejectReason
from cabinet.domain.practice import Start
from cabinet.practice import PracticeWorlds
from cabinet.services import desk_pins, desk_registers, request_review, sessions
from cabinet.services.suppliers import AddSupplier, add_supplier
from cabinet.texts import desk_registers as words
from tests.factories import ACCOUNT, enter, operator, subscriber
from tests.fakes import JPEG, World, make_world
from tests.requests import send

ORIGIN = "http://localhost:3000"
DEVICE = "device-cookie-of-olga"
ADMINISTRATOR = OperatorRole.ADMINISTRATOR
# Found, not listed: whoever adds an address of the desk has it here.
METHODS = {
    x.path: "POST" if "POST" in (x.methods or set()) else "GET"
    for x in desk.routes(None, None)  # type: ignore[arg-type]  # what they do is not called here
}
ADDRESSES = sorted(METHODS)


@pytest.fixture
def world(demo_sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(demo_sqlite_url, tmp_path)
    yield made
    made.dispose()


def visitor(world: World) -> Visitor:
    return sessions.make_visitor(world.deps, DEVICE, "127.0.0.1", "")


def worlds_of(world: World) -> PracticeWorlds:
    return PracticeWorlds(world.deps.uploads.with_name("practice"), world.deps)


def browser(
    world: World, user: int | None, *, factor: bool = True, origin: str = ORIGIN, practice_token: str = ""
) -> httpx.AsyncClient:
    """A browser with a session of the user's, before the desk's routes alone."""
    caller = Caller(world.deps, False, (ORIGIN,), 0)
    asking = practice.asking(worlds_of(world), caller)
    app = Starlette(routes=desk.routes(caller, asking), exception_handlers={Exception: unexpected})
    cookies = {"device": DEVICE, "practice": practice_token}
    if user is not None:
        with world.deps.transaction() as tx:
            ticket = sessions.issue_ticket(
                world.deps, tx, tx.users.get(user), visitor(world), remember=False, factor=factor
            )
        cookies["session"] = enter(world, ticket, visitor(world))[1]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url=ORIGIN, cookies=cookies, headers={"origin": origin}
    )


def issued(world: World, clerk: Actor) -> dict[str, str]:
    """The slip's form for a PIN that was just issued."""
    form = {"shown": "passport", "checked": "on", "delivery": "print", "key": "k"}
    with world.deps.snapshot() as tx:
        found = tx.customer_accounts.find_by_number(1, ACCOUNT)
        assert found
    wish = desk_pins.IssueAtDesk.parse(form, found.id or 0, "k")
    pin = desk_pins.issue_at_desk(world.deps, clerk, wish).pin
    return {"account": str(found.id), "pin": pin}


def audited(world: World) -> list[str]:
    with world.engine.connect() as connection:
        return [x for (x,) in connection.execute(text("SELECT action FROM audit_events ORDER BY id"))]


async def test_the_slip_comes_as_a_pdf_that_nothing_keeps(world: World) -> None:
    clerk = operator(world)
    form = issued(world, clerk)
    async with browser(world, clerk.user) as client:
        answer = await client.post(desk.SLIP, data=form)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"%PDF")
    assert audited(world)[-1] == "pin.printed"


async def test_nobody_else_gets_a_slip_and_the_try_is_remembered(world: World) -> None:
    clerk = operator(world)
    form = issued(world, clerk)
    add_supplier(world.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    boris = operator(world, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm").user
    anna = subscriber(world).user
    cases = ((None, True, 401), (anna, True, 403), (clerk.user, False, 403), (boris, True, 404))
    for user, factor, status in cases:
        async with browser(world, user, factor=factor) as client:
            answer = await client.post(desk.SLIP, data=form)
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
        assert set(answer.json()) == {"error", "message"}
        assert form["pin"] not in answer.text
        assert audited(world)[-1] == "desk.refused"


async def test_a_foreign_page_gets_nothing_printed(world: World) -> None:
    clerk = operator(world)
    form = issued(world, clerk)
    async with browser(world, clerk.user, origin="https://evil.example") as client:
        assert (await client.post(desk.SLIP, data=form)).status_code == 403


@pytest.mark.parametrize(
    "form", [{}, {"account": "1"}, {"account": "x" * 5000, "pin": "\0"}, {"account": "-1", "pin": "ы" * 999}]
)
async def test_a_broken_form_is_told_so(world: World, form: dict[str, str]) -> None:
    async with browser(world, operator(world).user) as client:
        answer = await client.post(desk.SLIP, data=form)
    assert answer.status_code in {400, 404}
    assert "pin.printed" not in audited(world)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_address_of_the_desk_is_closed_to_whoever_is_no_operator_and_remembers_it(
    world: World, address: str
) -> None:
    clerk = operator(world)
    cases = ((None, True, 401), (subscriber(world).user, True, 403), (clerk.user, False, 403))
    for number, (user, factor, status) in enumerate(cases, 1):
        async with browser(world, user, factor=factor) as client:
            answer = await client.request(METHODS[address], address, params={"request": "1", "register": "1"})
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
        assert set(answer.json()) == {"error", "message"}
        assert audited(world).count("desk.refused") == number
    if address in {desk.REGISTER, desk.REJECTS, desk.AUDIT}:  # not a clerk's work
        async with browser(world, clerk.user) as client:
            answer = await client.request(METHODS[address], address, params={"register": "1"})
        assert (answer.status_code, audited(world)[-1]) == (403, "desk.refused")


async def test_in_a_lesson_no_address_of_the_desk_gives_an_operator_anything_real(world: World) -> None:
    clerk = operator(world)
    form = issued(world, clerk)
    token = worlds_of(world).begin(Start.NEWCOMER, visitor(world))
    before = len(audited(world))
    for practice_token, status in ((token, 403), (f"{token}x", 404)):
        async with browser(world, clerk.user, practice_token=practice_token) as client:
            slip = await client.post(desk.SLIP, data=form)
            others = [
                await client.request(METHODS[x], x, params={"request": "1", "register": "1"})
                for x in ADDRESSES
            ]
        assert {x.status_code for x in (slip, *others)} == {status}
        assert all(set(x.json()) == {"error", "message"} for x in (slip, *others))
    assert set(audited(world)[before:]) == {"session.opened"}  # by which the two browsers came


async def test_a_document_comes_as_a_file_that_nothing_keeps_and_not_after_the_decision(world: World) -> None:
    clerk = operator(world)
    number = int(send(world).status.id)
    [document] = request_review.claim(world.deps, clerk, number).documents
    page = {"request": str(number), "document": document.id, "page": "0"}
    async with browser(world, clerk.user) as client:
        answer = await client.get(desk.DOCUMENT, params=page)
        assert (answer.status_code, answer.content) == (200, JPEG)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert audited(world)[-1] == "document.viewed"
        request_review.reject(world.deps, clerk, number, RejectReason.NOT_CONFIRMED)
        late = await client.get(desk.DOCUMENT, params=page)
    assert (late.status_code, late.headers["cache-control"]) == (400, "no-store")
    assert set(late.json()) == {"error", "message"}
    assert audited(world).count("document.viewed") == 1


@pytest.mark.parametrize("most", [100, 99])
async def test_a_register_that_would_halt_all_others_by_day_is_refused_and_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """SQLite has one writer at a time."""
    monkeypatch.setattr(desk_registers, "MOST_BYTES_ALONE", most)
    admin = operator(world, role=ADMINISTRATOR)
    async with browser(world, admin.user) as client:
        answer = await client.post(desk.REGISTER, params={"name": "x.csv"}, content=bytes(100))
    kept = [x for x in world.deps.uploads.rglob("*") if x.is_file()]
    if most == 100:
        assert (answer.status_code, len(kept)) == (200, 1)
    else:
        assert (answer.status_code, answer.json()["message"]) == (413, words.TOO_LARGE_BY_DAY)
        assert kept == []


async def test_another_suppliers_operator_gets_no_document_register_or_journal_of_this_one(
    world: World,
) -> None:
    operator(world)
    upload = desk_registers.begin_upload(
        world.deps, operator(world, "ada@example.ru", ADMINISTRATOR), "счета.csv"
    )
    add_supplier(world.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    boris = operator(world, "boris@perm.ru", ADMINISTRATOR, supplier="perm").user
    for query in ({"upload": upload.id}, {"register": "1"}, {"request": "1", "document": "1", "page": "0"}):
        address = desk.DOCUMENT if "document" in query else desk.REJECTS
        async with browser(world, boris) as client:
            answer = await client.get(address, params=query)
        assert (answer.status_code, audited(world)[-1]) == (404, "desk.refused")
    async with browser(world, boris) as client:
        answer = await client.get(desk.AUDIT)
    assert answer.status_code == 200
    assert "register.uploaded" in audited(world)
    assert "Отправлен файл реестра" not in answer.text
