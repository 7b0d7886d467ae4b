"""A register by the operator's own command, with its progress bar, on SQLite: how long, and how flat.

`python -m benchmarks register_command`
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import Row
from benchmarks.registers_written import write_accounts
from tests.e2e.portal import ROOT, environment, run_command

ACCOUNTS, FEWER = 100_000, 10_000
MOST_SECONDS, MOST_MORE_MB = 60, 20
BAR = re.compile(r"[\d.]+/[\d.]+ MB")  # Rich draws «━━━ 12.1/38.0 MB»


@dataclass(frozen=True)
class Seen:
    """What a command took: seconds, the most megabytes, and at how many places its bar was drawn."""

    seconds: float
    peak: float
    moves: int


def run() -> list[Row]:
    """A hundred thousand accounts against ten thousand, each into a fresh database."""
    few, many = (imported(accounts) for accounts in (FEWER, ACCOUNTS))
    speed = f"{many.seconds:.1f} s ({ACCOUNTS / many.seconds:.0f} lines/s), bar at {many.moves} places"
    more = many.peak - few.peak
    return [
        Row(
            "register import, 100 000 accounts, SQLite",
            speed,
            f"≤ {MOST_SECONDS} s, with a bar",
            ok=many.seconds <= MOST_SECONDS and many.moves > 1,
        ),
        Row(
            "its peak memory above that of 10 000",
            f"{more:+.0f} MB ({few.peak:.0f} → {many.peak:.0f} MB)",
            f"≤ {MOST_MORE_MB} MB",
            ok=more <= MOST_MORE_MB,
        ),
    ]


def imported(accounts: int) -> Seen:
    """One import on a terminal of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder, url = Path(place), "http://localhost:1"
        file = folder / "accounts.csv"
        write_accounts(file, accounts)
        run_command(folder, url, "migrate")
        run_command(folder, url, "supplier", "add", "bench", "--name", "Bench", "--timezone", "Europe/Samara")
        call = [sys.executable, "-m", "cabinet", "register", "import", "accounts", str(file)]
        return watched([*call, "--supplier", "bench"], environment(folder, url))


def watched(call: list[str], variables: dict[str, str]) -> Seen:
    """Run it on a terminal; its memory is asked for whenever it draws."""
    ours, theirs = pty.openpty()
    began = time.monotonic()
    terminal = {**variables, "TERM": "xterm-256color", "COLUMNS": "120"}
    child = subprocess.Popen(call, cwd=ROOT, env=terminal, stdout=theirs, stderr=theirs)
    os.close(theirs)
    drawn, peak = "", 0.0
    with suppress(OSError):  # so a terminal says that nobody writes to it any more
        while said := os.read(ours, 65_536):
            drawn += said.decode("utf-8", "replace")
            peak = max(peak, peak_mb(child.pid))
    os.close(ours)
    if child.wait():
        raise RuntimeError(drawn[-2000:])
    return Seen(time.monotonic() - began, peak, len(set(BAR.findall(drawn))))


def peak_mb(pid: int) -> float:
    """The most memory that a process has had so far; 0 when it has ended."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0
