from collections.abc import Iterator
from pathlib import Path

import brotli
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from cabinet.api.security_headers import SecurityHeaders, content_policy, script_hashes
from cabinet.api.static_files import DeviceCookie, StaticFiles
from scripts import finish_build

PAGE = "<!DOCTYPE html><html lang='ru'><script>let a = 1</script><body>Вход</body></html>"
SCRIPT = "export const answer = 42;\n" * 40


def inner_app() -> Starlette:
    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"inner {request.method} {request.url.path}")

    async def missing(request: Request) -> PlainTextResponse:
        return PlainTextResponse("inner says no", status_code=404)

    async def told(request: Request) -> HTMLResponse:
        return HTMLResponse("<h1>no such payment</h1>", status_code=404)

    return Starlette(
        routes=[
            Route("/api/echo", echo, methods=["GET", "POST"]),
            Route("/api/missing", missing),
            Route("/bare", missing),
            Route("/told", told),
            Route("/_upload", echo, methods=["GET", "POST"]),
            Route("/_upload/{name}", echo),
            Route("/ping", echo),
        ]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "build"
    for name, text in {
        "index.html": PAGE,
        "login/index.html": PAGE.replace("Вход", "Войти"),
        "login.html": PAGE,
        "404.html": PAGE.replace("Вход", "Такой страницы нет"),
        "__spa-fallback.html": PAGE,
        "assets/entry-abc123.js": SCRIPT,
        "cabinet.js": SCRIPT,
        "fonts/golos.woff2": "font",
        "fonts/OFL.txt": "licence",
        "icon.svg": "<svg/>",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "secret.txt").write_text("outside")
    finish_build.compress(root)
    return root


def client_of(folder: Path, *, https: bool = False) -> httpx.AsyncClient:
    files = StaticFiles(inner_app(), folder, DeviceCookie(https=https), closed=("/_upload", "/ping"))
    transport = httpx.ASGITransport(SecurityHeaders(files, https=https))
    scheme = "https" if https else "http"
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://localhost:3000")


@pytest.fixture
def client(folder: Path) -> Iterator[httpx.AsyncClient]:
    return client_of(folder)


@pytest.mark.parametrize("path", ["/login", "/login/"])
async def test_a_page_comes_without_a_redirect(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "Войти" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/cabinet.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml; charset=utf-8"),
        ("/fonts/OFL.txt", "text/plain; charset=utf-8"),
        ("/nothing", "text/html; charset=utf-8"),
    ],
)
async def test_whatever_is_text_names_its_charset(client: httpx.AsyncClient, path: str, kind: str) -> None:
    assert (await client.get(path)).headers["content-type"] == kind


