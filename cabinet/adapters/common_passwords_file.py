"""The offline list of common passwords: sorted marks in a file that processes share."""

import hashlib
import mmap
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "data" / "passwords" / "common.bin"
WIDTH: Final = 5
"""Bytes of a mark: of 200 000 entries a random phrase meets one by chance once in five million."""


def mark(text: str) -> bytes:
    """What the file keeps of a password in keys pressed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:WIDTH]


class ListedPasswords:
    """A list that is mapped into memory at the first question, and searched by halves."""

    def __len__(self) -> int:
        """How many entries there are."""
        return len(_marks()) // WIDTH

    def has(self, keys: str) -> bool:
        """Whether it is one of them."""
        marks, wanted = _marks(), mark(keys)
        place = bisect_left(range(len(self)), wanted, key=lambda at: marks[at * WIDTH : (at + 1) * WIDTH])
        return marks[place * WIDTH : (place + 1) * WIDTH] == wanted


@cache
def _marks() -> mmap.mmap:
    with FILE.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
