"""The demo's bank and inbox: they take clicks from our own pages only and write nothing into a page as it is."""

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from cabinet.api import demo
from cabinet.domain.errors import PracticeOver
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus
from cabinet.ports import AcquirerUnclear, PaymentOrder
from cabinet.texts import demo as texts
from cabinet.texts import not_found, shell

OURS = "http://localhost:3000"
HTML = "<script>alert(1)</script>"


@dataclass
class Books:
    """A bank with one order."""

    order: PaymentOrder
    decided: list[tuple[str, PaymentStatus]] = field(default_factory=list)

    def order_of(self, acquirer_payment_id: str) -> PaymentOrder:
        if acquirer_payment_id != "p1":
            raise AcquirerUnclear
        return self.order

    def decide(self, acquirer_payment_id: str, status: PaymentStatus) -> None:
        self.decided.append((acquirer_payment_id, status))


@pytest.fixture
def bank() -> Books:
    return Books(PaymentOrder("key", Money(12_345), f"Газ {HTML}", f"{OURS}/pay?payment=1"))


@pytest.fixture
def told() -> list[str]:
    return []


def browser(bank: Books, told: list[str], folder: Path, *, practice: bool = False) -> httpx.AsyncClient:
    side = demo.DemoSide(bank, told.append, lambda: folder, lambda: "/back" * practice, practice)
    return client_of(lambda _: side)


def client_of(side_of: demo.SideOf) -> httpx.AsyncClient:
    routes = [*demo.bank_routes(side_of, (OURS,)), *demo.inbox_routes(side_of)]
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes)), base_url=OURS)


async def test_the_order_is_shown_with_its_sum_and_as_text(
    bank: Books, told: list[str], tmp_path: Path
) -> None:
    async with browser(bank, told, tmp_path) as payer:
        page = await payer.get(demo.BANK, params={"payment": "p1"})
    assert page.status_code == 200
    assert HTML not in page.text
    assert "&lt;script&gt;" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("payment", ["", "p2", HTML, "' OR 1=1", "я" * 5000])
async def test_an_unknown_payment_is_said(bank: Books, told: list[str], tmp_path: Path, payment: str) -> None:
    async with browser(bank, told, tmp_path) as payer:
        page = await payer.get(demo.BANK, params={"payment": payment})
        posted = await payer.post(
            demo.BANK, data={"payment": payment, "decision": "confirm"}, headers={"origin": OURS}
        )
    assert (page.status_code, posted.status_code) == (404, 404)
    assert texts.NO_PAYMENT in page.text
    assert f'href="/">{not_found.TO_HOME}</a>' in page.text
    assert HTML not in page.text
    assert bank.decided == []


@pytest.mark.parametrize(
    ("decision", "status"), [("confirm", PaymentStatus.SUCCEEDED), ("refuse", PaymentStatus.FAILED)]
)
async def test_a_decision_is_kept_and_told_and_the_payer_returns(
    bank: Books, told: list[str], tmp_path: Path, decision: str, status: PaymentStatus
) -> None:
    async with browser(bank, told, tmp_path) as payer:
        answer = await payer.post(
            demo.BANK, data={"payment": "p1", "decision": decision}, headers={"origin": OURS}
        )
    assert (answer.status_code, answer.headers["location"]) == (303, bank.order.return_url)
    assert bank.decided == [("p1", status)]
    assert told == ["p1"]


@pytest.mark.parametrize("decision", ["leave", "", "confirm ", "CONFIRM", HTML])
async def test_leaving_decides_nothing(bank: Books, told: list[str], tmp_path: Path, decision: str) -> None:
    async with browser(bank, told, tmp_path) as payer:
        answer = await payer.post(
            demo.BANK, data={"payment": "p1", "decision": decision}, headers={"origin": OURS}
        )
    assert answer.status_code == 303
    assert (bank.decided, told) == ([], [])


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
async def test_only_our_own_page_may_decide(
    bank: Books, told: list[str], tmp_path: Path, origin: str | None
) -> None:
    async with browser(bank, told, tmp_path) as payer:
        headers = {"origin": origin} if origin else {}
        answer = await payer.post(demo.BANK, data={"payment": "p1", "decision": "confirm"}, headers=headers)
    assert answer.status_code == 403
    assert (bank.decided, told) == ([], [])


