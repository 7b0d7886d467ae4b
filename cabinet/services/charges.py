"""Charges month by month, each line with its inputs and formula."""

from dataclasses import dataclass
from itertools import groupby

from cabinet.domain.charges import ChargeLine, ChargeMethod, Service
from cabinet.domain.money import ZERO, Money
from cabinet.domain.period import BillingPeriod
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.services.deps import Deps
from cabinet.texts import amounts, dates
from cabinet.texts import charges as words


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One service of a month: what was charged and why so much.

    Attributes:
        estimated: not by the meter: hatched in the chart, said in words.
        steps: the lines of «Почему столько?», each a name and a value.
    """

    service: str
    method: str
    estimated: bool
    formula: str
    source: str
    steps: list[list[str]]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month: charged, paid, owed at its end; and its lines."""

    period: str
    name: str
    charged: str
    paid: str
    closing: str
    lines: list[ChargeRow]


@dataclass(frozen=True, slots=True)
class BarRow:
    """One month of a bar chart.

    Attributes:
        month: its short name under the bar («окт»).
        title: its full name in the table («октябрь 2026»).
        height: the bar, 0–100 of the chart's height.
        last_year: the tick of the same month a year ago, 0–100; -1 = unknown.
        value: the figure in words («43 м³»).
        last_value: the figure a year ago, «—» when unknown.
        estimated: charged by average or norm, drawn hatched.
    """

    month: str
    title: str
    height: int
    last_year: int
    value: str
    last_value: str = "—"
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class ChargesRow:
    """The page of charges."""

    account_id: str
    months: list[MonthRow]
    bars: list[BarRow]


def get_charges(deps: Deps, actor: Actor, account_id: int) -> ChargesRow:
    """The account's charges, newest month first.

    Raises:
        NotFound: not the actor's account.
        ExtendedAccessNeeded: basic access can only pay.
    """
    actor.require(Permission.CHARGES_VIEW)
    with deps.snapshot() as tx:
        tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        lines = tx.charges.list_recent(account_id)
    months = [_month(period, list(group)) for period, group in groupby(lines, key=lambda x: x.period)]
    return ChargesRow(str(account_id), months, bars(lines, 12))


def _month(period: BillingPeriod, lines: list[ChargeLine]) -> MonthRow:
    charged = sum((x.amount + x.recalculation + x.penalty for x in lines), ZERO)
    return MonthRow(
        period=str(period),
        name=dates.month(period.year, period.month).capitalize(),
        charged=amounts.roubles(charged),
        paid=amounts.roubles(sum((x.paid for x in lines), ZERO)),
        closing=amounts.balance(sum((x.closing for x in lines), ZERO)),
        lines=[_line(x) for x in lines],
    )


def _line(line: ChargeLine) -> ChargeRow:
    return ChargeRow(
        service=words.service(line.service),
        method=words.method(line.method),
        estimated=line.method is not ChargeMethod.METERED,
        formula=words.formula(line.volume, line.price, amounts.roubles(line.amount)),
        source=words.legal_source(line.method),
        steps=[[name, value] for name, value in _steps(line)],
    )


def _steps(line: ChargeLine) -> list[tuple[str, str]]:
    steps = [(words.OPENING, amounts.balance(line.opening))]
    if line.reading_from is not None and line.reading_to is not None:
        steps.append((words.READINGS, words.dial_step(line.reading_from, line.reading_to, line.coefficient)))
    steps += [(words.VOLUME, f"{line.volume} м³"), (words.CHARGED, amounts.roubles(line.amount))]
    steps += [(name, amounts.roubles(sum_)) for name, sum_ in _extras(line) if sum_]
    return [*steps, (words.PAID, amounts.roubles(line.paid)), (words.CLOSING, amounts.balance(line.closing))]


def _extras(line: ChargeLine) -> list[tuple[str, Money]]:
    return [(words.RECALCULATION, line.recalculation), (words.PENALTY, line.penalty)]


def bars(lines: list[ChargeLine], months: int) -> list[BarRow]:
    """The newest months, oldest first; heights in percent of the highest of both years."""
    gas = {x.period: x for x in lines if x.service is Service.GAS}
    shown = sorted(gas)[-months:]
    both = [gas[x] for p in shown for x in (p, p.plus(-12)) if x in gas]
    highest = max((x.volume.cubic_metres for x in both), default=None) or 1

    def height(period: BillingPeriod) -> int:
        return round(100 * gas[period].volume.cubic_metres / highest) if period in gas else -1

    def volume(period: BillingPeriod) -> str:
        return f"{gas[period].volume} м³" if period in gas else "—"

    return [
        BarRow(
            month=dates.month_short(p.month),
            title=dates.month(p.year, p.month),
            height=height(p),
            last_year=height(p.plus(-12)),
            value=volume(p),
            last_value=volume(p.plus(-12)),
            estimated=gas[p].method is not ChargeMethod.METERED,
        )
        for p in shown
    ]
