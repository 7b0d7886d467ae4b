"""What `make bench` measures; each `bench_*.py` has `run() -> list[Row]`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, the number with its unit, the goal, and whether it is met."""

    name: str
    measured: str
    goal: str
    ok: bool