async def test_letters_and_messages_are_shown_as_text_newest_first(
    bank: Books, told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "sms").mkdir()
    (tmp_path / "mail").mkdir()
    sms = {"to": HTML, "text": f"Код 123456 {HTML} {OURS}/confirm?token=a&b=c", "sent_at": "2026-11-20"}
    (tmp_path / "sms/2.json").write_text(json.dumps(sms))
    letter = (
        f'To: a@example.ru\r\nSubject: =?utf-8?q?=3Cb=3E?=\r\n\r\n{HTML}\r\nhttp://x/"onclick=alert(1)\r\n'
    )
    (tmp_path / "mail/1.eml").write_bytes(letter.encode())
    async with browser(bank, told, tmp_path) as reader:
        page = await reader.get(demo.INBOX)
    assert page.text.index("123456") < page.text.index("a@example.ru")
    assert HTML not in page.text
    assert "<b>" not in page.text
    assert f'<a href="{OURS}/confirm?token=a&amp;b=c">' in page.text
    assert '"onclick' not in page.text


async def test_an_empty_inbox_says_so(bank: Books, told: list[str], tmp_path: Path) -> None:
    async with browser(bank, told, tmp_path) as reader:
        page = await reader.get(demo.INBOX)
    assert texts.INBOX_EMPTY in page.text


@pytest.mark.parametrize("address", [f"{demo.BANK}?payment=p1", demo.BANK, demo.INBOX])
async def test_in_practice_every_page_says_so_and_leads_out(
    bank: Books, told: list[str], tmp_path: Path, address: str
) -> None:
    async with browser(bank, told, tmp_path) as real, browser(bank, told, tmp_path, practice=True) as pupil:
        page, practised = await real.get(address), await pupil.get(address)
    for words in (shell.PRACTICE_BAND, f"<title>{shell.PRACTICE_PREFIX}", " data-lesson"):
        assert words in practised.text
        assert words not in page.text
    for action, words in (("/api/practice", "Начать заново"), ("/api/practice/end", "Выйти из обучения")):
        assert (
            f"<form method='post' action='{action}'><button type='submit'>{words}</button>" in practised.text
        )


async def test_the_practice_inbox_leads_back_to_the_lesson(
    bank: Books, told: list[str], tmp_path: Path
) -> None:
    async with browser(bank, told, tmp_path, practice=True) as pupil:
        page = await pupil.get(demo.INBOX)
    assert texts.PRACTICE_EMPTY in page.text
    assert f'href="/back">{texts.BACK}</a>' in page.text


async def test_the_practice_bank_says_of_an_unknown_payment_what_to_do_and_leads_back_to_the_lesson(
    bank: Books, told: list[str], tmp_path: Path
) -> None:
    async with browser(bank, told, tmp_path, practice=True) as pupil:
        page = await pupil.get(demo.BANK, params={"payment": "of another lesson"})
    assert page.status_code == 404
    assert texts.PRACTICE_NO_PAYMENT in page.text
    assert f'href="/back">{texts.BACK}</a>' in page.text


async def test_without_a_demo_bank_there_is_no_page_of_one(tmp_path: Path) -> None:
    side = demo.DemoSide(None, str, lambda: tmp_path)
    async with client_of(lambda _: side) as payer:
        page = await payer.get(demo.BANK, params={"payment": "p1"})
        posted = await payer.post(demo.BANK, data={"payment": "p1"}, headers={"origin": OURS})
    assert [(x.status_code, x.text) for x in (page, posted)] == [(404, "")] * 2


async def test_the_pages_of_a_world_that_is_over_lead_out() -> None:
    def over(_request: Request) -> demo.DemoSide:
        raise PracticeOver

    async with client_of(over) as pupil:
        answers = [
            await pupil.get(demo.BANK),
            await pupil.get(demo.INBOX),
            await pupil.post(demo.BANK, data={"payment": "p1"}, headers={"origin": OURS}),
        ]
    assert {(x.status_code, x.headers["location"]) for x in answers} == {(303, "/api/practice/end")}


async def test_what_reads_a_world_keeps_the_event_loop_free() -> None:
    threads: list[int] = []

    def where(_request: Request) -> demo.DemoSide:
        threads.append(threading.get_ident())
        raise PracticeOver

    async with client_of(where) as pupil:
        for address in (demo.BANK, demo.INBOX):
            await pupil.get(address)
        await pupil.post(demo.BANK, data={"payment": "p1"}, headers={"origin": OURS})
    assert len(threads) == 3
    assert threading.get_ident() not in threads
