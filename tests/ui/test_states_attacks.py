"""Every handler × {visitor, stranger, owner} × hostile values: nothing changes, nothing is disclosed, nothing breaks."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cabinet import container
from cabinet.domain.permissions import Permission
from cabinet.ui import gate
from tests.factories import ACCOUNT, OTHER_ACCOUNT, OTHER_SERIAL, SERIAL, owner
from tests.fakes import World, make_world
from tests.form_fields import form_fields
from tests.hostile import arguments, handlers, payloads, short
from tests.tables import checksums, rows_of
from tests.ui.browsers import ANNA, BORIS, Browser, Dropped, session_cookie, visitor_of

# Of Anna's own: her login, her meter, the street and the family of her account.
LOGIN = "canary-of-anna@example.ru"
CANARIES = (LOGIN, SERIAL, "Труда", "Широбоков")
QUERY = {"account": "1", "payment": "1", "number": ACCOUNT}
UNEXPECTED = re.compile(r"Номер для справки")
NAMES = handlers()
PRIVATE = [name for name in NAMES if gate.declared(name) is not Permission.PUBLIC]


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


def test_the_fields_to_attack_are_found_however_their_form_is_drawn_and_read() -> None:
    """Words of a form, of its component, of a helper's call, of an enumeration, of a tuple, of an address."""
    known = (
        *("reason", "register", "upload", "who", "action", "since", "until", "query", "shown", "checked"),
        *("delivery", "login", "password", "consent", "remember", "code", "supplier", "number", "access"),
        *(
            "proof_kind",
            "serial",
            "pin",
            "value",
            "key",
            "confirmed",
            "amount",
            "account",
            "id",
            "name",
            "alias",
        ),
        *("current", "address", "phone", "email", "kind", "card_date", "token", "readings", "verification"),
        *("payments", "valid_from", "usage", "price", "price_from", "kind_of_value", "region", "value_from"),
        *("recovery", "meter", "basic_shows_due", "fall", "request", "window_from_day", "due_day", "answer"),
    )
    assert sorted(set(known) - set(form_fields())) == []


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
