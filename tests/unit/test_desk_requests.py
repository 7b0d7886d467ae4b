"""The clock of the queue."""

import pytest

from cabinet.texts import desk_requests as texts

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "только что"),
        (MINUTE - 1, "только что"),
        (MINUTE, "ждёт 1 мин"),
        (HOUR - 1, "ждёт 59 мин"),
        (HOUR, "ждёт 1 ч 00 мин"),
        (2 * HOUR + 5 * MINUTE, "ждёт 2 ч 05 мин"),
        (DAY - 1, "ждёт 23 ч 59 мин"),
        (DAY, "ждёт 1 дн. 0 ч"),
        (40 * DAY + 23 * HOUR, "ждёт 40 дн. 23 ч"),
    ],
)
def test_a_wait_is_told_by_its_largest_units(seconds: int, words: str) -> None:
    assert texts.waits(seconds) == words
