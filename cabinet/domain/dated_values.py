"""Values of a supplier that hold from a day on: which one holds where and when.

A calculation takes the value that held in its billing period, never today's. Half-years are no rows of
their own: the temperature coefficient of a half-year is a row that begins on its first day.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

EVERYWHERE = ""


class DatedValue(StrEnum):
    """What holds from a day on: norms of a month, and the temperature coefficient `k`."""

    NORM_STOVE = "norm_stove"  # m³ for each person
    NORM_STOVE_HEATER = "norm_stove_heater"  # m³ for each person
    NORM_HEATING = "norm_heating"  # m³ for each m²
    COEFFICIENT = "coefficient"


class Dated(Protocol):
    """A row that holds from a day on."""

    @property
    def region(self) -> str:
        """Where, as the register of accounts writes it; `EVERYWHERE` where no other row is for."""
        ...

    @property
    def valid_from(self) -> date:
        """Since when."""
        ...


D = TypeVar("D", bound=Dated)


def holding(rows: Iterable[D], region: str, day: date) -> D | None:
    """Which of one kind's rows holds in a region on a day: the last that has begun.

    A row of the region itself goes before those of everywhere, however old it is; a region that is
    not known, "", has those of everywhere only.
    """
    begun = (x for x in rows if x.valid_from <= day and x.region in (region, EVERYWHERE))
    return max(begun, key=lambda x: (x.region != EVERYWHERE, x.valid_from), default=None)
