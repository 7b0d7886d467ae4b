"""What a month of gas will about cost: by the meter, by the average, by the norm.

Price, coefficient and norm are those that hold on a day of the billing period, never today's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cabinet.domain.charges import ChargeLine, ChargeMethod, Usage, amount_for, counted_volume
from cabinet.domain.dated_values import DatedValue
from cabinet.domain.missing_readings import average_volume, method_without_reading
from cabinet.domain.money import Money
from cabinet.domain.norms import NORMS, norm_volume, share_of
from cabinet.domain.period import BillingPeriod
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.meters import Meter
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.texts import amounts
from cabinet.texts import readings as words


@dataclass(frozen=True, slots=True)
class Cost:
    """What will about be charged, and how it was found."""

    amount: Money
    formula: str

    @property
    def in_words(self) -> str:
        """«≈ 118,54 ₽ (14,581 м³ × 8,13 ₽)»."""
        return words.about(amounts.roubles(self.amount), self.formula)

    @property
    def monthly(self) -> str:
        """«≈ 520,32 ₽ в месяц (32 м³ × 2 чел. × 8,13 ₽)»."""
        return words.monthly(amounts.roubles(self.amount), self.formula)


def metered_cost(
    tx: UnitOfWork, account: CustomerAccount, meter: Meter, cubic_metres: int, day: date
) -> Cost | None:
    """Of what the dial went on by, in m³: brought to standard conditions, times the price.

    None where no price holds.
    """
    price = tx.suppliers.find_price(account.supplier_id, account.usage, day)
    if price is None:
        return None
    factor = _coefficient(tx, account, meter, day)
    amount = amount_for(counted_volume(cubic_metres, factor), price)
    return Cost(amount, words.formula(cubic_metres, price, account.usage, factor))


def _coefficient(tx: UnitOfWork, account: CustomerAccount, meter: Meter, day: date) -> Decimal:
    """`k` of the account's region; 1 unless the register tells that the meter does not compensate by itself."""
    if meter.thermo_compensated is not False:
        return Decimal(1)
    found = tx.suppliers.find_value(account.supplier_id, DatedValue.COEFFICIENT, account.region, day)
    return Decimal(1) if found is None else found


def norm_cost(tx: UnitOfWork, account: CustomerAccount, day: date) -> Cost | None:
    """Of a month by the norm; None where no norm or price holds, or the register does not tell enough."""
    usage = next((x for x in Usage if x == account.usage), None)
    share = share_of(usage, account.residents, account.area_m2) if usage else None
    if usage is None or share is None:
        return None
    norm = tx.suppliers.find_value(account.supplier_id, NORMS[usage], account.region, day)
    price = tx.suppliers.find_price(account.supplier_id, usage, day)
    if norm is None or price is None:
        return None
    formula = words.norm_formula(norm, share.number, share.unit, price)
    return Cost(amount_for(norm_volume(norm, share), price), formula)


def norm_instead(norm: Cost | None, metered: Cost | None) -> str:
    """What is charged instead of a reading that does not count, against what the meter says; sums when known."""
    if norm is None:
        return words.norm_instead("", "")
    more = norm.amount - metered.amount if metered else None
    against = words.against_meter(amounts.roubles(abs(more)), amounts.sign(more)) if more is not None else ""
    return words.norm_instead(norm.in_words, against)


def cost_without_reading(
    tx: UnitOfWork, account: CustomerAccount, meter: Meter, period: BillingPeriod, day: date
) -> str:
    """What the account's only meter costs in a period that gets no reading (Постановление № 549, п. 31), in words.

    "" when a reading has come, or what is stored does not tell.
    """
    lines, read = tx.charges.list_recent(account.id or 0), tx.readings.list_read_periods(meter.id or 0)
    method = None if period in read else method_without_reading(lines, read, period)
    if method is ChargeMethod.AVERAGE:
        average = _average_cost(tx, account, lines, day)
        return words.average_without_reading(period.month, average.in_words) if average else ""
    norm = norm_cost(tx, account, day)
    return words.norm_without_reading(period.month, norm.in_words if norm else "") if method else ""


def _average_cost(
    tx: UnitOfWork, account: CustomerAccount, lines: Sequence[ChargeLine], day: date
) -> Cost | None:
    volume = average_volume(lines)
    price = tx.suppliers.find_price(account.supplier_id, account.usage, day)
    if volume is None or price is None:
        return None
    return Cost(amount_for(volume, price), words.formula(volume, price, ""))
