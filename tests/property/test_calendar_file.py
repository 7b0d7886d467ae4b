import re
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from cabinet.domain.calendar_file import MonthlyEvent

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=200)


def read(ics: str) -> dict[str, str]:
    """The event's properties as a calendar reads them: lines unfolded, texts unescaped."""
    lines = ics.replace("\r\n ", "").split("\r\n")
    event = lines[lines.index("BEGIN:VEVENT") : lines.index("BEGIN:VALARM")]
    pairs = (line.split(":", 1) for line in event)
    return {name: re.sub(r"\\(.)", lambda x: "\n" if x[1] == "n" else x[1], value) for name, value in pairs}


@given(texts, texts)
def test_any_words_are_read_back_whole(summary: str, description: str) -> None:
    event = MonthlyEvent("1@example.ru", date(2026, 12, 15), 15, summary, description, "https://example.ru/")
    found = read(event.to_ics(NOW))
    assert (found["SUMMARY"], found["DESCRIPTION"]) == (summary, description)


@given(texts, st.integers(1, 31))
def test_lines_are_short_end_as_they_must_and_cut_no_character(summary: str, day: int) -> None:
    ics = MonthlyEvent("1@example.ru", date(2026, 12, 1), day, summary, "", "https://example.ru/").to_ics(NOW)
    assert ics.endswith("END:VCALENDAR\r\n")
    lines = ics.encode().split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines[:-1])
