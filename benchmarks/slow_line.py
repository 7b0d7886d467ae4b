"""A telephone's line to a local port: 150 ms there and back, 1.6 Mbit/s down, and a round trip to connect."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

ROUND_TRIP = 0.150  # seconds
RATE = 1_600_000 / 8  # bytes a second, shared by all connections, as a telephone's are


class Line:
    """Bytes that are under way: each chunk arrives half a round trip after the last one before it has gone."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._free = 0.0

    async def carry(self, chunk: bytes) -> None:
        """Returns when the chunk has arrived."""
        now = asyncio.get_running_loop().time()
        self._free = max(now, self._free) + (len(chunk) / self._rate if self._rate else 0)
        await asyncio.sleep(self._free + ROUND_TRIP / 2 - now)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line) -> None:
    """One direction of one connection; chunks travel at the same time and arrive in order."""
    travelling: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue()

    async def travel(chunk: bytes) -> bytes:
        await line.carry(chunk)
        return chunk

    async def arrive() -> None:
        while (task := await travelling.get()) is not None:
            writer.write(await task)
            await writer.drain()
        writer.close()

    arriving = asyncio.create_task(arrive())
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(1400):
            travelling.put_nowait(asyncio.create_task(travel(chunk)))
    travelling.put_nowait(None)
    with contextlib.suppress(ConnectionError):
        await arriving


async def carry_all(port: int, own_port: int, opened: threading.Event, ended: asyncio.Event) -> None:
    """Listens on `own_port` until it is told to end."""
    down = Line(RATE)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(ROUND_TRIP)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, back, Line(None)), pump(there, writer, down))

    await asyncio.start_server(connect, "127.0.0.1", own_port)
    opened.set()
    await ended.wait()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.wait(left, timeout=1) if left else None


@contextlib.contextmanager
def slow_line(port: int, own_port: int) -> Iterator[None]:
    """Carries connections of `own_port` to `port` for as long as the context is open."""
    loop, opened, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    task = carry_all(port, own_port, opened, ended)
    thread = threading.Thread(target=loop.run_until_complete, args=[task], daemon=True)
    thread.start()
    opened.wait(5)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(5)
