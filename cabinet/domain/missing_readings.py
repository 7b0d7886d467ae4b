"""What is charged for a month without a reading (Постановление № 549, п. 31).

The average of the last year, or of the shorter span that there is, for at most three months in a row;
then the norm, until readings come again.
"""

from collections.abc import Collection, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

from cabinet.domain.charges import ChargeLine, ChargeMethod, Service
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import Volume

AVERAGE_MONTHS: Final = 3
_YEAR: Final = 12
# The bill of a month is out in the next one: the newest charge is of the last month or the one before.
_LATEST: Final = 2


def method_without_reading(
    lines: Iterable[ChargeLine], read: Collection[BillingPeriod], period: BillingPeriod
) -> ChargeMethod | None:
    """How a period is charged that gets no reading; None when what is stored does not tell.

    Args:
        lines: the account's charges, at least of the last four months.
        read: the periods in which an actual reading was counted, charged yet or not.
        period: the period that is asked for; neither it nor a later one has been charged.
    """
    charged = {x.period: x.method for x in lines if x.service is Service.GAS}
    newest = max(charged, default=None)
    if newest is None or not period.plus(-_LATEST) <= newest < period:
        return None
    for back in range(1, AVERAGE_MONTHS + 1):
        month = period.plus(-back)
        silent = month > newest and month not in read
        method = charged.get(month, ChargeMethod.AVERAGE if silent else ChargeMethod.METERED)
        if method is ChargeMethod.METERED:
            return ChargeMethod.AVERAGE
        if method is ChargeMethod.NORM:
            return ChargeMethod.NORM
    return ChargeMethod.NORM


def average_volume(lines: Iterable[ChargeLine]) -> Volume | None:
    """m³ a month by the meter, over the year that ends with the newest metered charge, or what there is of it.

    A charge that goes on where the last metered one ended counts for all the months since then.
    None without a metered charge.
    """
    metered = [x for x in lines if x.service is Service.GAS and x.method is ChargeMethod.METERED]
    metered.sort(key=lambda x: x.period)
    if not metered:
        return None
    since = metered[-1].period.plus(1 - _YEAR)
    year = [(line, months) for line, months in _spans(metered) if line.period >= since]
    total = sum((line.volume.cubic_metres for line, _ in year), Decimal(0))
    average = total / sum(months for _, months in year)
    return Volume(average.quantize(Decimal("0.001"), ROUND_HALF_UP))


def _spans(metered: list[ChargeLine]) -> Iterator[tuple[ChargeLine, int]]:
    """Each metered charge, the oldest first, with the number of months that its volume is of."""
    yield metered[0], 1
    for before, line in pairwise(metered):
        goes_on = line.reading_from is not None and line.reading_from == before.reading_to
        yield line, line.period.months_since(before.period) if goes_on else 1
