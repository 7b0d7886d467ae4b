"""What practice worlds cost, and what the training adds to a page that does not use it."""

import gzip
import re
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import Row
from cabinet.domain.permissions import Visitor
from cabinet.domain.practice import Start
from cabinet.persistence.migrations import migrate
from cabinet.practice import LIFETIME, PracticeWorlds
from cabinet.serve import tune_garbage_collection
from cabinet.services.practice import count_world
from cabinet.ui import layout
from scripts import build
from tests.fakes import World, make_world

WORLDS = 1000
COST, ADDED = 50, 10_000  # milliseconds, bytes
DEVICE = Visitor("a device", "192.0.2.7")
_OURS = re.compile(r"lesson|practice|training|coach", re.IGNORECASE)
_ASKED = re.compile(r"""(?:src|href)=["'][^"']*training\.(?:js|css)""")
_RULE = re.compile(r"[^{}]+\{[^{}]*\}")


def run() -> list[Row]:
    """A thousand worlds begun, entered and swept; then the bytes."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'real.db'}"
        migrate(url)
        world = make_world(url, folder)
        begun, swept, left = measured(world, folder / "practice")
        world.dispose()
    bytes_ = added()
    slow = statistics.quantiles(begun, n=100)[98]
    return [
        Row(f"a practice world, median of {WORLDS}", f"{statistics.median(begun):.1f} ms", "", ok=True),
        Row("99 % of them cost at most", f"{slow:.1f} ms", f"≤ {COST} ms", ok=slow <= COST),
        Row(f"{WORLDS} worlds swept", f"{swept:.1f} s, {left} left", "none left", ok=left == 0),
        Row(
            "what a page loads of the training that does not use it, gzip",
            f"{bytes_ / 1000:.1f} kB",
            f"≤ {ADDED // 1000} kB",
            ok=bytes_ <= ADDED,
        ),
    ]


def measured(world: World, folder: Path) -> tuple[list[float], float, int]:
    """Milliseconds of each beginning, counted and of all starts in turn; seconds of the sweep; folders that it left."""
    worlds = PracticeWorlds(folder, world.deps)
    tune_garbage_collection()  # as where the portal is served
    starts = list(Start)
    for start in starts:
        worlds.end(worlds.begin(start, DEVICE))  # its template is made once a month
    begun = []
    for number in range(WORLDS):
        visitor = Visitor("a device", f"192.0.2.{number % 200}")
        before = time.perf_counter()
        count_world(world.deps, visitor)
        token = worlds.begin(starts[number % len(starts)], visitor)
        begun.append(1000 * (time.perf_counter() - before))
        worlds.visit(token, visitor)
    world.clock.move(seconds=LIFETIME.total_seconds() + 1)
    before = time.perf_counter()
    worlds.sweep()
    swept = time.perf_counter() - before
    worlds.close()
    return begun, swept, len(list(folder.glob("*/")))


def added() -> int:
    """An upper bound: every piece squeezed by itself, though a page squeezes it among its like.

    The coach's own files must not be asked for by any page.
    """
    build.build()
    folder = build.current_build()
    assert folder
    for page in folder.rglob("index.html"):
        assert not _ASKED.search(page.read_text()), page
    styles = "".join(
        path.read_text() for path in Path("assets/styles").glob("*.css") if path.stem != "training"
    )
    rules = [rule for rule in _RULE.findall(styles) if _OURS.search(rule)]
    script = [line for line in Path("assets/cabinet.js").read_text().splitlines() if _OURS.search(line)]
    markup = str(layout.practice_band()) + str(layout.lesson_button("reading.together.1"))
    return sum(len(gzip.compress(text.encode(), 9)) for text in ("".join(rules), "\n".join(script), markup))
