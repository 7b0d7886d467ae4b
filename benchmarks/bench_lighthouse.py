"""Lighthouse's mobile profile of the sign-in page, with the system's Chromium.

Scores come from its simulated throttling, as everybody quotes them; times from throttling that is applied.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import Row
from scripts import build, test_needs
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.portal import serving

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
RUNS = 3
GOALS = {"performance": 95, "accessibility": 100, "best-practices": 100}
TIMES = {"first-contentful-paint": 1.8, "largest-contentful-paint": 2.0, "total-blocking-time": 0.15}
LAYOUT_SHIFT = 0.02


def install() -> None:
    """Lighthouse from the npm registry, as pinned in bun.lock; nothing to do the second time."""
    words = [BIN / "bun", "install", "--frozen-lockfile", "--ignore-scripts", "--silent"]
    subprocess.run(words, cwd=HERE, check=True)


def lighthouse(url: str, throttling: str) -> dict[str, Any]:
    """One report; `throttling` is `simulate` or `devtools`."""
    flags = " ".join(["--headless", *ARGUMENTS])
    words = [BIN / "node", HERE / "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json"]
    words += [
        f"--chrome-flags={flags}",
        f"--only-categories={','.join(GOALS)}",
        f"--throttling-method={throttling}",
    ]
    environment = {**os.environ, "CHROME_PATH": test_needs.find_browser() or ""}
    done = subprocess.run(words, env=environment, check=True, capture_output=True, timeout=180)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def run() -> list[Row]:
    """The medians of three runs."""
    install()
    build.build()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), demo=False) as portal:
        page = f"{portal.url}/login"
        simulated = [lighthouse(page, "simulate") for _ in range(RUNS)]
        applied = [lighthouse(page, "devtools") for _ in range(RUNS)]
    return [*(score(simulated, name, goal) for name, goal in GOALS.items()), *times(applied)]


def score(reports: list[dict[str, Any]], name: str, goal: int) -> Row:
    """A category's score of 100."""
    value = statistics.median(100 * (report["categories"][name]["score"] or 0) for report in reports)
    return Row(f"/login, Lighthouse mobile: {name}", f"{value:.0f}", f"≥ {goal}", ok=value >= goal)


def times(reports: list[dict[str, Any]]) -> list[Row]:
    """Seconds on slow 4G and a quarter of the CPU, and how much the layout moved."""

    def median(name: str) -> float:
        return float(statistics.median(report["audits"][name]["numericValue"] for report in reports))

    rows = []
    for name, goal in TIMES.items():
        seconds = median(name) / 1000
        rows.append(Row(f"/login, {name}", f"{seconds:.2f} s", f"≤ {goal} s", ok=seconds <= goal))
    shift = median("cumulative-layout-shift")
    return [
        *rows,
        Row("/login, cumulative-layout-shift", f"{shift:.3f}", f"≤ {LAYOUT_SHIFT}", ok=shift <= LAYOUT_SHIFT),
    ]
