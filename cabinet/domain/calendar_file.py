"""An all-day event of every month as a file for the telephone's calendar (RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

_LINE: Final = 75  # octets
_SHORTEST_MONTH: Final = 28
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class MonthlyEvent:
    """What comes round every month.

    Attributes:
        uid: the same for the same event, so that a file that is opened twice makes one.
        first_on: the first day of it; a date of the supplier's calendar, which is nobody's instant.
        month_day: of every month, or its last day where that is shorter.
    """

    uid: str
    first_on: date
    month_day: int
    summary: str
    description: str
    url: str

    def to_ics(self, now: datetime) -> str:
        """The file; it reminds at ten in the morning of the day, wherever the telephone is."""
        lines = (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//cabinet//readings//RU",
            "BEGIN:VEVENT",
            f"UID:{_escaped(self.uid)}",
            f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{self.first_on:%Y%m%d}",
            f"RRULE:FREQ=MONTHLY;{_by_day(self.month_day)}",
            f"SUMMARY:{_escaped(self.summary)}",
            f"DESCRIPTION:{_escaped(self.description)}",
            f"URL:{self.url}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:PT10H",
            f"DESCRIPTION:{_escaped(self.summary)}",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
        )
        return "".join(f"{_folded(line)}\r\n" for line in lines)


def _by_day(month_day: int) -> str:
    """A rule skips the months that lack its day (RFC 5545, 3.3.10): the last of the days that may be it does not."""
    if month_day <= _SHORTEST_MONTH:
        return f"BYMONTHDAY={month_day}"
    return f"BYMONTHDAY={','.join(str(x) for x in range(_SHORTEST_MONTH, month_day + 1))};BYSETPOS=-1"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _folded(line: str) -> str:
    """Lines of 75 octets at most; what goes on begins with a space. No character is cut."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += octets
    return "\r\n".join(pieces)
