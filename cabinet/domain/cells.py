"""Cells of the tables that we give out: text that comes from others stays text in a table program."""

import re
from typing import Final

# A minus before a number, or for «unknown», is how registers write; anything else after it may be a formula.
_FORMULA: Final = re.compile(r"[=+@\t\r]|-(?![\d.,]*(?:;|$))")


def as_text(cell: str) -> str:
    """The cell, with an apostrophe before what a table program would take for a formula (CWE-1236)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
