"""Rows that generic components draw: frozen, of strings and small numbers, safe to send to a browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SummaryRow:
    """A fact: its name, its value and, when it may be changed, the address where."""

    label: str
    value: str
    href: str = ""
