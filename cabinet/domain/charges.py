"""What gas costs. Rounding to kopecks happens here and nowhere else."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from cabinet.domain.money import Money
from cabinet.domain.period import BillingPeriod
from cabinet.domain.volume import Volume


class Service(StrEnum):
    """What is charged for."""

    GAS = "gas"
    MAINTENANCE = "maintenance"


class ChargeMethod(StrEnum):
    """How the volume was found (Постановление № 549, п. 25–34)."""

    METERED = "metered"
    AVERAGE = "average"
    NORM = "norm"


class Usage(StrEnum):
    """What the gas is burnt in; prices and norms go by it."""

    STOVE = "stove"
    STOVE_HEATER = "stove_heater"
    HEATING = "heating"


def counted_volume(cubic_metres: int, coefficient: Decimal) -> Volume:
    """What the dial went on by, in m³, brought to standard conditions by `k`: rounded half up to three decimals."""
    return Volume((cubic_metres * coefficient).quantize(Decimal("0.001"), ROUND_HALF_UP))


def amount_for(volume: Volume, price: Decimal) -> Money:
    """Roubles for a volume at a price per m³, rounded half up to kopecks."""
    return Money.from_roubles(volume.cubic_metres * price)


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One month of one service, as the supplier charged it."""

    period: BillingPeriod
    service: Service
    method: ChargeMethod
    reading_from: int | None
    reading_to: int | None
    coefficient: Decimal
    volume: Volume
    price: Decimal
    amount: Money
    recalculation: Money
    penalty: Money
    opening: Money
    paid: Money
    closing: Money

    @property
    def balances(self) -> bool:
        """Closing = opening + amount + penalty + recalculation − paid."""
        due = self.opening + self.amount + self.penalty + self.recalculation - self.paid
        return due == self.closing


def due_on(period: BillingPeriod, due_day: int) -> date:
    """The day by which a period's bill is to be paid: `due_day` of the month after, or its last day."""
    following = period.plus(1)
    return date(following.year, following.month, min(due_day, monthrange(following.year, following.month)[1]))
