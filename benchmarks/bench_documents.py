"""Does anybody else notice that hostile files are being sent? A served portal's p95 without and with them.

`python -m benchmarks documents`: four senders from addresses and browsers of their own send every hostile file of the suite,
bombs among them, one after another; meanwhile somebody honest asks for a page and for what needs the database, in turn.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

import httpx

from benchmarks import Row
from cabinet.api.documents import DOCUMENTS
from scripts import build
from tests import hostile_files
from tests.e2e.portal import Portal, serving

SENDERS = 4
SECONDS = 20.0
PAUSE = 0.02
GOAL = 300  # milliseconds, as under any load
OF_ONE_BROWSER, OF_ONE_ADDRESS = 20, 60  # files an hour: whoever sends more is someone else
ASKED = ("/login", "/api/health/ready")


def client(portal: Portal, address: str) -> httpx.Client:
    """Somebody at one of this machine's own addresses."""
    port = portal.url.rpartition(":")[2]
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}",
        headers={"host": f"localhost:{port}", "origin": portal.url},
        transport=httpx.HTTPTransport(local_address=address),
        timeout=60,
    )


def p95(portal: Portal) -> float:
    """Milliseconds of whoever only asks, for `SECONDS`."""
    taken, end = [], time.monotonic() + SECONDS
    with client(portal, "127.0.0.2") as honest:
        for path in cycle(ASKED):
            if time.monotonic() > end:
                break
            began = time.perf_counter()
            honest.get(path).raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)
            time.sleep(PAUSE)
    return statistics.quantiles(taken, n=20)[-1]


def browsers(sender: int) -> Iterator[tuple[str, str, int]]:
    """An address, a browser there and how many files it may send, as often as they are needed."""
    for n in range(10_000):
        place = n * OF_ONE_BROWSER // OF_ONE_ADDRESS
        yield f"127.{sender + 1}.{place // 200}.{place % 200 + 1}", f"bench-{sender}-{n}", OF_ONE_BROWSER


def send(portal: Portal, sender: int, files: list[tuple[str, bytes]], over: threading.Event) -> list[int]:
    """What became of one sender's files, by status; it goes on until it is over."""
    statuses: list[int] = []
    waiting = cycle(files[sender:] + files[:sender])
    for address, device, most in browsers(sender):
        with client(portal, address) as hostile:
            hostile.cookies.set("device", device)
            for name, data in islice(waiting, most):
                if over.is_set():
                    return statuses
                answer = hostile.post(DOCUMENTS, content=data, headers={"x-file-name": quote(name)})
                statuses.append(answer.status_code)
    return statuses


def run() -> list[Row]:
    """Both figures, and how many files were opened or refused meanwhile."""
    build.build()
    files = [(file.name, file.make()) for file in hostile_files.files()]
    over = threading.Event()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as portal:
        quiet = p95(portal)
        with ThreadPoolExecutor(SENDERS) as pool:
            sending = [pool.submit(send, portal, n, files, over) for n in range(SENDERS)]
            busy = p95(portal)
            over.set()
            statuses = [status for one in sending for status in one.result()]
    broken = [x for x in statuses if x >= 500]
    limited = statuses.count(429)
    name = f"p95 of others while {SENDERS} send hostile files ({len(statuses)} files, {limited} told to wait)"
    return [
        Row(name, f"{busy:.0f} ms, {quiet:.0f} ms without", f"≤ {GOAL} ms", ok=busy <= GOAL and not broken)
    ]
