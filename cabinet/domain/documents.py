"""Scans and photographs of documents: what may be sent, and what a file says it is.

Nothing here opens a file: its first bytes and the end of its name are all that is looked at.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError

MOST_BYTES: Final = 10 * 1024 * 1024
"""Of one file, as it is sent."""
MOST_FILES: Final = 3
"""Of one request: the two sides of a page, or a page and its continuation."""
MOST_PAGES: Final = 10
MOST_PIXELS: Final = 40_000_000
_LONGEST_NAME: Final = 1000


class FileFormat(StrEnum):
    """What is taken, as the file's first bytes tell it."""

    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    PDF = "pdf"


EXTENSIONS: Final = {
    "jpg": FileFormat.JPEG,
    "jpeg": FileFormat.JPEG,
    "jpe": FileFormat.JPEG,
    "jfif": FileFormat.JPEG,
    "png": FileFormat.PNG,
    "heic": FileFormat.HEIC,
    "heif": FileFormat.HEIC,
    "pdf": FileFormat.PDF,
}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})  # ISO/IEC 23008-12, annex B
_MAGIC: Final = (
    (re.compile(rb"\xff\xd8\xff"), FileFormat.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileFormat.PNG),
    (re.compile(rb"%PDF-[12]\.\d"), FileFormat.PDF),
)


class DocumentRefused(InputError):
    """A file that is not taken; each reason is a rule of its own."""

    code = "document.refused"
    field = "document"


class DocumentEmpty(DocumentRefused):
    """No bytes at all."""

    code = "document.empty"


class DocumentTooLarge(DocumentRefused):
    """More than `MOST_BYTES`."""

    code = "document.too_large"


class DocumentFormatUnknown(DocumentRefused):
    """Neither JPEG, PNG, HEIC nor PDF."""

    code = "document.format_unknown"


class DocumentFormatDiffers(DocumentRefused):
    """The name promises another format than the bytes."""

    code = "document.format_differs"


class DocumentBroken(DocumentRefused):
    """It begins well and cannot be opened."""

    code = "document.broken"


class DocumentTooDetailed(DocumentRefused):
    """More than `MOST_PIXELS`."""

    code = "document.too_detailed"


class DocumentTooLong(DocumentRefused):
    """A PDF of more than `MOST_PAGES`."""

    code = "document.too_long"


class DocumentLocked(DocumentRefused):
    """A PDF that opens by a password."""

    code = "document.locked"


class DocumentTooHeavy(DocumentRefused):
    """Opening it took more time or memory than a photograph may."""

    code = "document.too_heavy"


class DocumentsTooMany(DocumentRefused):
    """`MOST_FILES` are there already."""

    code = "document.too_many"


class DocumentUnreadable(Conflict):
    """What is kept cannot be opened: another key, a damaged file, or one that was deleted."""

    code = "document.unreadable"


def format_of(name: str, data: bytes) -> FileFormat:
    """The format that the file's name and its first bytes agree on.

    Raises:
        DocumentEmpty, DocumentTooLarge, DocumentFormatUnknown, DocumentFormatDiffers: it is not taken.
    """
    if not data:
        raise DocumentEmpty
    if len(data) > MOST_BYTES:
        raise DocumentTooLarge
    found = by_magic(data)
    if found is None:
        raise DocumentFormatUnknown
    if _by_name(name) is not found:
        raise DocumentFormatDiffers
    return found


def by_magic(data: bytes) -> FileFormat | None:
    """What the first bytes say; None when they are of nothing that is taken."""
    if data[4:8] == b"ftyp":
        return FileFormat.HEIC if data[8:12] in _HEIC_BRANDS else None
    return next((kind for magic, kind in _MAGIC if magic.match(data)), None)


def _by_name(name: str) -> FileFormat | None:
    """By the extension; of a name too long to be one, nothing. Names themselves are never kept."""
    _, dot, extension = name.rpartition(".")
    return EXTENSIONS.get(extension.strip().lower()) if dot and len(name) <= _LONGEST_NAME else None


def joined(pages: Sequence[bytes]) -> bytes:
    """Pages in one piece: each after its length in four bytes."""
    return b"".join(len(page).to_bytes(4, "big") + page for page in pages)


def split(whole: bytes) -> tuple[bytes, ...]:
    """The pages that `joined` has put together.

    Raises:
        DocumentUnreadable: it is nothing that `joined` makes.
    """
    pages: list[bytes] = []
    at = 0
    while at < len(whole):
        end = at + 4 + int.from_bytes(whole[at : at + 4], "big")
        if end > len(whole) or end == at + 4:
            raise DocumentUnreadable
        pages.append(whole[at + 4 : end])
        at = end
    return tuple(pages)
