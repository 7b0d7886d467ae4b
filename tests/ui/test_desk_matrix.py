"""Every handler × {visitor, subscriber, owner, another desk, a desk without a factor, the right one}.

The handlers are found, not listed: whoever adds one has it here. What is refused changes nothing, shows nothing, and
at the desk is remembered.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cabinet import container
from cabinet.domain.permissions import DESK, OF_ROLE, Actor, OperatorRole, Permission
from cabinet.services.suppliers import AddSupplier, add_supplier
from cabinet.ui import gate
from tests.factories import ACCOUNT, OTHER_ACCOUNT, SERIAL, operator, owner, subscriber
from tests.fakes import World, make_world
from tests.hostile import arguments, handlers, payloads, short
from tests.requests import EMAIL, send
from tests.tables import checksums, rows_of
from tests.ui.browsers import Browser, Dropped, session_cookie, visitor_of

LOGIN = "canary-of-anna@example.ru"
CANARIES = (LOGIN, SERIAL, "Широбоков", EMAIL)
UNEXPECTED = re.compile(r"Номер для справки")
NAMES = handlers()
DESKS = [name for name in NAMES if gate.declared(name) in DESK]
OTHERS = [name for name in NAMES if gate.declared(name) not in {*DESK, Permission.PUBLIC}]
# Who they are, and where a refusal sends them.
OUTSIDERS = {"visitor": "/login", "stranger": "", "owner": "", "factorless": "/settings/second"}


@dataclass(frozen=True)
class People:
    """A database with everybody in it, and their session cookies by name."""

    file: Path
    anna: dict[str, int]
    cookies: dict[str, str]


@pytest.fixture(scope="module")
def people(demo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> People:
    folder = tmp_path_factory.mktemp("desk")
    file = folder / "people.db"
    shutil.copyfile(demo_sqlite, file)
    world = make_world(f"sqlite:///{file}", folder)
    assert send(world, number=OTHER_ACCOUNT).status.id == "1"  # the id that `plain` asks for
    add_supplier(world.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    anna, account = owner(world, ACCOUNT, SERIAL, LOGIN, visitor_of(world, "owner"))
    users = {
        "owner": anna.user,
        "stranger": subscriber(world, "boris@example.ru", visitor_of(world, "stranger")).user,
        "right": at_desk(world, "right", "izhevsk"),
        "clerk": at_desk(world, "clerk", "izhevsk", OperatorRole.CLERK),
        "foreign": at_desk(world, "foreign", "perm"),
        "factorless": at_desk(world, "factorless", "izhevsk"),
    }
    shown = {"right", "clerk", "foreign"}
    cookies = {x: session_cookie(world, users[x], x, factor=x in shown) for x in users}
    world.dispose()
    return People(file, {"user_id": anna.user, "customer_account_id": account}, cookies)


def at_desk(world: World, name: str, supplier: str, role: OperatorRole = OperatorRole.ADMINISTRATOR) -> int:
    return operator(world, f"{name}@example.ru", role, visitor_of(world, name), supplier).user


@pytest.fixture
def world(people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    shutil.copyfile(people.file, tmp_path / "cabinet.db")
    made = make_world(f"sqlite:///{tmp_path / 'cabinet.db'}", tmp_path)
    monkeypatch.setattr(container, "current", lambda: made.deps)
    yield made
    made.dispose()


def browser_of(people: People, who: str) -> Browser:
    return Browser(who, people.cookies.get(who, ""))


def plain(name: str) -> dict[str, Any]:
    """What a page would send: an id that exists, an empty form."""
    return {x: {} if x == "form" else "1" for x in arguments(name)}


async def attack(browser: Browser, name: str) -> str:
    """Everything that the browser was given for every hostile payload and a plain one."""
    got = ""
    for payload in [*payloads(name), plain(name)]:
        try:
            answers = await browser.send(name, payload, "/desk", {"account": "1", "number": ACCOUNT})
        except Dropped:
            answers = []
        got += str(answers) + browser.sent()
    return got


def refusals(world: World) -> list[tuple[str, str]]:
    """What was asked for and how it was refused."""
    with world.engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT json_extract(details, '$.what'), json_extract(details, '$.code') FROM audit_events "
                "WHERE action = 'desk.refused' ORDER BY id"
            )
        )
        return [(what, code) for what, code in found]


def test_there_are_desk_handlers_of_every_kind_of_work() -> None:
    assert len(DESKS) >= 4
    assert {gate.declared(x) for x in DESKS} <= set(DESK)
    assert not [x for x in NAMES if ".desk_" in x and gate.declared(x) not in DESK]


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("name", DESKS, ids=short)
async def test_outsiders_are_refused_without_effect_and_remembered(
    world: World, people: People, name: str, who: str
) -> None:
    before = checksums(world.engine)
    given = await attack(browser_of(people, who), name)
    assert checksums(world.engine) == before
    assert OUTSIDERS[who] in given
    assert not UNEXPECTED.search(given)
    assert not [x for x in CANARIES if x in given]
    code = "sign_in_needed" if who == "visitor" else "denied"
    assert set(refusals(world)) == {(gate.declared(name), code)}


@pytest.mark.parametrize("name", DESKS, ids=short)
async def test_another_suppliers_desk_sees_and_changes_nothing_of_this_one(
    world: World, people: People, name: str
) -> None:
    before = checksums(world.engine)
    browser = browser_of(people, "foreign")
    given = await attack(browser, name)
    changed = {x for x, digest in checksums(world.engine).items() if digest != before[x]}
    assert changed <= {"sessions"}
    assert not UNEXPECTED.search(given)
    assert not [x for x in CANARIES if x in given]


@pytest.mark.parametrize("name", DESKS, ids=short)
async def test_a_clerk_is_refused_what_is_the_administrators(world: World, people: People, name: str) -> None:
    permission = gate.declared(name)
    await browser_of(people, "clerk").send(name, plain(name), "/desk")
    denied = (permission, "denied") in refusals(world)
    assert denied == (permission not in OF_ROLE[OperatorRole.CLERK])


@pytest.mark.parametrize("name", DESKS, ids=short)
async def test_the_right_operator_is_let_in_and_hostile_values_break_nothing(
    world: World, people: People, name: str
) -> None:
    before = rows_of(world.engine, **people.anna)
    given = await attack(browser_of(people, "right"), name)
    assert not UNEXPECTED.search(given)
    assert "denied" not in {code for _, code in refusals(world)}
    assert rows_of(world.engine, **people.anna) == before


@pytest.mark.parametrize("who", ["right"])
@pytest.mark.parametrize("name", OTHERS, ids=short)
async def test_an_operator_changes_and_sees_nothing_of_a_subscribers(
    world: World, people: People, name: str, who: str
) -> None:
    before = rows_of(world.engine, **people.anna)
    given = await attack(browser_of(people, who), name)
    assert rows_of(world.engine, **people.anna) == before
    assert not UNEXPECTED.search(given)
    assert not [x for x in CANARIES if x in given]


async def test_a_request_is_its_own_suppliers_desk_alone(world: World, people: People) -> None:
    """One that waits and one that is open: by its number, which anybody may guess, and in what the page is sent."""
    by_name = {short(x): x for x in DESKS}
    for claimed in (False, True):
        browser = browser_of(people, "foreign")
        before = checksums(world.engine)
        for name in ("load", "refresh", "open", "approve", "release", "turn_down"):
            handler = by_name[f"desk_requests_state.{name}"]
            form = {"request": "1", "reason": "reject.duplicate"}
            payload = {x: form if x == "form" else "1" for x in arguments(handler)}
            await browser.send(handler, payload, "/desk/requests")
        assert EMAIL not in browser.sent()
        assert {x for x, digest in checksums(world.engine).items() if digest != before[x]} <= {"sessions"}
        if not claimed:
            own = browser_of(people, "right")
            await own.send(by_name["desk_requests_state.open"], {"request_id": "1"}, "/desk/requests")
            assert EMAIL in own.sent()


async def test_an_operator_finds_opens_and_issues_once(world: World, people: People) -> None:
    browser = browser_of(people, "right")
    by_name = {short(x): x for x in DESKS}
    await browser.send(by_name["desk_pins_state.search"], {"form": {"query": ACCOUNT}}, "/desk")
    assert "Широбоков" in browser.sent()
    key = re.search(r'"key_rx_state_": ?"([\w-]{43})"', browser.sent())
    assert key
    form = {"key": key[1], "shown": "passport", "checked": "on", "delivery": "print", "email": ""}
    for _ in range(3):
        await browser.send(by_name["desk_pins_state.issue"], {"form": form}, "/desk")
    pins = set(re.findall(r'"pin": ?"([1-9a-z]{8})"', browser.sent()))
    assert len(pins) == 1
    with world.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pin_issues")).scalar() == 1
    await browser.send(by_name["desk_pins_state.load"], {}, "/desk")
    assert pins.pop() not in browser.sent()