async def test_a_form_sent_without_scripts_gets_its_page_again(client: httpx.AsyncClient) -> None:
    answer = await client.post("/login/?next=%2Fpay", data={"password": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fpay")
    assert (await client.post("/cabinet.js")).status_code == 404
    assert (await client.post("http://localhost:3000//")).headers["location"] == "/"


@pytest.mark.parametrize("https", [False, True])
async def test_a_page_where_one_comes_in_leads_out_of_practice_first(folder: Path, https: bool) -> None:
    client = client_of(folder, https=https)
    headers = {"cookie": "__Host-practice=a.b" if https else "device=d; practice=a.b"}
    for method in ("GET", "HEAD"):
        answer = await client.request(method, "/login/?next=%2Fpay", headers=headers)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/api/practice/end?next=%2Flogin%3Fnext%3D%252Fpay"
        assert answer.headers["cache-control"] == "no-store"
    assert (await client.get("/", headers=headers)).status_code == 200
    assert (await client.get("/login")).status_code == 200


@pytest.mark.parametrize(("accepted", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_the_smallest_encoding_that_the_browser_reads(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    answer = await client.get("/assets/entry-abc123.js", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.text == SCRIPT
    assert answer.headers["vary"] == "accept-encoding"


async def test_compressed_bytes_are_sent_as_they_were_built(client: httpx.AsyncClient, folder: Path) -> None:
    async with client.stream("GET", "/assets/entry-abc123.js", headers={"accept-encoding": "br"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert raw == (folder / "assets/entry-abc123.js.br").read_bytes()
    assert brotli.decompress(raw).decode() == SCRIPT
    assert int(answer.headers["content-length"]) == len(raw)


async def test_hashed_files_are_kept_for_a_year_and_others_are_asked_for(client: httpx.AsyncClient) -> None:
    hashed = await client.get("/assets/entry-abc123.js")
    plain = await client.get("/cabinet.js")
    font = await client.get("/fonts/golos.woff2")
    assert (font.headers["content-type"], font.headers["cache-control"]) == (
        "font/woff2",
        "public, max-age=2592000",
    )
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "no-cache"


async def test_a_known_etag_is_answered_with_304_and_no_body(client: httpx.AsyncClient) -> None:
    etag = (await client.get("/login")).headers["etag"]
    again = await client.get("/login", headers={"if-none-match": f'"other", W/{etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag


async def test_head_has_the_headers_of_get_and_no_body(client: httpx.AsyncClient) -> None:
    got, head = await client.get("/login"), await client.head("/login")
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/login/nothing",
        "/404.html",
        "/__spa-fallback.html",
        "/login.html",
        "/bare",
        "/assets/entry-abc123.js.br",
    ],
)
async def test_an_unknown_address_gets_our_own_page_and_404(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "Такой страницы нет" in answer.text


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2f..%2fsecret.txt"]
)
async def test_no_path_leads_out_of_the_build(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "outside" not in answer.text


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/_upload", "/_upload/x", "/ping"])
async def test_reflexs_own_routes_are_closed(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == 404
    assert "inner" not in answer.text


async def test_a_page_that_says_itself_what_is_not_there_is_left_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/told")
    assert (answer.status_code, answer.text) == (404, "<h1>no such payment</h1>")


async def test_the_api_answers_for_itself(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/echo")).text == "inner POST /api/echo"
    missing = await client.get("/api/missing")
    assert (missing.status_code, missing.text) == (404, "inner says no")


async def test_nothing_personal_is_kept_by_a_cache(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/echo")).headers["cache-control"] == "no-store"


async def test_a_browser_gets_its_mark_with_its_first_page_and_keeps_it(client: httpx.AsyncClient) -> None:
    first = await client.get("/login")
    cookie = first.headers["set-cookie"]
    value = cookie.partition("=")[2].partition(";")[0]
    assert cookie.startswith("device=")
    assert len(value) == 43  # 32 random bytes in base64url
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    again = await client.get("/login", headers={"cookie": f"other=1; device={value}"})
    assert "set-cookie" not in again.headers
    assert "set-cookie" not in (await client.get("/cabinet.js")).headers


async def test_under_https_the_mark_is_secure_and_bound_to_the_host(folder: Path) -> None:
    answer = await client_of(folder, https=True).get("/login")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-device=")
    assert cookie.endswith("; Secure")
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


async def test_two_browsers_get_different_marks(client: httpx.AsyncClient) -> None:
    marks = {(await client.get("/login", headers={"cookie": ""})).headers["set-cookie"] for _ in range(2)}
    assert len(marks) == 2


async def test_a_page_allows_exactly_its_own_inline_scripts(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/login")).headers["content-security-policy"]
    rules = dict(rule.partition(" ")[::2] for rule in policy.split("; "))
    assert rules["script-src"] == f"'self' 'unsafe-eval' {script_hashes(PAGE)[0]}"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["default-src"] == "'none'"


@pytest.mark.parametrize("path", ["/login", "/assets/entry-abc123.js", "/nothing", "/api/echo", "/ping"])
async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "permissions-policy" in headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_policy_without_inline_scripts_names_no_hash() -> None:
    assert b"sha256" not in content_policy()
    assert b"upgrade-insecure-requests" in content_policy(https=True)
