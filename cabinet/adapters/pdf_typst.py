"""PDF files by Typst: a compiler of documents that runs in this process, without a network and without a disk."""

import json
import re
import unicodedata
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from cabinet.ports import Facts, Heading, Note, Paper, Part, Standout, Table

_DATA: Final = Path(__file__).parent / "data" / "pdf"
_TEMPLATE: Final = _DATA / "paper.typ"
_UNKNOWN: Final = "?"
_BREAK: Final = "\u200b"  # a line may end here, and nothing is seen
_ENDLESS: Final = re.compile(r"[^\s-]{29,}")  # no Russian word is so long
_PIECE: Final = 7
_MOST: Final = 2000  # letters of one text: the line breaker's work grows faster than the text
_KINDS: Final[dict[type[Part], str]] = {
    Heading: "heading",
    Facts: "facts",
    Table: "table",
    Note: "note",
    Standout: "standout",
}


class TypstPdf:
    """PDF/UA-1: tagged for screen readers, in Russian, with the fonts inside."""

    def make(self, paper: Paper) -> bytes:
        """The file; a thousand rows take two thirds of a second and 600 KB."""
        said = {
            "title": _shown(paper.title) or _UNKNOWN,
            "author": _shown(paper.author),
            "parts": [_told(part) for part in paper.parts],
        }
        made = typst.compile(
            _TEMPLATE,
            font_paths=_fonts(),
            sys_inputs={"paper": json.dumps(said)},
            pdf_standards="ua-1",
            timestamp=_fixed(paper.made_at),
        )
        return bytes(made)


def _fixed(moment: datetime) -> datetime:
    """The same second and the same clock, as Typst takes them: an offset instead of a zone's name."""
    return moment.replace(microsecond=0).astimezone(timezone(moment.utcoffset() or timedelta()))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_DATA)])


@cache
def _letters() -> frozenset[str]:
    return frozenset((_DATA / "letters.txt").read_text(encoding="utf-8"))


def _told(part: Part) -> dict[str, Any]:
    return {"kind": _KINDS[type(part)], **_every_text(asdict(part))}


def _every_text(value: Any) -> Any:  # noqa: ANN401 - whatever a part is made of
    if isinstance(value, str):
        return _shown(value)
    if isinstance(value, dict):
        return {name: _every_text(inner) for name, inner in value.items()}
    return [_every_text(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _shown(text: str) -> str:
    """The text in letters that the font has, with room for a break in words without end.

    Line breaks stay, what is beyond two thousand letters does not. A letter that the font lacks becomes a question mark; what is no letter at all goes.
    """
    known = "".join(map(_letter, unicodedata.normalize("NFC", text[:_MOST])))
    return _ENDLESS.sub(_breakable, known)


def _letter(sign: str) -> str:
    if sign == "\n" or sign in _letters():
        return sign
    if sign == "\t":
        return " "
    return "" if unicodedata.category(sign)[0] in "CM" else _UNKNOWN


def _breakable(word: re.Match[str]) -> str:
    letters = word.group()
    return _BREAK.join(letters[at : at + _PIECE] for at in range(0, len(letters), _PIECE))
