"""The log says where and what kind; nothing of what anybody typed gets into it, whoever logs."""

import asyncio
import io
import logging
import warnings
from collections.abc import Iterator

import pytest
from socketio import AsyncServer

from cabinet import logs

CANARY = "canary-of-a-password"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to stderr after `install`; everything is put back afterwards."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root.handlers = []
    logs.install()
    yield stream
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(factory)
    root.handlers, root.level = handlers, level


def deeper(value: str) -> None:
    raise ValueError(value)


def broken() -> None:
    try:
        deeper(CANARY)
    except ValueError as cause:
        raise KeyError(CANARY) from cause


@pytest.mark.parametrize(
    "name", ["reflex.app", "engineio.server", "asyncio", "sqlalchemy.engine", "cabinetmaker"]
)
def test_others_are_heard_by_their_place_only(said: io.StringIO, name: str) -> None:
    logging.getLogger(name).error("event %s", {"password": CANARY})
    logging.getLogger(name).error(f"event {CANARY}")  # noqa: G004 - as Reflex does it
    lines = said.getvalue().splitlines()
    assert len(lines) == 2
    assert all(f"{name}: unit/test_logs.py:" in x and "the text is withheld" in x for x in lines)
    assert CANARY not in said.getvalue()


def test_a_line_begins_with_its_instant_in_utc() -> None:
    record = logging.LogRecord("cabinet", logging.ERROR, "a.py", 7, "told", (), None)
    record.created, record.msecs = 1_767_225_600.0, 7.0
    assert logs.OneLine().format(record) == "2026-01-01T00:00:00.007Z ERROR cabinet: told"


def test_an_exception_is_told_by_kinds_and_places(said: io.StringIO) -> None:
    for name in ("cabinet.worker", "engineio.server"):
        try:
            broken()
        except KeyError:
            logging.getLogger(name).exception("broken")
    ours, others = said.getvalue().splitlines()
    for line in (ours, others):
        assert "KeyError at unit/test_logs.py:" in line
        assert "from ValueError at unit/test_logs.py:" in line
    assert "broken;" in ours
    assert CANARY not in said.getvalue()


def test_our_own_words_and_arguments_are_kept(said: io.StringIO) -> None:
    try:
        broken()
    except KeyError:
        logging.getLogger("cabinet.worker").exception("%d of %s", 5, "100%")
    assert "5 of 100%; KeyError" in said.getvalue()


def test_a_line_is_one_line_of_bounded_length(said: io.StringIO) -> None:
    logging.getLogger("cabinet").error("a\nERROR forged\x1b[31m\u2028%s", "x" * 5000)
    (line,) = said.getvalue().splitlines()
    assert len(line) <= 600
    assert "\x1b" not in line


def test_one_place_is_heard_sixty_times_a_minute_and_counted_after_that() -> None:
    now = [0.0]
    throttle = logs.Throttle(clock=lambda: now[0])

    def record() -> logging.LogRecord:
        return logging.LogRecord("cabinet", logging.ERROR, "a.py", 7, "again", (), None)

    assert [throttle.filter(record()) for _ in range(100)] == [True] * 60 + [False] * 40
    now[0] = 61
    again = record()
    assert throttle.filter(again)
    assert again.getMessage() == "again (and 40 more)"
    assert throttle.filter(logging.LogRecord("cabinet", logging.ERROR, "a.py", 8, "other", (), None))


def test_a_loop_of_causes_ends() -> None:
    first, second = ValueError(CANARY), KeyError(CANARY)
    first.__cause__, second.__cause__ = second, first
    assert logs.kinds_and_places(first).count("Error") == 2


def test_the_place_of_ours_is_told_beside_a_librarys() -> None:
    from cabinet.domain.money import Money  # noqa: PLC0415

    with pytest.raises(TypeError) as caught:
        sorted([Money(1), CANARY])  # type: ignore[list-item]
    assert "TypeError at unit/test_logs.py:" in logs.kinds_and_places(caught.value)


def test_a_report_is_a_number_that_the_log_has(said: io.StringIO) -> None:
    numbers = {logs.report(ValueError(CANARY)) for _ in range(20)}
    assert len(numbers) == 20
    assert all(f"unexpected {x}: ValueError at " in said.getvalue() for x in numbers)
    assert CANARY not in said.getvalue()


def test_the_socket_server_adds_no_handler_of_its_own(said: io.StringIO) -> None:
    server = AsyncServer(async_mode="asgi")
    server.logger.error("event %s", CANARY)
    server.eio.logger.error("event %s", CANARY)
    assert len(said.getvalue().splitlines()) == 2
    assert CANARY not in said.getvalue()


async def test_a_lost_task_of_asyncio_tells_no_value(said: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    loop.default_exception_handler({"message": CANARY, "exception": ValueError(CANARY)})
    assert "ValueError at" in said.getvalue()
    assert CANARY not in said.getvalue()


def test_a_warning_tells_no_value(said: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
    assert "py.warnings" in said.getvalue()
    assert CANARY not in said.getvalue()
