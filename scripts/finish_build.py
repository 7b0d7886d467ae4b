"""The last pass over an exported front end: its socket follows the page's address, and everything is compressed."""

import gzip
import re
import shutil
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
_MISSING = "not-found"
_ANY_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_MODULE_LINK = re.compile(r'<link rel="modulepreload"[^>]*>')
_HIDDEN = re.compile(
    r'<!--.*?-->|<template id="B:\d+"></template>|<div hidden id="S:\d+">|</div>(?=</body>)', re.DOTALL
)
_PRELOADED_MODULE = re.compile(r'<link rel="modulepreload" ')


class BuildUnexpected(Exception):
    """Reflex exported something else than what this pass knows; the build must not be served."""


def finish(folder: Path) -> None:
    """Changes an exported folder in place.

    Raises:
        BuildUnexpected: a file that must be there, or its contents, is not as known.
    """
    free_of_address(folder)
    freeze_missing(folder)
    for page in folder.rglob("*.html"):
        if (page.with_suffix("") / "index.html").exists():
            page.unlink()  # Reflex's second copy of a page, for servers that know no index.html
        else:
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


def freeze_missing(folder: Path) -> None:
    """`404.html` from the page that was built for it: without scripts, for it stands at any address.

    React would look for the page of that address; the head's own script, which knows the theme, stays.
    """
    built = folder / _MISSING
    if not (built / "index.html").exists():
        msg = f"no page /{_MISSING}: cabinet/ui/pages/not_found.py must be among the pages"
        raise BuildUnexpected(msg)
    head, mark, body = (built / "index.html").read_text().partition("</head>")
    head = _MODULE_LINK.sub("", head)
    body = _HIDDEN.sub("", _ANY_SCRIPT.sub("", body))
    # Without a socket there is no connection to watch.
    body = body.replace(' data-connection=""', "", 1)
    (folder / "404.html").write_text(head + mark + body)
    shutil.rmtree(built)
    (folder / f"{_MISSING}.html").unlink(missing_ok=True)


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
