from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from cabinet.domain import totp

RFC = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_the_codes_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(RFC, totp.step_at(now)) == code
    assert totp.steps_of(RFC, code, now) == [seconds // 30]


@pytest.mark.parametrize(("late", "found"), [(-60, 0), (-30, 1), (0, 1), (30, 1), (60, 0)])
def test_a_clock_may_be_one_step_off_and_no_more(late: int, found: int) -> None:
    now = datetime(2026, 11, 20, 8, tzinfo=UTC)
    code = totp.code_at(RFC, totp.step_at(now + timedelta(seconds=late)))
    assert len(totp.steps_of(RFC, code, now)) == found


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "０８１８０４", "я" * 6])
def test_what_is_no_code_fits_no_step(typed: str) -> None:
    digits = typed.encode("ascii", "ignore").decode()
    assert totp.steps_of(RFC, digits, datetime.fromtimestamp(1111111109, UTC)) == []


def test_the_app_is_told_the_secret_and_whose_it_is() -> None:
    told = urlsplit(totp.address(RFC, "anna@example.ru", "Газ дома"))
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert parse_qs(told.query) == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Газ дома"]}
    assert "anna%40example.ru" in told.path
    assert "+" not in told.query
    assert totp.spelled(RFC) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_secrets_are_of_160_bits_and_differ() -> None:
    assert len({totp.new_secret() for _ in range(20)}) == 20
    assert len(totp.new_secret()) == 20
