"""A register's file, read twice as a stream: once to know it, once to take its lines."""

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cabinet.domain.registers import Encoding, RegisterChanging, RegisterUnreadable

LONGEST_LINE: Final = 65_536  # bytes; a line of the widest register has some 400
BLOCK: Final = 1 << 20  # bytes: some three thousand accounts, ten thousand charges
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
class Block:
    """Lines in a row as they stand in the file, whose header is number 1.

    Attributes:
        number: of the first of them.
        texts: without line ends; what the encoding cannot read is U+FFFD.
        end: bytes of the file up to the end of the block.
        cut: places of lines that are too long to be read at all: their texts are their beginnings.
    """

    number: int
    texts: list[str]
    end: int
    cut: frozenset[int] = frozenset()


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


def read_lines(file: BinaryIO, facts: FileFacts) -> Iterator[Block]:
    """The second pass: block after block of about `BLOCK` bytes in flat memory, however long a line is.

    The first block is the first line alone.

    Raises:
        RegisterChanging: at the end, when it was not the file of the first pass.
    """
    digest = hashlib.sha256()
    codec = "utf-8" if facts.encoding is Encoding.UTF_8_BOM else facts.encoding.value
    number, most = 1, 0
    while chunk := file.read(most) + file.readline(LONGEST_LINE):
        most = BLOCK
        digest.update(chunk)
        if not chunk.endswith(b"\n"):
            for rest in _rest_of_line(file):
                digest.update(rest)
        whole = chunk.removesuffix(b"\n")
        texts, cut = _texts(whole.removeprefix(codecs.BOM_UTF8) if number == 1 else whole, codec)
        yield Block(number, texts, file.tell(), cut)
        number += len(texts)
    if digest.hexdigest() != facts.sha256:
        raise RegisterChanging


def _rest_of_line(file: BinaryIO) -> Iterator[bytes]:
    while rest := file.readline(LONGEST_LINE):
        yield rest
        if rest.endswith(b"\n"):
            return


def _texts(chunk: bytes, codec: str) -> tuple[list[str], frozenset[int]]:
    lines = chunk.split(b"\n")
    cut = frozenset(place for place, line in enumerate(lines) if len(line) >= LONGEST_LINE)
    if cut:
        texts = [line[:LONGEST_LINE].decode(codec, "replace") for line in lines]
    else:
        texts = chunk.decode(codec, "replace").split("\n")
    return [text.removesuffix("\r") for text in texts], cut
