"""Every lesson by the very handlers and addresses of its pages, while all that is real explodes or is compared."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from cabinet import container
from cabinet.api import demo, documents, practice
from cabinet.cabinet import plain_routes
from cabinet.domain import practice as facts
from cabinet.practice import PracticeWorlds
from cabinet.settings import Environment, Settings
from cabinet.texts import demo as demo_texts
from cabinet.texts.lessons import LESSONS, Lesson
from cabinet.ui.states.charges import ChargesState
from cabinet.ui.states.customer_accounts import NewAccountState
from cabinet.ui.states.home import HomeState
from cabinet.ui.states.payments import PayState
from cabinet.ui.states.pin_requests import PinRequestState, PinStatusState
from cabinet.ui.states.readings import ReadingsState
from cabinet.ui.states.settings import SettingsState
from cabinet.ui.states.training import TrainingState
from tests import hostile_files
from tests.factories import ACCOUNT, owner
from tests.fakes import Exploding, World
from tests.tables import checksums
from tests.ui.browsers import ANNA, Browser, session_cookie, visitor_of

# A beginning and a step are counted against the address, as at every public door; how far somebody has come is what a
# lesson is to tell the portal. Nothing else of the real database may change, not even when a session was last seen.
TOLD: Final = frozenset({"attempts", "training_progress"})
COUNTED: Final = {"practice.address", "training.address"}
HTTP: Final = "http://localhost:3000"


@dataclass
class Pupil:
    """A browser in a lesson: its pages' states, its plain requests, and the steps that are still before it."""

    browser: Browser
    http: httpx.AsyncClient
    steps: Iterator[dict[str, Any]]
    lesson: Lesson
    behind: int = 0

    async def step(self, page: str) -> dict[str, str]:
        """The step before is over, and the page of the next one open; what is to be typed there."""
        await self._tell()
        step = next(self.steps)
        assert step["page"] == page
        return dict(step.get("type", ()))

    async def finish(self) -> None:
        """Nothing is left of the lesson."""
        await self._tell()
        assert next(self.steps, None) is None

    async def _tell(self) -> None:
        """As training.js does."""
        step = {"lesson": f"{self.lesson.id}.together", "reached": str(self.behind)}
        told = await self.http.post(practice.PRACTICE_PROGRESS, data=step)
        assert told.status_code == 204
        self.behind += 1

    async def call(self, handler: Any, address: str, **payload: Any) -> str:
        """Call a handler from the page of an address; the path that it leads to, "" when it leads nowhere."""
        url = urlsplit(address)
        answers = await self.browser.call(handler, url.path, dict(parse_qsl(url.query)), **payload)
        assert practice.PRACTICE_END not in str(answers)
        found = re.search(r"_js_expr='path'.*?_var_value='([^']*)'", str(answers))
        return found[1] if found else ""


