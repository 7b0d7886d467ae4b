"""The second start of `make run`, step by step, the memory of what then serves, and its first byte."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from benchmarks import Row
from scripts import build
from tests.e2e.portal import ROOT, run_command, serving

SECOND_START, MEMORY, FIRST_BYTE = 10, 256, 5  # seconds, MB, milliseconds
ASKED = 200


def seconds(step: Callable[[], object]) -> float:
    """How long a step takes."""
    began = time.monotonic()
    step()
    return time.monotonic() - began


def run() -> list[Row]:
    """The sum of the steps, the memory, the median of first bytes."""
    build.build()
    with tempfile.TemporaryDirectory() as place:
        folder, url = Path(place), "http://localhost:1"
        run_command(folder, url, "migrate")
        run_command(folder, url, "demo", "load")
        checked = seconds(
            lambda: subprocess.run(
                [sys.executable, "scripts/build.py"], cwd=ROOT, check=True, capture_output=True
            )
        )
        migrated = seconds(lambda: run_command(folder, url, "migrate"))
        loaded = seconds(lambda: run_command(folder, url, "demo", "load"))
        began = time.monotonic()
        with serving(folder, demo=False) as portal:
            served = time.monotonic() - began - migrated  # `serving` migrates too
            byte = first_byte(portal.url)
            memory = resident(portal.process.pid)
    whole = checked + migrated + loaded + served
    steps = f"build {checked:.1f}, migrate {migrated:.1f}, demo {loaded:.1f}, serve {served:.1f}"
    return [
        Row(f"second start ({steps})", f"{whole:.1f} s", f"≤ {SECOND_START} s", ok=whole <= SECOND_START),
        Row("memory of the process", f"{memory:.0f} MB", f"≤ {MEMORY} MB", ok=memory <= MEMORY),
        Row("/login, first byte", f"{byte:.1f} ms", f"≤ {FIRST_BYTE} ms", ok=byte <= FIRST_BYTE),
    ]


def first_byte(url: str) -> float:
    """The median of milliseconds to the headers, on one connection."""
    with httpx.Client(base_url=url) as client:
        taken = sorted(seconds(lambda: client.get("/login")) for _ in range(ASKED))
    return 1000 * taken[ASKED // 2]


def resident(pid: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
