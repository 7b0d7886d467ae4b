"""Billing periods: calendar months in the supplier's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cabinet.domain.errors import InputError

_PERIOD = re.compile(r"(\d{4})-(\d{2})")
_MONTHS = 12


class PeriodMalformed(InputError):
    """Not a month as YYYY-MM."""

    code = "period.malformed"


@dataclass(frozen=True, order=True, slots=True)
class BillingPeriod:
    """Расчётный месяц."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """«2026-10».

        Raises:
            PeriodMalformed: anything else, and months that do not exist.
        """
        found = _PERIOD.fullmatch(text)
        if not found or not text.isascii() or not 1 <= int(found[2]) <= _MONTHS:
            raise PeriodMalformed
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that holds the day."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> "BillingPeriod":
        """The period so many months later (or earlier)."""
        index = self.year * _MONTHS + self.month - 1 + months
        return BillingPeriod(index // _MONTHS, index % _MONTHS + 1)

    def months_since(self, earlier: "BillingPeriod") -> int:
        """How many months after that one it is."""
        return (self.year - earlier.year) * _MONTHS + self.month - earlier.month

    def nearest(self, day: date) -> date:
        """The day of the period that is nearest to a day: the day itself, the first one, the last one."""
        last = self.plus(1).first_day - timedelta(days=1)
        return min(max(day, self.first_day), last)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def local_day(at: datetime, zone: str) -> date:
    """The calendar day in a supplier's zone."""
    return at.astimezone(ZoneInfo(zone)).date()
