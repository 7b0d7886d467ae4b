"""Real browsers against the served portal: on a telephone and on a desk, nothing foreign, nothing in the console."""

import re
import shlex
import sys
from asyncio import events
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from scripts import build, test_needs
from tests.e2e.people import Person, Town, settled
from tests.e2e.portal import ROOT, Portal, serving

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Window:
    """A browser, by its fixture, and the size of its window."""

    browser: str
    size: ViewportSize


WINDOWS = {
    "390px": Window("chromium", PHONE),
    "1280px": Window("chromium", DESK),
    "firefox-390px": Window("firefox", PHONE),
    "firefox-1280px": Window("firefox", DESK),
}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PREFERENCES = {"ui.prefersReducedMotion": 1}  # of Firefox: nothing has to be waited for that only moves
_TIMEOUT = 20_000  # milliseconds: a machine may be busy, a page that works is never late
expect.set_options(timeout=_TIMEOUT)

CheckAxe = Callable[..., None]
NewContext = Callable[..., BrowserContext]
OpenAs = Callable[..., Page]


class _Playwright:
    """Playwright keeps an event loop running in this thread; asyncio's own tests must not see it."""

    loop: Any = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    events._set_running_loop(_Playwright.loop if item.get_closest_marker("e2e") else None)
    try:
        return (yield)
    finally:
        events._set_running_loop(None)


@pytest.fixture(scope="session")
def built() -> Path:
    """The finished front end."""
    build.build()
    folder = build.current_build()
    assert folder
    return folder


@pytest.fixture(scope="session")
def portal(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal with the demo supplier; its people and readings are shared by a process's tests."""
    with serving(tmp_path_factory.mktemp("portal")) as running:
        yield running


def seen_in(*names: str) -> pytest.MarkDecorator:
    """Where a test's `page` is: names of `WINDOWS`; all of them when none is given."""
    chosen = names or tuple(WINDOWS)
    return pytest.mark.parametrize("page", [WINDOWS[x] for x in chosen], ids=chosen, indirect=True)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with sync_playwright() as driver:
        _Playwright.loop = events._get_running_loop()
        yield driver
        events._set_running_loop(_Playwright.loop)
    _Playwright.loop = None
    events._set_running_loop(None)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Headless Chromium, the one without windows where it is installed."""
    browser = playwright.chromium.launch(executable_path=test_needs.find_shell(), args=ARGUMENTS)
    yield browser
    events._set_running_loop(_Playwright.loop)
    browser.close()


@pytest.fixture(scope="session")
def firefox(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Headless Firefox as it is installed: one process, each person in a container of their own."""
    start = tmp_path_factory.mktemp("firefox") / "start"
    program = shlex.join([sys.executable, "-m", "tests.e2e.firefox", test_needs.find_firefox() or ""])
    start.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {program} "$@"\n')
    start.chmod(0o700)
    browser = playwright.firefox.launch(
        channel="moz-firefox", executable_path=start, firefox_user_prefs=PREFERENCES
    )
    yield browser
    events._set_running_loop(_Playwright.loop)
    browser.close()


@dataclass
class Watch:
    """What a page did that it must not: collected, and judged at the end of the test."""

    origin: str
    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """A fault that this test provokes."""
        self.allowed.append(pattern)

    def follow(self, page: Page) -> None:
        """Every page of a context reports here."""
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on(
            "console",
            lambda message: self._console(message.type, f"{message.text} {message.location['url']}"),
        )
        page.on("request", lambda request: self._request(request.url))
        page.on("websocket", lambda socket: self._request(re.sub("^ws", "http", socket.url)))

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "assert"}:
            self.faults.append(f"console: {text}")

    def _request(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "data:", f"blob:{self.origin}/", "about:")):
            self.faults.append(f"request to another origin: {url}")

    def judge(self) -> None:
        """Fails on the first fault that was not allowed."""
        left = [fault for fault in self.faults if not any(re.search(p, fault) for p in self.allowed)]
        assert left == []


@pytest.fixture
def watch(portal: Portal) -> Iterator[Watch]:
    """The test fails on an error in the console and on a request to another origin."""
    watching = Watch(portal.url)
    yield watching
    watching.judge()


@pytest.fixture
def new_context(request: pytest.FixtureRequest, portal: Portal, watch: Watch) -> Iterator[NewContext]:
    """Makes a fresh person's browser; takes Playwright's own options, `viewport=PHONE` and so on."""
    opened: list[BrowserContext] = []

    def make(*, browser: str = "chromium", **options: Any) -> BrowserContext:
        defaults = {
            "viewport": PHONE,
            "base_url": portal.url,
            "locale": "ru-RU",
            "timezone_id": "Europe/Samara",
        }
        started: Browser = request.getfixturevalue(browser)
        context = started.new_context(**(defaults | options))
        context.set_default_timeout(_TIMEOUT)
        context.on("page", watch.follow)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture(params=[WINDOWS["390px"], WINDOWS["1280px"]], ids=["390px", "1280px"])
def page(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """A fresh person on a telephone, and once more on a desk; elsewhere by `seen_in`."""
    window: Window = request.param
    return new_context(browser=window.browser, viewport=window.size).new_page()


@pytest.fixture
def phone_page(new_context: NewContext) -> Page:
    """A fresh person on a telephone only."""
    return new_context(viewport=PHONE).new_page()


@pytest.fixture(scope="session")
def town(portal: Portal) -> Iterator[Town]:
    """People and households of the portal, and what it has stored of them."""
    with settled(portal) as place:
        yield place


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> None:
    """The wrong passwords of one test ask nothing of the next."""
    if "town" in request.fixturenames:
        request.getfixturevalue("town").forget_failures()


@pytest.fixture
def open_as(new_context: NewContext, portal: Portal) -> OpenAs:
    """`open_as(person, **options)`: a page of a browser in which the person is signed in."""

    def begin(person: Person, **options: Any) -> Page:
        context = new_context(**options)
        person.move_in(context, portal.url)
        return context.new_page()

    return begin


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, ignore: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA and its best practices on a page as it stands."""
    rules = {"target-size": {"enabled": True}, **{rule: {"enabled": False} for rule in ignore}}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    result = page.evaluate("rules => axe.run(document, {rules, resultTypes: ['violations']})", rules)
    return [
        f"{v['id']} ({v['impact']}): {v['help']}\n  " + "\n  ".join(node["html"] for node in v["nodes"])
        for v in result["violations"]
    ]


@pytest.fixture
def check_axe() -> CheckAxe:
    """`check_axe(page)` fails on any violation of WCAG 2.2 A and AA and of axe's best practices."""

    def check(page: Page, *, ignore: tuple[str, ...] = ()) -> None:
        found = violations(page, ignore=ignore)
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check


def live(page: Page) -> Page:
    """Waits until the page's socket has answered and its data are there."""
    page.locator('[data-connection][data-live="1"]').wait_for(state="attached")
    return page
