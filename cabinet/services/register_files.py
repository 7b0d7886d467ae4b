"""A register's file, read twice as a stream: once to know it, once to take its lines."""

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cabinet.domain.registers import Encoding, Fault, RegisterChanging, RegisterUnreadable

LONGEST_LINE: Final = 65_536  # bytes; a line of the widest register has some 400
_CHUNK: Final = 1 << 20
_ASCII: Final = bytes(range(128))
_BYTES_PER_FAULT: Final = 2


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the first pass finds: `sha256` in hex, `size` in bytes."""

    sha256: str
    encoding: Encoding
    size: int


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it stands in the file, the header being number 1.

    Attributes:
        text: without its line end; what its encoding cannot read is U+FFFD.
        fault: it is too long to be read at all, and `text` is its beginning.
        end: bytes of the file up to its end.
    """

    number: int
    text: str
    end: int
    fault: Fault | None = None


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, for reading.

    Raises:
        RegisterUnreadable: missing, a folder, a pipe or device, or forbidden.
    """
    try:
        if not path.is_file():
            raise RegisterUnreadable(why=_why(path))
        file = path.open("rb")
    except (OSError, ValueError) as exc:
        raise RegisterUnreadable(why="forbidden") from exc
    with file:
        yield file


def _why(path: Path) -> str:
    if path.is_dir():
        return "folder"
    return "special" if path.exists() else "missing"


def examine(path: Path) -> FileFacts:
    """The first pass: hash, encoding and size.

    UTF-8 is what reads as UTF-8. A file of which a few bytes do not is UTF-8 with damage (those lines
    go into quarantine); one of which most do not is Windows-1251.

    Raises:
        RegisterUnreadable: it cannot be opened.
    """
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")("replace")
    size = faults = beyond_ascii = 0
    marked = False
    with opened(path) as file:
        while chunk := file.read(_CHUNK):
            marked = marked or (size == 0 and chunk.startswith(codecs.BOM_UTF8))
            digest.update(chunk)
            size += len(chunk)
            faults += decoder.decode(chunk).count("\ufffd")
            beyond_ascii += len(chunk.translate(None, _ASCII))
        faults += decoder.decode(b"", final=True).count("\ufffd")
    if marked:
        return FileFacts(digest.hexdigest(), Encoding.UTF_8_BOM, size)
    damaged = faults * _BYTES_PER_FAULT > beyond_ascii
    return FileFacts(digest.hexdigest(), Encoding.WINDOWS_1251 if damaged else Encoding.UTF_8, size)


def read_lines(file: BinaryIO, facts: FileFacts) -> Iterator[RawLine]:
    """The second pass: line after line in flat memory, however long a line is.

    Raises:
        RegisterChanging: at the end, when it was not the file of the first pass.
    """
    digest = hashlib.sha256()
    number = end = 0
    while chunk := file.readline(LONGEST_LINE):
        number += 1
        end += len(chunk)
        digest.update(chunk)
        fault = None
        if len(chunk) == LONGEST_LINE and not chunk.endswith(b"\n"):
            fault = Fault.LONG_LINE
            for rest in _rest_of_line(file):
                end += len(rest)
                digest.update(rest)
        yield RawLine(number, _text(chunk, facts.encoding, first=number == 1), end, fault)
    if digest.hexdigest() != facts.sha256:
        raise RegisterChanging


def _rest_of_line(file: BinaryIO) -> Iterator[bytes]:
    while rest := file.readline(LONGEST_LINE):
        yield rest
        if rest.endswith(b"\n"):
            return


def _text(chunk: bytes, encoding: Encoding, *, first: bool) -> str:
    if first:
        chunk = chunk.removeprefix(codecs.BOM_UTF8)
    codec = "utf-8" if encoding is Encoding.UTF_8_BOM else encoding.value
    return chunk.removesuffix(b"\n").removesuffix(b"\r").decode(codec, "replace")
