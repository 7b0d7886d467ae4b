import http.client
import re
import signal
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from cabinet.texts import not_found, shell
from tests.e2e.conftest import CheckAxe, NewContext, Watch, live
from tests.e2e.portal import Portal, serving

# Names in the bundle that no browser ever asks for, and why they are there.
QUOTED = {
    "http://www.w3.org": "namespaces of SVG and XML",
    "http://localhost": "a base for parsing relative addresses",
    "https://react.dev": "the text of React's errors",
    "https://reactrouter.com": "the text of the router's warnings",
    "https://socket.io": "the text of a parser's error",
    "https://github.com": "the text of a library's warning",
    "https://reflex.dev": "the text of a library's warning",
}
ADDRESS = re.compile(r"\b(?:https?|wss?):\\?/\\?/[\w.:-]+")


def handshake(portal: Portal, origin: str | None) -> int:
    """The status of a websocket's first answer."""
    place = urlsplit(portal.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **({"Origin": origin} if origin else {}),
    }
    connection.request("GET", "/_event/?EIO=4&transport=websocket&token=t", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_page_is_readable_before_any_script_runs(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/login")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("textbox", name="Логин")).to_be_visible()
    expect(page.get_by_role("button", name="Войти")).to_be_visible()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_comes_alive_at_any_name_of_the_machine(
    new_context: NewContext, portal: Portal, watch: Watch, host: str
) -> None:
    watch.origin = portal.url.replace("localhost", host)
    live_page = new_context(base_url=watch.origin).new_page()
    live_page.goto("/login")
    live(live_page)


def test_a_blocked_socket_is_said_in_our_own_words(page: Page, watch: Watch, check_axe: CheckAxe) -> None:
    watch.allow("WebSocket")
    page.route_web_socket(re.compile("/_event"), lambda socket: socket.close(code=1001))
    page.goto("/login")
    expect(page.get_by_text(shell.OFFLINE)).to_be_visible(timeout=8_000)
    check_axe(page)


def test_only_our_own_pages_may_open_a_socket(portal: Portal) -> None:
    assert handshake(portal, portal.url) == 101
    assert [handshake(portal, origin) for origin in ("https://evil.example", "null", None)] == [403] * 3


def test_an_unknown_address_is_404_in_words(
    page: Page, portal: Portal, watch: Watch, check_axe: CheckAxe
) -> None:
    watch.allow("404")
    answer = page.goto("/there/is/no/such")
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1, name=not_found.NOT_FOUND_TITLE)).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name=not_found.TO_HOME).click()
    expect(page).to_have_url(f"{portal.url}/")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "http.unknown"),
        ("POST", "/api/health/live", 404, "http.unknown"),
        ("GET", "/api/practice/progress", 404, "http.unknown"),
        ("POST", "/api/session", 403, "http.foreign"),
        ("POST", "/api/session/end", 403, "http.foreign"),
        ("POST", "/api/own-data", 403, "http.foreign"),
    ],
)
def test_a_machine_caller_is_refused_in_words(
    portal: Portal, method: str, path: str, status: int, code: str
) -> None:
    answer = httpx.request(method, portal.url + path)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.json()["message"]
    assert answer.headers["cache-control"] == "no-store"


def test_every_file_of_a_page_is_here_compressed_and_kept(portal: Portal) -> None:
    with httpx.Client(base_url=portal.url, headers={"accept-encoding": "br"}) as client:
        html = client.get("/login")
        files = sorted(set(re.findall(r'"(/assets/[^"]+\.(?:js|css))"', html.text)))
        answers = [client.get(name) for name in files]
    assert html.headers["content-encoding"] == "br"
    assert len(files) > 5
    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)
    assert all(a.headers.get("content-encoding") == "br" for a in answers if len(a.content) > 300)


def test_the_first_packets_draw_the_page(portal: Portal) -> None:
    """14 600 bytes are ten packets: what a server sends before the first acknowledgement (RFC 6928)."""
    with httpx.stream("GET", f"{portal.url}/login", headers={"accept-encoding": "br"}) as answer:
        size = len(b"".join(answer.iter_raw()))
    assert size <= 14_600


def test_all_scripts_of_ours_weigh_at_most_20_kb_and_half_of_it_without_the_training(built: Path) -> None:
    weights = {path.name: path.with_name(f"{path.name}.gz").stat().st_size for path in built.glob("*.js")}
    assert weights["training.js"] > 0
    assert sum(weights.values()) <= 20 * 1024
    assert sum(weights.values()) - weights["training.js"] <= 10 * 1024


def test_no_outside_address_is_in_the_build(built: Path) -> None:
    readable = {".js", ".css", ".html", ".svg", ".json", ".webmanifest"}
    found = {
        (address, path.name)
        for path in built.rglob("*")
        if path.suffix in readable
        for address in ADDRESS.findall(path.read_text())
    }
    assert found
    assert {(address, name) for address, name in found if address not in QUOTED} == set()


def test_nothing_of_reflexs_own_is_open(portal: Portal) -> None:
    paths = ("/_upload", "/_upload/x", "/_all_routes", "/ping", "/_health", "/auth-codespace")
    assert {path: httpx.get(portal.url + path).status_code for path in paths} == dict.fromkeys(paths, 404)
    assert httpx.post(f"{portal.url}/_upload", files={"files": b"x"}).status_code == 404


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the children")
def test_the_portal_is_one_process_that_starts_in_seconds(portal: Portal) -> None:
    pid = portal.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    assert children == ""
    assert 0 < portal.start_cost < 8


def test_sigterm_ends_it_in_time_with_people_connected(
    built: Path, tmp_path: Path, new_context: NewContext, watch: Watch
) -> None:
    watch.allow("WebSocket|ERR_CONNECTION_REFUSED")
    with serving(tmp_path, demo=False) as own:
        watch.origin = own.url
        page = new_context(base_url=own.url).new_page()
        page.goto("/login")
        live(page)
        began = time.monotonic()
        own.process.send_signal(signal.SIGTERM)
        assert own.process.wait(15) == 0
    assert time.monotonic() - began < 15
    assert "Traceback" not in own.log.read_text()
