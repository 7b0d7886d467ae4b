"""Resend beside the contract: its documented errors, garbage, keys that never mix."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import resend

from cabinet.adapters.mail_resend import ResendMail
from cabinet.ports import Letter, Undelivered
from tests.adapters.local_api import Reply, bounded
from tests.adapters.resend_api import KEY, ResendApi, refusal

SENDER = "Газ дома <kabinet@example.ru>"
LETTER = Letter("a1b2", "anna@example.ru", "Код 123456", "Код: 123456\n", "<p>Код: 123456</p>")


@pytest.fixture
def api() -> Iterator[ResendApi]:
    with ResendApi().serving() as made:
        yield made


def refused(api: ResendApi, reply: Reply) -> Undelivered:
    api.trouble.append(reply)
    with pytest.raises(Undelivered) as problem:
        ResendMail(KEY, SENDER, api.url).send(LETTER)
    return problem.value


def test_a_letter_is_what_resend_documents(api: ResendApi) -> None:
    ResendMail(KEY, SENDER, api.url + "/").send(LETTER)
    (asked,) = api.asked
    assert asked.path == "/emails"
    assert asked.headers["idempotency-key"] == LETTER.key
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(asked.body) == {
        "from": SENDER,
        "to": ["anna@example.ru"],
        "subject": "Код 123456",
        "text": LETTER.text,
        "html": LETTER.html,
        "headers": {"Auto-Submitted": "auto-generated"},
        "tags": [{"name": "message", "value": "a1b2"}],
    }


@pytest.mark.parametrize(
    ("status", "name", "retryable"),
    [
        (400, "validation_error", False),
        (400, "invalid_idempotency_key", False),
        (401, "missing_api_key", True),
        (401, "restricted_api_key", True),
        (403, "invalid_api_key", True),
        (403, "validation_error", True),
        (404, "not_found", True),
        (409, "invalid_idempotent_request", False),
        (409, "concurrent_idempotent_requests", True),
        (422, "validation_error", False),
        (422, "missing_required_field", False),
        (429, "rate_limit_exceeded", True),
        (429, "daily_quota_exceeded", True),
        (429, "monthly_quota_exceeded", True),
        (500, "application_error", True),
        (500, "internal_server_error", True),
        (503, "service_unavailable", True),
    ],
)
def test_every_documented_error_is_for_good_or_for_now(
    api: ResendApi, status: int, name: str, retryable: bool
) -> None:
    problem = refused(api, refusal(status, name))
    assert (problem.retryable, problem.retry_in) == (retryable, 0)
    assert str(problem.facts["reason"]).startswith(f"{status} {name}")
    ResendMail(KEY, SENDER, api.url).send(LETTER)
    assert len(api.letters) == 1


@pytest.mark.parametrize(("said", "heard"), [("7", 7), ("0", 0), ("-1", 0), ("٣", 0), ("tomorrow", 0)])
def test_a_provider_in_haste_says_when_to_return(api: ResendApi, said: str, heard: int) -> None:
    reply = refusal(429, "rate_limit_exceeded", **({"Retry-After": said} if said.isascii() else {}))
    assert refused(api, reply).retry_in == heard


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b"[]",
        b"[1]",
        b"null",
        b"1",
        b'"id"',
        b'{"id":',
        b'{"id": ""}',
        b"\xff\xfe",
        b"[" * 9999,
    ],
)
@pytest.mark.parametrize("status", [200, 302, 500])
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_garbage_says_nothing_so_the_letter_is_tried_again(
    api: ResendApi, status: int, kind: str, body: bytes
) -> None:
    assert refused(api, Reply(status, body, {"Content-Type": kind})).retryable


def test_an_endless_answer_is_cut() -> None:
    with ResendApi().serving() as api:
        api.trouble.append(Reply(200, b'{"id": "' + b"x" * 1_000_000 + b'"}'))
        with pytest.raises(Undelivered) as problem:
            ResendMail(KEY, SENDER, api.url).send(LETTER)
    assert problem.value.retryable


def test_an_answer_that_drips_is_left_in_time(api: ResendApi) -> None:
    api.dripping = True
    with bounded(5), pytest.raises(Undelivered) as problem:
        ResendMail(KEY, SENDER, api.url, seconds=0.5).send(LETTER)
    assert problem.value.retryable


def test_a_letter_whose_answer_was_lost_goes_out_once(api: ResendApi) -> None:
    api.dripping = True
    with pytest.raises(Undelivered):
        ResendMail(KEY, SENDER, api.url, seconds=0.5).send(LETTER)
    api.dripping = False
    ResendMail(KEY, SENDER, api.url).send(LETTER)
    assert (len(api.asked), len(api.letters)) == (2, 1)


def test_two_accounts_in_many_threads_never_mix(api: ResendApi) -> None:
    start = threading.Barrier(8)
    with ResendApi().serving() as other:
        ours, theirs = ResendMail(KEY, SENDER, api.url), ResendMail("re_wrong", SENDER, other.url)

        def send(number: int) -> bool:
            start.wait()
            try:
                (ours if number % 2 else theirs).send(Letter(f"k{number}", "anna@example.ru", "s", "t", "h"))
            except Undelivered:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(send, range(32)))
        assert sent == [bool(n % 2) for n in range(32)]
        assert {x.headers["authorization"] for x in api.asked} == {f"Bearer {KEY}"}
        assert {x.headers["authorization"] for x in other.asked} == {"Bearer re_wrong"}


def test_the_sdk_keeps_nothing_of_an_account(api: ResendApi) -> None:
    before = resend.api_key, resend.api_url
    ResendMail(KEY, SENDER, api.url).send(LETTER)
    assert (resend.api_key, resend.api_url) == before
    assert KEY not in repr(vars(resend))
