"""A first visit of the sign-in page on a slow telephone: 150 ms, 1.6 Mbit/s, a quarter of the CPU."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import Row
from benchmarks.slow_line import slow_line
from scripts import build, test_needs
from tests.e2e.conftest import ARGUMENTS, PHONE
from tests.e2e.portal import serving
from tests.processes import free_port

RUNS = 5
PAINT, LIVE = 1.0, 2.2  # seconds
WATCH = """
window.marks = {};
new PerformanceObserver(list => { for (const e of list.getEntries()) window.marks[e.name] = e.startTime; })
  .observe({type: 'paint', buffered: true});
new MutationObserver(() => {
  if (!window.marks.live && document.querySelector('[data-connection][data-live="1"]')) window.marks.live = performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


def visit(browser: Browser, url: str) -> tuple[float, float]:
    """Seconds to the first words, and to a page that answers with data."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function("marks.live && marks['first-contentful-paint']")
    marks = page.evaluate("marks")
    context.close()
    return marks["first-contentful-paint"] / 1000, marks["live"] / 1000


def run() -> list[Row]:
    """The medians of five first visits."""
    build.build()
    own = free_port()
    url = f"http://127.0.0.1:{own}"
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), demo=False, public=url) as portal,
        slow_line(int(portal.url.rpartition(":")[2]), own),
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=test_needs.find_browser(), args=ARGUMENTS)
        seen = [visit(browser, f"{url}/login") for _ in range(RUNS)]
        browser.close()
    paint, live = (statistics.median(times) for times in zip(*seen, strict=True))
    return [
        Row("slow telephone, /login: first words", f"{paint:.2f} s", f"≤ {PAINT} s", ok=paint <= PAINT),
        Row("slow telephone, /login: live", f"{live:.2f} s", f"≤ {LIVE} s", ok=live <= LIVE),
    ]
