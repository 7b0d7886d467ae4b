"""The words of HTML, in one pass whose time grows with its length only."""

import html
import re
from typing import Final

_BREAKS: Final = {
    "br",
    "p",
    "div",
    "tr",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "table",
    "blockquote",
    "/p",
    "/div",
    "/tr",
    "/li",
}
_SILENT: Final = {"script", "style", "head", "title", "template", "noscript", "textarea", "svg", "object"}
_NAME: Final = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,15}")


def text_of_html(markup: str) -> str:
    """The text that a reader would see, a line for every block; scripts, styles and comments are left out."""
    first, *pieces = markup.split("<")
    words, silent = [first], ""
    for piece in pieces:
        found = _NAME.match(piece)
        name = found.group().lower() if found else ""
        if silent:
            if name != f"/{silent}":
                continue
            silent = ""
        elif name in _SILENT:
            silent = name
            continue
        words += ["\n" if name in _BREAKS else "", _after_tag(piece, name)]
    lines = html.unescape("".join(words)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _after_tag(piece: str, name: str) -> str:
    """What follows the tag; a lone `<` is a character."""
    if not name and not piece.startswith(("!", "?", "/")):
        return f"<{piece}"
    return piece.partition(">")[2]
