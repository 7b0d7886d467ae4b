from datetime import UTC, datetime, timedelta

import pytest

from cabinet.domain import codes
from cabinet.domain.codes import (
    CodeCheck,
    CodeExhausted,
    CodeExpired,
    CodeSuperseded,
    CodeUsed,
    CodeWrong,
    code_digits,
    digest,
    error_of,
    new_code,
    new_token,
    state_of,
)

SENT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ENDS = SENT + codes.LIFETIME


def check(
    *,
    right: bool,
    now: datetime = SENT,
    used: datetime | None = None,
    superseded: datetime | None = None,
    tries: int = 0,
) -> CodeCheck:
    return state_of(
        now=now, expires_at=ENDS, used_at=used, superseded_at=superseded, tries=tries, right=right
    )


def test_a_right_code_is_right_until_the_tenth_minute() -> None:
    assert check(right=True) is CodeCheck.RIGHT
    assert check(right=True, now=ENDS - timedelta(microseconds=1)) is CodeCheck.RIGHT
    assert check(right=True, now=ENDS) is CodeCheck.EXPIRED


def test_who_knows_the_code_is_told_its_fate() -> None:
    assert check(right=True, used=SENT) is CodeCheck.USED
    assert check(right=True, superseded=SENT) is CodeCheck.SUPERSEDED
    assert check(right=True, used=SENT, now=ENDS, tries=9) is CodeCheck.USED


def test_who_guesses_is_not() -> None:
    assert check(right=False) is CodeCheck.WRONG
    assert check(right=False, used=SENT) is CodeCheck.WRONG
    assert check(right=False, superseded=SENT) is CodeCheck.WRONG


@pytest.mark.parametrize("right", [True, False])
def test_the_sixth_try_is_not_looked_at(right: bool) -> None:
    assert check(right=right, tries=codes.TRIES - 1) is (CodeCheck.RIGHT if right else CodeCheck.WRONG)
    assert check(right=right, tries=codes.TRIES) is CodeCheck.EXHAUSTED


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (CodeCheck.WRONG, CodeWrong),
        (CodeCheck.EXPIRED, CodeExpired),
        (CodeCheck.USED, CodeUsed),
        (CodeCheck.SUPERSEDED, CodeSuperseded),
        (CodeCheck.EXHAUSTED, CodeExhausted),
    ],
)
def test_each_finding_has_its_error_on_the_codes_field(found: CodeCheck, error: type[Exception]) -> None:
    raised = error_of(found, 3)
    assert type(raised) is error
    assert (raised.field, raised.facts.get("left", 3)) == ("code", 3)


def test_codes_are_six_digits_and_tokens_are_long() -> None:
    made = {new_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in made)
    assert len(made) > 190
    assert len(new_token()) >= 43


@pytest.mark.parametrize(
    "typed", ["123456", " 123 456 ", "123-456", "код: 123456.", "1 2 3 4 5 6", "٩123456"]
)
def test_a_pasted_code_is_its_digits(typed: str) -> None:
    assert code_digits(typed) == "123456"


def test_a_digest_depends_on_key_purpose_and_value_and_takes_anything() -> None:
    made = {
        digest(b"k", "code", "1"),
        digest(b"l", "code", "1"),
        digest(b"k", "link", "1"),
        digest(b"k", "code", "2"),
    }
    assert len(made) == 4
    assert digest(b"k", "code", "1") == digest(b"k", "code", "1")
    assert len(digest(b"k", "link", "\ud800я\0")) == 64
