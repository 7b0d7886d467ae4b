from datetime import UTC, date, datetime

import pytest

from cabinet.domain.calendar_file import MonthlyEvent

EVENT = MonthlyEvent(
    uid="readings-1@cabinet.example.ru",
    first_on=date(2026, 12, 15),
    month_day=15,
    summary="Передать показание газа: дача, «Заря»; 2",
    description="Показания принимают с 15 по 25 число.",
    url="https://cabinet.example.ru/readings?account=1",
)


def test_an_event_is_of_every_month_and_reminds_in_the_morning() -> None:
    lines = EVENT.to_ics(datetime(2026, 11, 20, 8, 0, tzinfo=UTC)).replace("\r\n ", "").split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for line in (
        "DTSTAMP:20261120T080000Z",
        "DTSTART;VALUE=DATE:20261215",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=15",
        r"SUMMARY:Передать показание газа: дача\, «Заря»\; 2",
        "URL:https://cabinet.example.ru/readings?account=1",
        "TRIGGER:PT10H",
    ):
        assert lines.count(line) == 1


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (28, "BYMONTHDAY=28"),
        (29, "BYMONTHDAY=28,29;BYSETPOS=-1"),
        (31, "BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last(day: int, rule: str) -> None:
    event = MonthlyEvent("1", date(2026, 12, day), day, "", "", "")
    assert f"RRULE:FREQ=MONTHLY;{rule}\r\n" in event.to_ics(datetime(2026, 11, 20, tzinfo=UTC))
