"""What every answer tells the browser it may do: the content security policy and its kin."""

import base64
import hashlib
import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HSTS = b"max-age=63072000; includeSubDomains"
_PERMISSIONS = (
    "accelerometer=(), camera=(self), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(),"
    " microphone=(), midi=(), payment=(self), publickey-credentials-get=(self), usb=(), browsing-topics=()"
)


def script_hashes(html: str) -> list[str]:
    """The CSP sources of a page's inline scripts: `'sha256-…'`, each once, sorted."""
    scripts = {hashlib.sha256(text.encode()).digest() for text in _INLINE_SCRIPT.findall(html)}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in scripts)


def content_policy(hashes: Sequence[str] = (), *, https: bool = False) -> bytes:
    """The policy of one answer, whose inline scripts have these hashes.

    Reflex runs `rx.call_script` and its conditions through `eval`, and emotion writes style elements while
    the page runs; nothing else is loosened. Inline scripts pass by the hashes of the built page.
    """
    rules = (
        "default-src 'none'",
        " ".join(("script-src 'self' 'unsafe-eval'", *hashes)),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        *(("upgrade-insecure-requests",) if https else ()),
    )
    return "; ".join(rules).encode()


class SecurityHeaders:
    """Adds the headers to every HTTP answer; an answer's own header of the same name wins.

    Args:
        inner: the app behind.
        https: whether people reach the portal by https.
        private: path prefixes whose answers no cache may keep.
    """

    def __init__(self, inner: ASGIApp, *, https: bool, private: Sequence[str] = ("/api/",)) -> None:
        self._inner = inner
        self._private = tuple(private)
        self._common = [
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", _PERMISSIONS.encode()),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"content-security-policy", content_policy(https=https)),
            *([(b"strict-transport-security", _HSTS)] if https else []),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        private = scope["path"].startswith(self._private)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._complete(message.get("headers", []), private=private)}
            await send(message)

        await self._inner(scope, receive, sending)

    def _complete(
        self, headers: Sequence[tuple[bytes, bytes]], *, private: bool
    ) -> list[tuple[bytes, bytes]]:
        own = {name.lower() for name, _ in headers}
        added = [*self._common, *([(b"cache-control", b"no-store")] if private else [])]
        return [*headers, *(pair for pair in added if pair[0] not in own)]
