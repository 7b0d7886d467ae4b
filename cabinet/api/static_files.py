"""The built front end, served from memory: compressed, cached, without redirects; the rest goes to the inner app."""

import hashlib
import mimetypes
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cabinet.api.practice import PRACTICE_END
from cabinet.api.security_headers import content_policy, script_hashes
from cabinet.domain import cookies
from cabinet.domain.practice import is_way_in

_YEAR = 365 * 24 * 60 * 60
_CACHE = {
    "/assets/": f"public, max-age={_YEAR}, immutable",  # the bundler's names carry a hash
    "/fonts/": f"public, max-age={30 * 24 * 60 * 60}",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_NOT_FOUND = "/404.html"
_HTML_ONLY = {"/__spa-fallback.html", _NOT_FOUND}

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: its bytes as they are and compressed, and the headers that do not depend on the request."""

    body: bytes
    etag: bytes
    headers: Headers
    encoded: dict[str, bytes] = field(default_factory=dict)
    html: bool = False

    def pick(self, accepted: str) -> tuple[bytes, Headers]:
        """The smallest body that the browser reads, and its headers."""
        for name, body in self.encoded.items():
            if name in accepted:
                return body, [*self.headers, (b"content-encoding", name.encode())]
        return self.body, self.headers


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """The first-party mark of a browser, set with its first page."""

    https: bool

    @property
    def name(self) -> str:
        """`device`, or `__Host-device` under https."""
        return cookies.cookie_name(cookies.DEVICE, https=self.https)

    def missing(self, sent: str) -> bool:
        """Whether the request's `Cookie` header lacks it."""
        return not _carries(sent, self.name)

    def fresh(self) -> bytes:
        """A `Set-Cookie` value with 256 random bits."""
        secure = "; Secure" if self.https else ""
        value = secrets.token_urlsafe(32)
        return f"{self.name}={value}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}".encode()


def _carries(sent: str, name: str) -> bool:
    return any(part.strip().startswith(f"{name}=") for part in sent.split(";"))


def load_files(folder: Path, *, https: bool) -> dict[str, StoredFile]:
    """Every file of a build by the path that asks for it: `/login` finds `login/index.html`."""
    stored: dict[str, StoredFile] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in {".br", ".gz"}:
            continue
        name = "/" + path.relative_to(folder).as_posix()
        file = _load(path, name, https=https)
        if name.endswith("/index.html"):
            stored[name.removesuffix("/index.html") or "/"] = file
        elif path.suffix != ".html" or name in _HTML_ONLY:
            stored[name] = file
    return stored


def _load(path: Path, name: str, *, https: bool) -> StoredFile:
    body = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    html = path.suffix == ".html"
    # A page sets the browser's own cookie: no shared cache may hand one browser's to another.
    other = "private, no-cache" if html else "no-cache"
    cache = next((kept for prefix, kept in _CACHE.items() if name.startswith(prefix)), other)
    headers = [
        (b"content-type", kind.encode()),
        (b"etag", etag),
        (b"cache-control", cache.encode()),
        (b"vary", b"accept-encoding"),
    ]
    if html:
        policy = content_policy(script_hashes(body.decode()), https=https)
        headers.append((b"content-security-policy", policy))
    sidecars = ((encoding, path.with_name(path.name + suffix)) for encoding, suffix in _ENCODINGS)
    encoded = {encoding: side.read_bytes() for encoding, side in sidecars if side.exists()}
    return StoredFile(body, etag, headers, encoded, html)


class StaticFiles:
    """Answers what the build holds; asks the inner app for the rest; gives its 404s the portal's own page.

    A 404 that is a page already stays: it knows more.

    Args:
        inner: the app behind.
        folder: a finished build.
        device: the cookie that comes with pages.
        closed: path prefixes of the inner app that nobody may reach.
        plain: the prefix whose 404s stay as the inner app says them.
    """

    def __init__(
        self,
        inner: ASGIApp,
        folder: Path,
        device: DeviceCookie,
        closed: Iterable[str] = (),
        plain: str = "/api/",
    ) -> None:
        self._inner = inner
        self._files = load_files(folder, https=device.https)
        self._device = device
        self._closed = tuple(closed)
        self._plain = plain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        path: str = scope["path"]
        reading = scope["method"] in {"GET", "HEAD"}
        file = self._files.get(path.rstrip("/") or "/")
        if path in _HTML_ONLY or path.startswith(self._closed):
            await self._missing(scope, send)
        elif reading and is_way_in(path) and self._practises(scope):
            await _go(send, f"{PRACTICE_END}?{urlencode({'next': _place(scope)})}")
        elif file is not None and reading:
            await self._answer(file, scope, send, 200)
        elif file is not None and file.html:  # a form that a browser without scripts has sent: dropped unread
            await _go(send, _place(scope))
        elif path.startswith(self._plain):
            await self._inner(scope, receive, send)
        else:
            await self._inner(scope, receive, self._own_404(scope, send))

    def _practises(self, scope: Scope) -> bool:
        name = cookies.cookie_name(cookies.PRACTICE, https=self._device.https)
        return _carries(_asked(scope).get("cookie", ""), name)

    async def _missing(self, scope: Scope, send: Send) -> None:
        await self._answer(self._files[_NOT_FOUND], scope, send, 404)

    async def _answer(self, file: StoredFile, scope: Scope, send: Send, status: int) -> None:
        asked = _asked(scope)
        body, headers = file.pick(asked.get("accept-encoding", ""))
        if file.html and self._device.missing(asked.get("cookie", "")):
            headers = [*headers, (b"set-cookie", self._device.fresh())]
        if status == 200 and file.etag.decode() in asked.get("if-none-match", ""):  # noqa: PLR2004
            status, body = 304, b""
        else:
            headers = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _own_404(self, scope: Scope, send: Send) -> Send:
        """Passes the inner app's answers on, but in the place of a 404 that is no page sends the portal's."""
        replaced = False

        async def sending(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_bare_404(message):
                replaced = True
                await self._missing(scope, send)
            elif not replaced:
                await send(message)

        return sending


def _is_bare_404(start: Message) -> bool:
    page = (b"content-type", b"text/html; charset=utf-8")
    return start["status"] == 404 and page not in start["headers"]  # noqa: PLR2004


def _asked(scope: Scope) -> dict[str, str]:
    return {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}


def _place(scope: Scope) -> str:
    """The page that was asked for, with its query."""
    query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
    return (scope["path"].rstrip("/") or "/") + query


async def _go(send: Send, place: str) -> None:
    headers = [(b"location", place.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
