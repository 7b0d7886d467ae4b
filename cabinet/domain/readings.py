"""Readings of a meter: the window, what may follow what, and what one means in cubic metres."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import InputError
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import DialValue

UNUSUAL_TIMES: Final = 3


class ReadingKind(StrEnum):
    """Where a value comes from, never mixed in what is shown."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"
    CONTROL = "control"


class ReadingSource(StrEnum):
    """By which way it came in."""

    WEB = "web"
    REGISTER = "register"


class DialFall(StrEnum):
    """Why a dial shows less than before, as its subscriber declares."""

    ROLLOVER = "rollover"
    REPLACED = "replaced"


class ReadingBelowPrevious(InputError):
    """Lower than the previous actual one, and nobody said why; facts `previous`, as on the dial."""

    code = "reading.below_previous"
    field = "value"


class ReadingTooLarge(InputError):
    """More than any subscriber burns; facts `volume`, `most` in m³."""

    code = "reading.too_large"
    field = "value"


class ReadingUnusual(InputError):
    """More than three times the usual: to be confirmed, not refused; facts `volume`, `usual`."""

    code = "reading.unusual"
    field = "value"


class ReadingUncancellable(InputError):
    """Its billing period is closed, the supplier has it already, or it was not sent from here."""

    code = "reading.uncancellable"


@dataclass(frozen=True, slots=True)
class ReadingWindow:
    """Days of a month in which readings are taken; may span a month's end (25–3)."""

    from_day: int
    to_day: int

    def is_open(self, day: date) -> bool:
        """Whether a reading taken on that day is counted in its window."""
        if self.from_day <= self.to_day:
            return self.from_day <= day.day <= self.to_day
        return day.day >= self.from_day or day.day <= self.to_day

    def opens_on(self, day: date) -> date:
        """The first day of the window from that day on."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def next_opening(self, day: date) -> date:
        """The next `from_day` after that day, or the last one of a shorter month."""
        month = BillingPeriod.of(day)
        this = _day_in(month, self.from_day)
        return this if this > day else _day_in(month.plus(1), self.from_day)

    def is_over(self, day: date) -> bool:
        """Whether the month's own window has closed already: a reading sent on that day is the next month's."""
        return self.period_for(day) > BillingPeriod.of(day)

    def closes_on(self, day: date) -> date:
        """The last day of the window that is open on that day."""
        month = BillingPeriod.of(day)
        if day.day > self.to_day:
            month = month.plus(1)
        return _day_in(month, self.to_day)

    def period_for(self, day: date) -> BillingPeriod:
        """The billing period in which a reading sent on that day is counted.

        A window that spans a month's end belongs to the month it opens in. After it closes, the
        reading is counted in the next one (the supplier's rule).
        """
        month = BillingPeriod.of(day)
        if self.from_day > self.to_day:
            return month.plus(-1) if day.day <= self.to_day else month
        return month.plus(1) if day.day > self.to_day else month


def _day_in(month: BillingPeriod, day: int) -> date:
    return date(month.year, month.month, min(day, monthrange(month.year, month.month)[1]))


@dataclass(frozen=True, slots=True)
class Dial:
    """What is known of a meter's dial before a new reading."""

    capacity: int
    previous: DialValue | None

    def fallen(self, value: DialValue) -> bool:
        """Whether it shows less than before."""
        return self.previous is not None and value < self.previous

    def went_on(self, value: DialValue, fall: DialFall | None = None) -> int | None:
        """Cubic metres since the previous reading; None where a count begins: the first value, another meter's."""
        if self.previous is None or (self.fallen(value) and fall is not DialFall.ROLLOVER):
            return None
        return value.since(self.previous, self.capacity)

    def consumption(self, value: DialValue, most: int, fall: DialFall | None = None) -> int | None:
        """What it `went_on` by, when that can be; zero is a valid reading.

        A dial goes over its end, or is another meter's, only when the subscriber says so: `fall`.

        Raises:
            ReadingBelowPrevious: lower than the previous actual one, and no `fall` declared.
            ReadingTooLarge: more than the supplier's maximum consumption, `most` m³.
        """
        if self.previous is not None and self.fallen(value) and fall is None:
            raise ReadingBelowPrevious(previous=self.previous.shown(self.capacity))
        volume = self.went_on(value, fall)
        if volume is not None and volume > most:
            raise ReadingTooLarge(volume=volume, most=most)
        return volume


def is_unusual(volume: int, usual: int) -> bool:
    """Whether to ask «точно столько?»: more than three times the usual month, and not a trifle."""
    return usual > 0 and volume > UNUSUAL_TIMES * usual
