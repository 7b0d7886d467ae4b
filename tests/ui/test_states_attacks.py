"""Every handler × {visitor, stranger, owner} × hostile values: nothing changes, nothing is disclosed, nothing breaks."""

import inspect
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from reflex_base.event import EventHandler
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from cabinet import container
from cabinet.domain.permissions import Permission
from cabinet.ui import gate, pages
from tests.factories import ACCOUNT, OTHER_ACCOUNT, OTHER_SERIAL, SERIAL, owner
from tests.fakes import World, make_world
from tests.tables import checksums, rows_of
from tests.ui.browsers import ANNA, BORIS, Browser, Dropped, session_cookie, visitor_of

pages.load()

DEEP: Any = {"a": {"b": [{"c": None}]}}
HOSTILE: dict[str, Any] = {
    "dict": {},
    "list": [],
    "true": True,
    "float": 1.5,
    "huge": 10**30,
    "none": None,
    "empty": "",
    "long": "я" * 10_000,
    "nested": DEEP,
    "sql": "1' OR '1'='1'; DROP TABLE users; --",
    "html": "<img src=x onerror=alert(1)>",
    "nul": "\0",
    "surrogate": "\ud800",
    "minus": "-1",
    "nan": float("nan"),
}
# Of Anna's own: her login, her meter, the street and the family of her account.
LOGIN = "canary-of-anna@example.ru"
CANARIES = (LOGIN, SERIAL, "Труда", "Широбоков")
QUERY = {"account": "1", "payment": "1", "number": ACCOUNT}
UNEXPECTED = re.compile(r"Номер для справки")
FIELDS = (
    *("login", "password", "consent", "remember", "code", "supplier", "number", "access", "proof_kind"),
    *("serial", "pin", "value", "key", "confirmed", "amount", "account", "id", "name", "alias"),
)


def ours() -> list[tuple[str, EventHandler]]:
    """Every handler of our states: its full name and itself."""
    known = RegistrationContext.get().event_handlers
    return sorted(
        (name, x.handler)
        for name, x in known.items()
        if ".cabinet___ui___states___" in name and gate.declared(name)
    )


NAMES = [name for name, _ in ours()]
PRIVATE = [name for name in NAMES if gate.declared(name) is not Permission.PUBLIC]


def arguments(name: str) -> list[str]:
    return list(inspect.signature(dict(ours())[name].fn).parameters)[1:]


def payloads(name: str) -> list[dict[str, Any]]:
    """Each hostile value for every argument, and in a form for every field that any form has."""
    names = arguments(name)
    if not names:
        return [{}]
    whole = [dict.fromkeys(names, value) for value in HOSTILE.values()]
    forms = [{x: dict.fromkeys(FIELDS, value) for x in names} for value in HOSTILE.values()]
    lists = [
        {x: {FORM_DATA_ENTRIES_KEY: [[field, value] for field in FIELDS]} for x in names}
        for value in HOSTILE.values()
    ]
    broken = [{x: {FORM_DATA_ENTRIES_KEY: value} for x in names} for value in HOSTILE.values()]
    return whole + forms + lists + broken


def short(name: str) -> str:
    return ".".join(name.rsplit("___", maxsplit=1)[-1].split("."))


async def attack(browser: Browser, name: str) -> list[str]:
    """What the browser was given, as text, for every payload."""
    got = []
    for payload in payloads(name):
        try:
            answers = await browser.send(name, payload, "/pay", QUERY)
        except Dropped:
            answers = []
        got.append(str(answers) + browser.sent())
    return got


@dataclass(frozen=True)
class People:
    """Anna has extended access to an account that nobody else has; Boris has another one.

    Attributes:
        file: the database with both in it, to be copied.
        anna: what her rows are known by.
        cookies: the session cookies, of Anna and of Boris.
    """

    file: Path
    anna: dict[str, int]
    cookies: tuple[str, str]


@pytest.fixture(scope="module")
def people(demo_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> People:
    """Made once for all attacks."""
    folder = tmp_path_factory.mktemp("people")
    file = folder / "people.db"
    shutil.copyfile(demo_sqlite, file)
    world = make_world(f"sqlite:///{file}", folder)
    anna, account = owner(world, ACCOUNT, SERIAL, LOGIN, visitor_of(world, ANNA))
    boris, _ = owner(world, OTHER_ACCOUNT, OTHER_SERIAL, "boris@example.ru", visitor_of(world, BORIS))
    cookies = session_cookie(world, anna.user), session_cookie(world, boris.user, BORIS)
    world.dispose()  # the last connection writes the log into the file
    return People(file, {"user_id": anna.user, "customer_account_id": account}, cookies)


@pytest.fixture
def world(people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The portal with Anna and Boris behind the states."""
    shutil.copyfile(people.file, tmp_path / "cabinet.db")
    made = make_world(f"sqlite:///{tmp_path / 'cabinet.db'}", tmp_path)
    monkeypatch.setattr(container, "current", lambda: made.deps)
    yield made
    made.dispose()


def test_there_are_handlers_to_attack() -> None:
    assert len(NAMES) > 25
    assert len(PRIVATE) > 15


@pytest.mark.parametrize("name", NAMES, ids=short)
async def test_a_visitor_changes_nothing_and_breaks_nothing(world: World, name: str) -> None:
    before = checksums(world.engine)
    texts = await attack(Browser("device-of-a-visitor"), name)
    assert checksums(world.engine) == before
    assert not [x for x in texts if UNEXPECTED.search(x)]
    assert not [canary for canary in CANARIES for x in texts if canary in x]


@pytest.mark.parametrize("name", PRIVATE, ids=short)
async def test_a_visitor_is_sent_to_sign_in(world: World, name: str) -> None:
    browser = Browser("device-of-a-visitor")
    payload: dict[str, Any] = {x: {} if x == "form" else "x" for x in arguments(name)}
    answers = await browser.send(name, payload, "/pay")
    assert "/login?next=%2Fpay" in str(answers)


@pytest.mark.parametrize("name", NAMES, ids=short)
async def test_a_stranger_neither_changes_nor_sees_what_is_anothers(
    world: World, people: People, name: str
) -> None:
    before = rows_of(world.engine, **people.anna)
    assert before["account_links"]
    texts = await attack(Browser(BORIS, people.cookies[1]), name)
    assert rows_of(world.engine, **people.anna) == before
    assert not [x for x in texts if UNEXPECTED.search(x)]
    assert not [canary for canary in CANARIES for x in texts if canary in x]


async def test_the_owner_does_see_what_strangers_do_not(world: World, people: People) -> None:
    browser = Browser(ANNA, people.cookies[0])
    seen = ""
    for name in NAMES:
        if not arguments(name):
            await browser.send(name, {}, "/")
            seen += browser.sent()
    assert [x for x in CANARIES if x not in seen] == ["Широбоков"]  # whose name no page shows
