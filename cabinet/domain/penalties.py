"""What lateness costs (пени): Жилищный кодекс РФ, ст. 155, ч. 14."""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from cabinet.domain.money import ZERO, Money

_FREE_DAYS: Final = 30
_MILD_DAYS: Final = 90
_MILD: Final = 300
_FULL: Final = 130


def yearly_rate(key_rate: Decimal, cap: Decimal) -> Decimal:
    """The rate that penalties go by, both as shares of one (0.095 is 9.5 %).

    The cap is a dated value: 9.5 % until 01.01.2027.
    """
    return min(key_rate, cap)


def penalty(debt: Money, days_late: int, rate: Decimal) -> Money:
    """What an unpaid debt has cost in all, rounded half up once.

    Args:
        debt: what was due and is not paid; an overpayment costs nothing.
        days_late: days after the day by which it was due.
        rate: by `yearly_rate`.

    Nothing for the first 30 days, 1/300 of the rate for each of the days 31–90, 1/130 from the 91st.
    """
    if debt <= ZERO:
        return ZERO
    mild = max(0, min(days_late, _MILD_DAYS) - _FREE_DAYS)
    full = max(0, days_late - _MILD_DAYS)
    days = Fraction(mild, _MILD) + Fraction(full, _FULL)
    kopecks = debt.kopecks * Fraction(rate) * days
    return Money(int(kopecks + Fraction(1, 2)))
