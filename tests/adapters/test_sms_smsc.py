"""SMSC.ru beside the contract: its documented refusals and statuses, garbage."""

from collections.abc import Iterator

import pytest

from cabinet.adapters.sms_smsc import SmscSms
from cabinet.ports import Sms, Undelivered
from tests.adapters.local_api import Reply, bounded
from tests.adapters.smsc_api import KEY, SmscApi, said

ANNA = "+79127451020"
SMS = Sms("0123456789abcdef0123456789abcdef", ANNA, "Код 123456\n\n@example.ru #123456")
AGAIN = Sms(SMS.key, SMS.to, SMS.text, again=True)


@pytest.fixture
def api() -> Iterator[SmscApi]:
    with SmscApi().serving() as made:
        yield made


def refused(api: SmscApi, reply: Reply, sms: Sms = SMS) -> Undelivered:
    api.trouble.append(reply)
    with pytest.raises(Undelivered) as problem:
        SmscSms(KEY, api.url).send(sms)
    return problem.value


def test_a_message_is_what_smsc_documents(api: SmscApi) -> None:
    SmscSms(KEY, api.url + "/", sender="GazDoma").send(SMS)
    (asked,) = api.asked
    assert asked.path == "/sys/send.php"
    assert KEY not in asked.path
    assert asked.form == {
        "apikey": KEY,
        "fmt": "3",
        "charset": "utf-8",
        "phones": ANNA,
        "mes": SMS.text,
        "id": SMS.key,
        "sender": "GazDoma",
    }


@pytest.mark.parametrize(
    ("code", "retryable", "retry_in"),
    [
        (1, False, 0),
        (2, True, 0),
        (3, True, 0),
        (4, True, 60),
        (5, False, 0),
        (6, False, 0),
        (7, False, 0),
        (8, False, 0),
        (9, True, 60),
        (77, False, 0),
    ],
)
def test_every_documented_refusal_is_for_good_or_for_now(
    api: SmscApi, code: int, retryable: bool, retry_in: int
) -> None:
    problem = refused(api, said(error="words", error_code=code))
    assert (problem.retryable, problem.retry_in) == (retryable, retry_in)
    assert problem.facts["reason"] == f"{code} words"


@pytest.mark.parametrize("status", [-2, -1, 0, 1, 2, 4])
def test_a_second_try_finds_the_first_one_on_its_way(api: SmscApi, status: int) -> None:
    SmscSms(KEY, api.url).send(SMS)
    api.taken[0].status = status
    SmscSms(KEY, api.url).send(AGAIN)
    assert len(api.taken) == 1
    assert api.asked[-1].path == "/sys/status.php"


@pytest.mark.parametrize("status", [3, 20, 22, 23, 25])
def test_a_second_try_finds_the_first_one_lost_for_good(api: SmscApi, status: int) -> None:
    problem = refused(api, said(status=status, last_date="", last_timestamp=0), AGAIN)
    assert (problem.retryable, problem.facts["reason"]) == (False, f"status {status}")


@pytest.mark.parametrize(
    "unknown",
    [said(status=24), said(status=-3), said(status="-3"), said(error="message not found", error_code=3)],
)
def test_a_second_try_of_what_never_went_goes(api: SmscApi, unknown: Reply) -> None:
    api.trouble.append(unknown)
    SmscSms(KEY, api.url).send(AGAIN)
    assert len(api.taken) == 1


@pytest.mark.parametrize("code", [1, 2, 4, 9])
def test_a_second_try_that_learns_nothing_waits(api: SmscApi, code: int) -> None:
    assert refused(api, said(error="words", error_code=code), AGAIN).retryable
    assert api.taken == []


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 429, 500, 502, 503])
def test_another_http_status_says_nothing_of_the_message(api: SmscApi, status: int) -> None:
    problem = refused(api, Reply(status, b"<html>", {"Retry-After": "30"}))
    assert (problem.retryable, problem.retry_in) == (True, 30)


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"<result>", b"[]", b"null", b"1", b"{}", b'{"id":', b'{"cnt": "x"}', b"\xff", b"[" * 9999],
)
def test_garbage_says_nothing_so_the_message_is_tried_again(api: SmscApi, body: bytes) -> None:
    assert refused(api, Reply(200, body)).retryable
    assert refused(api, Reply(200, body), AGAIN).retryable


def test_a_gateway_that_drips_is_left_in_time(api: SmscApi) -> None:
    api.dripping = True
    with bounded(5), pytest.raises(Undelivered):
        SmscSms(KEY, api.url, seconds=0.3).send(SMS)


def test_a_message_whose_answer_was_lost_goes_out_once(api: SmscApi) -> None:
    api.dripping = True
    with pytest.raises(Undelivered):
        SmscSms(KEY, api.url, seconds=0.3).send(SMS)
    api.dripping = False
    SmscSms(KEY, api.url).send(AGAIN)
    assert len(api.taken) == 1


def test_no_gateway_and_no_url_is_an_answer_too() -> None:
    for url in ("http://127.0.0.1:1", "nonsense"):
        with pytest.raises(Undelivered) as problem:
            SmscSms(KEY, url, seconds=2).send(SMS)
        assert problem.value.retryable
