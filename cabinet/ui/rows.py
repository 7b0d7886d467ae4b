"""Rows that generic components draw: frozen, of strings and small numbers, safe to send to a browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class SummaryRow:
    """A fact: its name, its value and, when it may be changed, the address where."""

    label: str
    value: str
    href: str = ""
