"""Two hundred people at their pages and a thousand idle ones; then twenty sign-ins a second beside them."""

import asyncio
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks import Row
from benchmarks.many_sockets import Closed, Socket
from cabinet import container
from cabinet.settings import Settings
from cabinet.texts import errors
from tests.e2e.portal import Portal, serving
from tests.e2e.test_socket_attacks import HOME, LOGIN, SIGN_IN, STATES, Person, join
from tests.factories import ACCOUNT, SERIAL

ACTIVE, IDLE, EACH = 200, 1000, 5.0  # people; seconds between two things that one of them does
SIGN_INS, SECONDS, TRIES = (
    20,
    20.0,
    2,
)  # a second; how long; of one browser, which a third one would be asked for more
CALM, CROWDED = 300, 500  # milliseconds, the 95th percentile
_PEOPLE_BEHIND_ONE: Final = 100
# What a served portal has: dear passwords, and people behind a proxy, so that each guesser has an address of its own.
_SETTINGS: Final = {"CABINET_BCRYPT_COST": "12", "CABINET_TRUSTED_PROXIES": "1"}
_PATIENCE: Final = 20.0  # seconds for an answer that is an error after that
_marks = count()


@dataclass
class Heard:
    """Seconds of each answer, and what went wrong."""

    times: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def p95(self) -> float:
        """Milliseconds."""
        return 1000 * statistics.quantiles(self.times, n=20)[18] if len(self.times) > 1 else float("inf")


def run() -> list[Row]:
    """Both, one after the other, against one served portal."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), more=_SETTINGS) as portal:
        settings = Settings(env="test", data_dir=portal.data_dir, public_url=portal.url, bcrypt_cost=4)
        anna = join(portal, container.build(settings), LOGIN, ACCOUNT, SERIAL)
        calm, crowded, told = asyncio.run(_load(portal, anna))
    asked = sum(told.values())
    return [
        Row(
            f"{ACTIVE} active and {IDLE} idle sockets, p95 of {len(calm.times)} pages",
            f"{calm.p95:.0f} ms, {calm.errors} errors",
            f"≤ {CALM} ms, 0 errors",
            ok=calm.p95 <= CALM and not calm.errors,
        ),
        Row(
            f"the same while {asked / SECONDS:.0f} sign-ins a second are tried, p95 of {len(crowded.times)}",
            f"{crowded.p95:.0f} ms, {crowded.errors} errors",
            f"≤ {CROWDED} ms, 0 errors",
            ok=crowded.p95 <= CROWDED and not crowded.errors,
        ),
        Row(
            f"of {asked} sign-ins",
            f"{told['checked']} checked, {told['busy']} told to wait, {told['lost']} without an answer",
            "none without",
            ok=not told["lost"] and told["busy"] > 0,
        ),
    ]


async def _load(portal: Portal, anna: Person) -> tuple[Heard, Heard, Counter[str]]:
    port = int(portal.url.rpartition(":")[2])
    active = [await _open(port, f"active-{x}", x, anna.cookies) for x in range(ACTIVE)]
    idle = [await _open(port, f"idle-{x}", x, {}) for x in range(IDLE)]
    guessers = [
        await _open(port, f"guesser-{x}", _PEOPLE_BEHIND_ONE * (1000 + x), {"device": f"guesser-{x}"})
        for x in range(int(SIGN_INS * SECONDS))
    ]
    waiting = [asyncio.create_task(_wait(x)) for x in idle]
    calm = await _people(active)
    attack = asyncio.create_task(_guess(guessers))
    crowded = await _people(active)
    told = await attack
    crowded.errors += sum(x.done() for x in waiting)
    for task in waiting:
        task.cancel()
    for socket in (*active, *idle, *guessers):
        socket.close()
    return calm, crowded, told


async def _open(port: int, token: str, number: int, cookies: dict[str, str]) -> Socket:
    """A page that has been loaded; a hundred people share an address."""
    house = number // _PEOPLE_BEHIND_ONE
    headers = {"X-Forwarded-For": f"198.18.{house // 256 % 256}.{house % 256}"}
    socket = await Socket.connect(port, token, headers, cookies)
    await _answered(socket, f"{STATES}.hydrate", {})
    return socket


async def _wait(socket: Socket) -> None:
    while True:
        await socket.read()


async def _people(active: list[Socket]) -> Heard:
    """Everybody opens the first page again every `EACH` seconds, not all at once."""
    heard = Heard()

    async def person(socket: Socket, number: int) -> None:
        end = time.monotonic() + SECONDS
        await asyncio.sleep(EACH * number / len(active))
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                said = await _answered(socket, f"{HOME}.load", {})
            except (Closed, TimeoutError):
                heard.errors += 1
                return
            heard.times.append(time.monotonic() - began)
            heard.errors += errors.WORDS["busy"] in said or "Номер для справки" in said
            await asyncio.sleep(max(0.0, EACH - (time.monotonic() - began)))

    await asyncio.gather(*(person(socket, number) for number, socket in enumerate(active)))
    return heard


async def _guess(guessers: list[Socket]) -> Counter[str]:
    """Wrong passwords of logins that nobody has, so many a second, whatever becomes of those before."""
    told: Counter[str] = Counter()

    async def guess(socket: Socket, number: int) -> None:
        form = {"login": f"nobody-{number}@example.ru", "password": "не тот пароль"}
        try:
            said = await _answered(socket, f"{SIGN_IN}.submit", {"form": form}, until=tuple(outcomes))
        except (Closed, TimeoutError):
            told["lost"] += 1
        else:
            told[next(name for words, name in outcomes.items() if words in said)] += 1

    outcomes = {errors.WORDS["busy"]: "busy", errors.WORDS["sign_in.wrong"]: "checked"}
    tasks = []
    for number, socket in enumerate(guessers):
        tasks.append(asyncio.create_task(guess(socket, number)))
        await asyncio.sleep(1 / SIGN_INS)
    await asyncio.gather(*tasks)
    return told


async def _answered(
    socket: Socket, name: str, payload: dict[str, object], until: tuple[str, ...] = ()
) -> str:
    """What the server says of an event: everything up to its own page's mark, or to one of these words."""
    mark = f"/mark-{next(_marks)}"
    socket.call(name, payload, mark)
    said = ""
    async with asyncio.timeout(_PATIENCE):
        while not any(x in said for x in until or (mark,)):
            said += await socket.read()
    return said
