from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain import codes
from cabinet.domain.codes import CodeCheck, code_digits, digest, state_of

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TOLD_TO_GUESSERS = {CodeCheck.WRONG, CodeCheck.EXPIRED, CodeCheck.EXHAUSTED}
moments = st.none() | st.datetimes(timezones=st.just(UTC))
deeds = st.lists(st.sampled_from(["wrong", "right", "resend", "wait"]), max_size=40)


@dataclass
class Sent:
    """A code as the house keeps it."""

    at: datetime
    tries: int = 0
    used_at: datetime | None = None
    superseded_at: datetime | None = None

    def check(self, now: datetime, *, right: bool) -> CodeCheck:
        """One try, counted as the house counts it."""
        found = state_of(
            now=now,
            expires_at=self.at + codes.LIFETIME,
            used_at=self.used_at,
            superseded_at=self.superseded_at,
            tries=self.tries,
            right=right,
        )
        if found is CodeCheck.RIGHT:
            self.used_at = now
        self.tries += found is CodeCheck.WRONG
        return found


def played(story: list[str]) -> Iterator[tuple[str, Sent, list[Sent], CodeCheck]]:
    """Every try of a story: what was tried, the code, all codes, and what was found."""
    now, sent = START, [Sent(START)]
    for deed in story:
        now += timedelta(minutes=3) if deed == "wait" else timedelta(seconds=1)
        if deed == "resend":
            sent[-1].superseded_at = now
            sent.append(Sent(now))
        elif deed != "wait":
            yield deed, sent[-1], sent, sent[-1].check(now, right=deed == "right")


@given(deeds)
def test_no_story_tells_a_guesser_more_than_that_it_was_wrong(story: list[str]) -> None:
    for deed, _, _, found in played(story):
        assert deed == "right" or found in TOLD_TO_GUESSERS


@given(deeds)
def test_a_code_opens_once_in_time_after_at_most_four_wrong_tries(story: list[str]) -> None:
    opened: list[Sent] = []
    for deed, code, _, found in played(story):
        if found is CodeCheck.RIGHT:
            assert deed == "right"
            assert code.tries < codes.TRIES
            assert not any(code is x for x in opened)
            opened.append(code)


@given(deeds)
def test_exhausted_stays_exhausted_until_another_is_sent(story: list[str]) -> None:
    closed: list[Sent] = []
    for deed, code, _, found in played(story):
        if any(code is x for x in closed):
            # Whoever has the code itself is told that it was used, as before.
            used = deed == "right" and code.used_at is not None
            assert found is (CodeCheck.USED if used else CodeCheck.EXHAUSTED)
        if found is CodeCheck.EXHAUSTED:
            closed.append(code)
        assert code.tries <= codes.TRIES


@given(
    now=st.datetimes(timezones=st.just(UTC)),
    expires_at=st.datetimes(timezones=st.just(UTC)),
    used_at=moments,
    superseded_at=moments,
    tries=st.integers(0, 10),
)
def test_a_wrong_try_is_answered_without_looking_at_the_codes_fate(
    now: datetime,
    expires_at: datetime,
    used_at: datetime | None,
    superseded_at: datetime | None,
    tries: int,
) -> None:
    told = state_of(
        now=now, expires_at=expires_at, used_at=used_at, superseded_at=superseded_at, tries=tries, right=False
    )
    fresh = state_of(
        now=now, expires_at=expires_at, used_at=None, superseded_at=None, tries=tries, right=False
    )
    assert told is fresh


@given(st.text(max_size=40))
def test_any_text_has_digits_and_a_digest(text: str) -> None:
    digits = code_digits(text)
    assert code_digits(digits) == digits
    assert digits == "" or digits.isdecimal()
    assert digest(b"k", "code", text) == digest(b"k", "code", text) != digest(b"other", "code", text)