@pytest.fixture
def real(portal: World, practice_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The portal whose letters, messages, bank, mailbox and sealed documents explode at a touch."""
    mine = Exploding()
    deps = replace(portal.deps, mail=mine, sms=mine, acquirer=mine, vault=mine, mailbox=mine)
    worlds = PracticeWorlds(practice_folder, deps)
    settings = Settings(env=Environment.TEST, data_dir=tmp_path / "real", port=3000)
    for name, made in {
        "current": deps, "practice_worlds": worlds, "settings": settings, "demo_bank": mine, "mail_notices": None,
    }.items():  # fmt: skip
        monkeypatch.setattr(container, name, lambda made=made: made)
    return portal


@pytest.fixture(params=["a visitor", "somebody with an account"])
def session(portal: World, request: pytest.FixtureRequest) -> str:
    """The real session, made while nothing explodes yet."""
    if request.param == "a visitor":
        return ""
    actor, _ = owner(portal, visitor=visitor_of(portal, ANNA))
    return session_cookie(portal, actor.user)


@pytest.fixture
async def http(session: str, real: World) -> AsyncIterator[httpx.AsyncClient]:
    cookies = {"device": ANNA, "session": session}
    transport = httpx.ASGITransport(Starlette(routes=plain_routes()))
    async with httpx.AsyncClient(
        transport=transport, base_url=HTTP, cookies=cookies, headers={"origin": HTTP}
    ) as made:
        yield made


async def begin(http: httpx.AsyncClient, session: str, lesson: Lesson) -> Pupil:
    answer = await http.post(practice.PRACTICE, data={"lesson": f"{lesson.id}.together"})
    assert answer.headers["location"] == lesson.page
    browser = Browser()
    browser.carry(ANNA, session, http.cookies["practice"])
    told = (await http.get(practice.PRACTICE)).json()
    return Pupil(browser, http, iter(told["steps"]), lesson)


async def connect(pupil: Pupil) -> None:
    await pupil.step("/settings")
    await pupil.call(SettingsState.load, "/settings")
    [supplier] = (await pupil.browser.state(SettingsState)).suppliers
    await pupil.call(SettingsState.save, "/settings", form={"supplier": supplier.id})
    assert (await pupil.browser.state(SettingsState)).saved
    await pupil.step("/settings")
    typed = await pupil.step("/accounts/new")
    await pupil.call(NewAccountState.load, "/accounts/new")
    await pupil.call(NewAccountState.find, "/accounts/new", form={"number": typed["#number"]})
    await pupil.step("/accounts/new")
    await pupil.call(NewAccountState.accept, "/accounts/new")
    assert (await pupil.browser.state(NewAccountState)).mine
    typed = await pupil.step("/accounts/new")
    form = {"access": "extended", "proof_kind": "serial", "serial": typed["#serial"]}
    await pupil.call(NewAccountState.choose_access, "/accounts/new", value="extended")
    assert await pupil.call(NewAccountState.submit, "/accounts/new", form=form) == "/?account=1"


async def read(pupil: Pupil) -> None:
    await pupil.step("/")
    await pupil.call(HomeState.load, "/")
    typed = await pupil.step("/readings")
    await pupil.call(ReadingsState.load, "/readings")
    await pupil.call(ReadingsState.estimate_value, "/readings", value=typed["#value"])
    state = await pupil.browser.state(ReadingsState)
    assert state.estimate.volume
    form = {"account": state.meter.account_id, "meter": state.meter.meter_id, "key": state.key}
    await pupil.call(ReadingsState.submit, "/readings", form={**form, "value": typed["#value"]})
    await pupil.step("/readings")
    assert (await pupil.browser.state(ReadingsState)).receipt.number


async def understand(pupil: Pupil) -> None:
    for _ in range(3):
        await pupil.step("/charges")
        await pupil.call(ChargesState.load, "/charges")
        assert len((await pupil.browser.state(ChargesState)).months) == facts.MONTHS


async def pay(pupil: Pupil) -> None:
    await pupil.step("/")
    await pupil.call(HomeState.load, "/")
    typed = await pupil.step("/pay")
    await pupil.call(PayState.load, "/pay")
    state = await pupil.browser.state(PayState)
    form = {"account": state.form.account_id, "amount": typed["#amount"], "key": state.key}
    await pupil.call(PayState.submit, "/pay", form=form)
    bank = (await pupil.browser.state(PayState)).leave_to
    assert demo_texts.CONFIRM in (await pupil.http.get(bank)).text
    decision = {**dict(parse_qsl(urlsplit(bank).query)), "decision": "confirm"}
    back = (await pupil.http.post(demo.BANK, data=decision)).headers["location"]
    await pupil.step("/pay")
    await pupil.call(PayState.load, back)
    await pupil.call(PayState.refresh, back)
    assert (await pupil.browser.state(PayState)).payment.status == "succeeded"


async def ask_for_pin(pupil: Pupil) -> None:
    await pupil.step("/pin")
    await pupil.call(PinRequestState.load, "/pin")
    headers = {"x-file-name": "document.jpg"}
    sent = await pupil.http.post(documents.DOCUMENTS, content=hostile_files.jpeg(), headers=headers)
    assert sent.status_code == 201
    await pupil.call(PinRequestState.uploaded, "/pin", code="")
    typed = await pupil.step("/pin")
    form = {name: typed[f"#{name}"] for name in ("phone", "email", "number", "address")}
    status = await pupil.call(PinRequestState.submit, "/pin", form={**form, "kind": "passport"})
    await pupil.step("/pin/status")
    await pupil.call(PinStatusState.load, status)
    inbox = await pupil.http.get(demo.INBOX)
    pin = re.search(r": ([0-9a-z]{8})\.", inbox.text)
    assert pin, inbox.text
    back = re.search(f'href="([^"]*)">{demo_texts.BACK}<', inbox.text)
    assert back, inbox.text
    await pupil.step("/accounts/new")
    await pupil.call(NewAccountState.load, back[1])
    await pupil.call(NewAccountState.choose_proof, "/accounts/new", value="pin")
    proof = {"access": "extended", "proof_kind": "pin", "pin": pin[1]}
    assert await pupil.call(NewAccountState.submit, "/accounts/new", form=proof) == "/?account=1"


DRIVEN: Final[dict[str, Callable[[Pupil], Awaitable[None]]]] = {
    "connect": connect, "reading": read, "charges": understand, "pay": pay, "pin": ask_for_pin,
}  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
async def test_a_lesson_works_and_nothing_real_is_touched(
    real: World, http: httpx.AsyncClient, session: str, lesson: Lesson, tmp_path: Path
) -> None:
    before = checksums(real.engine, TOLD)
    pupil = await begin(http, session, lesson)
    await DRIVEN[lesson.id](pupil)
    await pupil.finish()
    await pupil.call(HomeState.load, "/")
    assert ACCOUNT not in pupil.browser.sent()
    await pupil.call(TrainingState.load, "/training")
    assert (await pupil.browser.state(TrainingState)).lessons[lesson.id].done
    await http.post(practice.PRACTICE_END)
    assert checksums(real.engine, TOLD) == before
    assert not (tmp_path / "real").exists()
    with real.engine.connect() as connection:
        told = connection.execute(text("SELECT lesson, reached FROM training_progress")).all()
        counted = connection.execute(text("SELECT DISTINCT bucket FROM attempts")).scalars()
        assert [tuple(x) for x in told] == [(lesson.id, len(lesson.steps))]
        assert set(counted) >= COUNTED


@pytest.mark.parametrize(("taken", "back"), [("pay.together", "/"), ("pay.together.1", "/pay")])
async def test_a_payment_of_another_lesson_is_unknown_and_leads_back_to_where_this_one_was_taken_up(
    real: World, http: httpx.AsyncClient, taken: str, back: str
) -> None:
    await http.post(practice.PRACTICE, data={"lesson": taken})
    page = await http.get(demo.BANK, params={"payment": "of another lesson"})
    assert (page.status_code, demo_texts.PRACTICE_NO_PAYMENT in page.text) == (404, True)
    assert f'href="{back}">{demo_texts.BACK}<' in page.text
