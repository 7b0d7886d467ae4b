"""`python -m benchmarks [NAME …]`: every benchmark, or the named ones, and one table at the end."""

import importlib
import pkgutil
import sys
import time

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks import Row


def names() -> list[str]:
    """The modules to run: `lighthouse` for benchmarks/bench_lighthouse.py."""
    found = sorted(
        m.name.removeprefix("bench_")
        for m in pkgutil.iter_modules(benchmarks.__path__)
        if m.name[:6] == "bench_"
    )
    asked = sys.argv[1:]
    if unknown := set(asked) - set(found):
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(found)}")
    return asked or found


def measure(name: str) -> list[Row]:
    """One benchmark's rows; one that breaks is a row of its own."""
    started = time.monotonic()
    print(f"{name} …", flush=True)
    module = importlib.import_module(f"benchmarks.bench_{name}")
    try:
        rows: list[Row] = module.run()
    except Exception as exc:  # noqa: BLE001, the others still run
        rows = [Row(name, f"{type(exc).__name__}: {exc}", "runs", ok=False)]
    print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    return rows


def main() -> None:
    """Prints the table; a goal that is missed is marked, and is no failure: machines differ."""
    rows = [row for name in names() for row in measure(name)]
    table = Table("What", "Measured", "Goal", "", show_edge=False)
    for row in rows:
        table.add_row(
            row.name, row.measured, row.goal, "ok" if row.ok else "MISSED", style="" if row.ok else "bold"
        )
    Console(width=120 if not sys.stdout.isatty() else None).print(table)


if __name__ == "__main__":
    main()
