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
_STYLESHEET = re.compile(r'<link href="(/assets/[^"]+\.css)" rel="stylesheet"[^>]*>')
_STYLE_PRELOAD = re.compile(r'<link as="style" [^>]*>')
_HEAD_SCRIPT = re.compile(r'<script src="(/[\w.-]+\.js)"></script>')
_PRELOADED_MODULE = re.compile(r'<link rel="modulepreload" ')


class BuildUnexpected(Exception):
    """Reflex exported something else than what this pass knows; the build must not be served."""


def finish(folder: Path) -> None:
    """Changes an exported folder in place.

    Raises:
        BuildUnexpected: a file that must be there, or its contents, is not as known.
    """
    free_of_address(folder)
    for page in folder.rglob("*.html"):
        page.write_text(paint_first(page.read_text(), folder))
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


def paint_first(html: str, folder: Path) -> str:
    """A page that draws itself from its first packets: what blocks drawing stands inside it.

    React finds every element that it expects, so that hydration keeps the page: the style sheet's link stays,
    for print; the head's own script stays as text, and its code runs as the first of the body, where React
    skips what it does not know. Modules give way to the font.
    """
    linked = _STYLESHEET.findall(html)
    if len(linked) != 1:
        msg = f"one style sheet expected, found {linked}"
        raise BuildUnexpected(msg)
    href = linked[0]
    css = (folder / href.lstrip("/")).read_text().replace("</style", "<\\/style")
    html = _STYLE_PRELOAD.sub("", html)
    html = _STYLESHEET.sub(
        lambda m: f"<style>{css}</style>{m[0].replace('<link ', '<link media=print ', 1)}", html
    )
    html = _PRELOADED_MODULE.sub('<link fetchpriority="low" rel="modulepreload" ', html)
    return _inline_script(html, folder)


def _inline_script(html: str, folder: Path) -> str:
    found = _HEAD_SCRIPT.search(html, 0, html.find("</head>"))
    if not found:
        return html
    code = (folder / found[1].lstrip("/")).read_text().replace("</script", "<\\/script")
    html = html.replace(found[0], f'<script src="{found[1]}" type="text/plain"></script>', 1)
    return html.replace("<body>", f"<body><script>{code}</script>", 1)


def compress(folder: Path) -> None:
    """A `.br` and a `.gz` beside every file that gains from it."""
    files = [p for p in folder.rglob("*") if p.suffix in _COMPRESSED and p.stat().st_size >= _LEAST]
    with ThreadPoolExecutor() as pool:
        list(pool.map(_compress, files))


def _compress(path: Path) -> None:
    raw = path.read_bytes()
    path.with_name(path.name + ".br").write_bytes(brotli.compress(raw, quality=11))
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(raw, 9, mtime=0))
