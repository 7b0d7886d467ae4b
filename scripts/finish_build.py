"""The last pass over an exported front end: its socket follows the page's address, and everything is compressed."""

import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

_COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt", ".xml", ".map"}
_LEAST = 256  # bytes; below this a compressed copy saves nothing
_BAKED_HTTP = re.compile(r"[`'\"]http://localhost:\d+(/[\w-]+)[`'\"]")
_BAKED_SOCKET = re.compile(r"[`'\"]ws://localhost:\d+(/[\w-]+)[`'\"]")


class BuildUnexpected(Exception):
    """Reflex exported something else than what this pass knows; the build must not be served."""


def finish(folder: Path) -> None:
    """Changes an exported folder in place.

    Raises:
        BuildUnexpected: a file that must be there, or its contents, is not as known.
    """
    free_of_address(folder)
    compress(folder)


def free_of_address(folder: Path) -> None:
    """Reflex bakes `ws://localhost:8000` in; any host and port must do."""
    found = list((folder / "assets").glob("reflex-env-*.js"))
    if len(found) != 1:
        msg = f"one reflex-env-*.js expected, found {len(found)}"
        raise BuildUnexpected(msg)
    text = found[0].read_text()
    text = _BAKED_HTTP.sub(r"location.origin+`\1`", text)
    text, sockets = _BAKED_SOCKET.subn(r"location.origin.replace(/^http/,`ws`)+`\1`", text)
    if sockets != 1 or "localhost" in text:
        msg = f"{found[0].name} is not as expected: {text[:400]}"
        raise BuildUnexpected(msg)
    found[0].write_text(text)


def compress(folder: Path) -> None:
    """A `.br` and a `.gz` beside every file that gains from it."""
    files = [p for p in folder.rglob("*") if p.suffix in _COMPRESSED and p.stat().st_size >= _LEAST]
    with ThreadPoolExecutor() as pool:
        list(pool.map(_compress, files))


def _compress(path: Path) -> None:
    raw = path.read_bytes()
    path.with_name(path.name + ".br").write_bytes(brotli.compress(raw, quality=11))
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(raw, 9, mtime=0))
