import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import func, select
from starlette.applications import Starlette

from cabinet.adapters.mail_resend import ResendNotices
from cabinet.api.webhooks import RESEND, resend_routes
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.persistence.inbox import InboxNotice
from cabinet.services import notifications
from tests.fakes import World, make_world

KEY = secrets.token_bytes(24)
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


def bounce(key: str, kind: str = "email.bounced", **data: object) -> bytes:
    said = {
        "bounce": {"type": "Permanent", "subType": "General", "message": "mailbox\nunknown"},
        "tags": {"message": key},
        "to": ["anna@example.ru"],
        **data,
    }
    return json.dumps({"type": kind, "created_at": "2026-11-20T08:00:00Z", "data": said}).encode()


def signed(body: bytes, notice: str = "msg_1", key: bytes = KEY, at: float | None = None) -> dict[str, str]:
    """Svix's headers, by its documentation: HMAC-SHA256 of id.timestamp.body."""
    moment = str(int(time.time() if at is None else at))
    mac = hmac.new(key, f"{notice}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "svix-id": notice,
        "svix-timestamp": moment,
        "svix-signature": "v1," + base64.b64encode(mac).decode(),
    }


async def post(world: World, body: bytes, headers: dict[str, str]) -> httpx.Response:
    app = Starlette(routes=resend_routes(world.deps, ResendNotices(SECRET)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as provider:
        return await provider.post(RESEND, content=body, headers=headers)


def sent_letter(world: World) -> str:
    """The key of a letter that Resend has taken."""
    with world.deps.transaction() as tx:
        notifications.queue_message(world.deps, tx, Login.parse("anna@example.ru"), "password_changed")
    notifications.deliver_due(world.deps)
    return world.mail.letters[-1].key


def count_notices(world: World) -> int:
    with world.deps.snapshot() as tx:
        return int(tx.session.exec(select(func.count()).select_from(InboxNotice)).one())


async def test_a_returned_letter_reaches_the_operator_s_list(world: World) -> None:
    body = bounce(sent_letter(world))
    answer = await post(world, body, signed(body))
    assert (answer.status_code, answer.json()) == (200, {"status": "taken"})
    assert notifications.settle_returned(world.deps) == 1
    (row,) = notifications.list_dead(world.deps, Actor.system())
    assert (row.to, row.error) == ("a•••@example.ru", "email.bounced mailbox unknown")


async def test_a_repeated_notice_is_answered_alike_and_kept_once(world: World) -> None:
    body = bounce(sent_letter(world))
    for _ in range(3):
        assert (await post(world, body, signed(body))).status_code == 200
    assert count_notices(world) == 1
    assert notifications.settle_returned(world.deps) == 1
    assert (await post(world, body, signed(body))).status_code == 200
    assert notifications.settle_returned(world.deps) == 0


async def test_a_handled_notice_keeps_nothing_of_the_person(world: World) -> None:
    body = bounce(sent_letter(world))
    await post(world, body, signed(body))
    notifications.settle_returned(world.deps)
    with world.deps.snapshot() as tx:
        notice = tx.session.exec(select(InboxNotice)).one()
    assert (notice.source, notice.external_id, notice.facts) == ("resend", "msg_1", {})
    world.clock.move(days=31)
    notifications.forget_old(world.deps)
    assert count_notices(world) == 0


FORGERIES: dict[str, Any] = {
    "no headers": lambda _body: {},
    "no id": lambda body: {**signed(body), "svix-id": ""},
    "no signature": lambda body: {**signed(body), "svix-signature": ""},
    "another key": lambda body: signed(body, key=b"x" * 24),
    "an empty key": lambda body: signed(body, key=b""),
    "another id": lambda body: {**signed(body), "svix-id": "msg_2"},
    "another moment": lambda body: {**signed(body), "svix-timestamp": str(int(time.time()) + 1)},
    "no moment": lambda body: {**signed(body), "svix-timestamp": "now"},
    "another body": lambda body: signed(body + b" "),
    "too old": lambda body: signed(body, at=time.time() - 600),
    "from the future": lambda body: signed(body, at=time.time() + 600),
    "no version": lambda body: {**signed(body), "svix-signature": signed(body)["svix-signature"][3:]},
    "not base64": lambda body: {**signed(body), "svix-signature": "v1,ÿ".encode("latin-1").decode("latin-1")},
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_what_resend_has_not_signed_just_now_changes_nothing_and_is_in_the_log(
    world: World, forge: Any, caplog: pytest.LogCaptureFixture
) -> None:
    body = bounce(sent_letter(world))
    headers = {name: value.encode("latin-1") for name, value in forge(body).items()}
    answer = await post(world, body, headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "notice.forged")
    assert "a notice that the provider has not signed was refused: notice.forged" in caplog.messages
    assert count_notices(world) == 0


async def test_one_right_signature_among_several_is_enough(world: World) -> None:
    """A rotated secret signs beside the new one for a day."""
    body = bounce(sent_letter(world))
    headers = signed(body)
    headers["svix-signature"] = "v1,AAAA v1a,BBBB " + headers["svix-signature"]
    assert (await post(world, body, headers)).status_code == 200
    assert count_notices(world) == 1


@pytest.mark.parametrize(
    ("kind", "data", "error"),
    [
        (
            "email.suppressed",
            {"suppressed": {"message": "OnAccountSuppressionList"}},
            "OnAccountSuppressionList",
        ),
        ("email.failed", {"failed": {"reason": "reached_daily_quota"}}, "reached_daily_quota"),
        ("email.complained", {}, "email.complained"),
        ("email.bounced", {"bounce": None}, "email.bounced"),
        ("email.bounced", {"bounce": {"message": 5}}, "email.bounced"),
    ],
)
async def test_whatever_the_letter_died_of_is_told(
    world: World, kind: str, data: dict[str, object], error: str
) -> None:
    body = bounce(sent_letter(world), kind, **data)
    assert (await post(world, body, signed(body))).status_code == 200
    notifications.settle_returned(world.deps)
    assert error in notifications.list_dead(world.deps, Actor.system())[0].error


@pytest.mark.parametrize(
    "body",
    [
        bounce("a1", "email.delivered"),
        bounce("a1", "contact.created"),
        bounce("a1", tags=None),
        bounce("a1", tags=["a1"]),
        bounce("a1", tags={"message": {"a": 1}}),
        b"{}",
        b"[]",
        b"null",
        b'{"type": ["email.bounced"], "data": 1}',
    ],
)
async def test_what_does_not_concern_us_is_taken_and_forgotten(world: World, body: bytes) -> None:
    assert (await post(world, body, signed(body))).status_code == 200
    assert count_notices(world) == 0


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{", b"[" * 99_999])
async def test_a_signed_body_that_is_no_json_is_refused_in_words(world: World, body: bytes) -> None:
    answer = await post(world, body, signed(body))
    assert (answer.status_code, answer.json()["message"]) == (401, "Подпись уведомления не подошла.")


async def test_a_body_without_end_is_refused_before_it_ends(world: World) -> None:
    answer = await post(world, b" " * 300_000, {})
    assert (answer.status_code, answer.json()["error"]) == (413, "notice.too_long")


async def test_a_letter_of_another_installation_is_taken_and_changes_nothing(world: World) -> None:
    sent_letter(world)
    body = bounce("f" * 9000)
    assert (await post(world, body, signed(body, "m" * 9000))).status_code == 200
    assert notifications.settle_returned(world.deps) == 1
    assert notifications.list_dead(world.deps, Actor.system()) == []


async def test_only_posts_are_taken(world: World) -> None:
    app = Starlette(routes=resend_routes(world.deps, ResendNotices(SECRET)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as browser:
        assert (await browser.get(RESEND)).status_code == 405
