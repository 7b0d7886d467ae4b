"""Where a page may lead on to: paths of our own only."""

from typing import Final

_LONGEST: Final = 2000


def own_path(after: str, fallback: str = "/") -> str:
    """A path of our own, or the fallback: another site's address, a protocol-relative one and `/api/` are dropped."""
    foreign = after.startswith(("//", "/\\", "/api/")) or not after.isprintable()
    return after if after.startswith("/") and not foreign and len(after) <= _LONGEST else fallback
