"""The practice world of the training: who lives there, and how a lesson finds it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from cabinet.domain.money import ZERO, Money
from cabinet.domain.period import BillingPeriod


class Start(StrEnum):
    """How far its subscriber has come when a lesson begins."""

    NEWCOMER = "newcomer"
    SUPPLIED = "supplied"
    BASIC = "basic"
    ATTACHED = "attached"
    REQUESTED = "requested"
    CONNECTED = "connected"


SUPPLIER: Final = "practice"
ACCOUNT: Final = "370000000017"
SERIAL: Final = "04666666"
LOGIN: Final = "uchenik@example.ru"
PHONE: Final = "+79120000000"
# The day of the month on which the practice world lives: readings are taken, the bill is due.
DAY: Final = 20
USED: Final = 17  # m³ since the last reading
PRICE: Final = Decimal("8.13")
NORM: Final = Decimal(32)  # m³ for each person and month
MONTHS: Final = 24
# Where a real person comes in: nobody registers, confirms or signs in inside a practice world.
WAYS_IN: Final = frozenset({"/register", "/confirm", "/login", "/login/second", "/reset"})
_FIRST_READING: Final = 1_024
# A winter's and a summer's use, m³, beginning with January.
_USE: Final = (31, 29, 26, 21, 16, 12, 11, 11, 14, 19, 25, 30)
# A year earlier the winter was colder.
_COLDER: Final = 4
# In the month before last nobody sent a reading: the lesson about charges shows the average.
_ESTIMATED: Final = -2


@dataclass(frozen=True, slots=True)
class PracticeMonth:
    """A month's charge; each month but the last is paid in the next one."""

    period: BillingPeriod
    estimated: bool
    reading_from: int
    reading_to: int
    amount: Money
    opening: Money

    @property
    def volume_m3(self) -> int:
        """What was used."""
        return self.reading_to - self.reading_from


def is_way_in(path: str) -> bool:
    """Whether the page of a path leads out of practice before it opens."""
    return path.rstrip("/") in WAYS_IN


def months_before(today: date) -> list[PracticeMonth]:
    """The two years that have ended, month by month, the oldest first; the last one is owed."""
    present = BillingPeriod.of(today)
    reading, owed, months = _FIRST_READING, ZERO, []
    for back in range(-MONTHS, 0):
        period = present.plus(back)
        volume = _USE[period.month - 1] + (_COLDER if back < -MONTHS // 2 else 0)
        amount = Money.from_roubles(PRICE * volume)
        months.append(PracticeMonth(period, back == _ESTIMATED, reading, reading + volume, amount, owed))
        reading, owed = reading + volume, amount
    return months


def next_reading(today: date) -> int:
    """What the practice meter shows now, whole m³."""
    return months_before(today)[-1].reading_to + USED
