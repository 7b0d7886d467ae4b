"""A letter as it came from outside, read within bounds: whatever the bytes are, reading ends soon and small."""

import io
import re
import unicodedata
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import collapse_rfc2231_value, getaddresses
from enum import StrEnum
from itertools import islice
from typing import Final, cast

from cabinet.domain.documents import by_magic
from cabinet.domain.html_text import text_of_html

MOST_BYTES: Final = 25 * 1024 * 1024  # of a letter: what most providers carry
HEAD_BYTES: Final = 64 * 1024
MOST_PARTS: Final = 60
MOST_TEXT: Final = 20_000  # characters that are looked at
_MOST_HEADER: Final = 2000
_MOST_LINES: Final = 700_000
_MOST_WORK: Final = 3_000_000  # lines times nestings: each line is compared with every open boundary
_MOST_BOUNDARIES: Final = 2000
_MOST_NESTED: Final = 20
_MOST_TEXT_BYTES: Final = 256 * 1024
_MOST_NAME: Final = 80
_LETTER: Final = "message/rfc822"
_TINY: Final = 10 * 1024  # an inline picture below it is somebody's logo

_BLANK: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_BOUNDARY: Final = re.compile(rb"[\r\n]--")
_NESTING: Final = re.compile(rb"(?i)multipart/|message/")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MACHINES: Final = re.compile(
    r"(mailer-daemon|postmaster|no-?_?reply|do-?_?not-?_?reply|bounces?|daemon)\b.*", re.IGNORECASE
)
_AUTHENTICATED: Final = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{1,10})", re.IGNORECASE)
# Russian mail comes in these; a codec by the letter's own choice could be as slow as it likes.
_CHARSETS: Final = {
    "utf-8", "us-ascii", "windows-1251", "cp1251", "koi8-r", "koi8-u", "iso-8859-5", "cp866", "ibm866",
    "iso-8859-1", "windows-1252", "utf-16", "utf-16le", "utf-16be", "x-mac-cyrillic",
}  # fmt: skip
_CODECS: Final = {"x-mac-cyrillic": "mac-cyrillic"}
_GUESSES: Final = ("cp1251", "koi8-r", "cp866", "iso-8859-5")


class Fault(StrEnum):
    """Why something of a letter was left aside."""

    LARGE = "large"
    COMPLEX = "complex"
    PARTS = "parts"
    ARCHIVE = "archive"
    WINMAIL = "winmail"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the letter; `name` is for looking at, never for opening."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LetterHead:
    """What the headers tell; all of it is what the sender likes to tell.

    Attributes:
        sender: the one address of From, "" when there is none or several.
        automatic: a machine wrote it, a list sent it on, or nobody reads the answers.
        authentication: what is written of SPF, DKIM and DMARC, as `dkim=pass spf=none`.
        authenticator: the server that has found it out, by its own words (RFC 8601, the authserv-id); the sender's words
            unless that is the name of the receiving server, which takes away whatever came under it.
    """

    sender: str
    subject: str
    message_id: str
    automatic: bool
    authentication: str
    authenticator: str


@dataclass(frozen=True, slots=True)
class ReceivedLetter:
    """A letter: its words without quotations, its pictures and PDFs, and what was left aside.

    Attributes:
        files: its own, and those of letters that are attached to it.
        forwarded: the words of letters that are attached to it, their subjects too.
    """

    head: LetterHead
    text: str
    files: tuple[Attached, ...]
    faults: frozenset[Fault]
    forwarded: str = ""

    @property
    def said(self) -> str:
        """All words, the sender's own first."""
        return f"{self.head.subject}\n{self.text}\n{self.forwarded}"


class _Bounded(EmailPolicy):
    """Headers cut short and left as they came: the full grammar takes seconds on hostile ones."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """The name and the first characters of the value."""
        first, *more = (line[:_MOST_HEADER] for line in sourcelines[:50])
        name, _, begun = first.partition(":")
        return name[:_MOST_NAME], "".join([begun, *more]).strip(" \t\r\n")[:_MOST_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the base class's signature
        """As it came, on one line."""
        return " ".join(value.split())


_POLICY: Final = _Bounded()


def read_letter(raw: bytes) -> ReceivedLetter:
    """The letter of these bytes; what is beyond the bounds is told in `faults`, never raised."""
    head = read_head(raw)
    if len(raw) > MOST_BYTES:
        return ReceivedLetter(head, "", (), frozenset({Fault.LARGE}))
    if not _is_simple(raw):
        return ReceivedLetter(head, "", (), frozenset({Fault.COMPLEX}))
    return _Reader(head).read(_parse(raw))


def read_head(raw: bytes) -> LetterHead:
    """The headers among the first 64 KB."""
    end = _BLANK.search(raw, 0, HEAD_BYTES)
    message = _parse(raw[: end.start() if end else HEAD_BYTES] + b"\r\n\r\n")
    sender = _sender(message)
    authenticator, authentication = _authentication(message)
    return LetterHead(
        sender=sender,
        subject=_words(message.get("Subject", "")),
        message_id=message.get("Message-ID", "").strip()[:_MOST_HEADER],
        automatic=_is_automatic(message, sender),
        authentication=authentication,
        authenticator=authenticator,
    )


def _parse(raw: bytes) -> EmailMessage:
    message = BytesParser(EmailMessage, policy=_POLICY).parse(io.BytesIO(raw))
    return cast("EmailMessage", message)


def _is_simple(raw: bytes) -> bool:
    """Whether the parser's time and memory stay in proportion: it keeps lines apart and nests by recursion."""
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    return (
        lines <= _MOST_LINES
        and lines * _count(_NESTING, raw, _MOST_NESTED) <= _MOST_WORK
        and _count(_BOUNDARY, raw, _MOST_BOUNDARIES) <= _MOST_BOUNDARIES
        and _count(_NESTING, raw, _MOST_NESTED) <= _MOST_NESTED
        and _BLANK.search(raw, 0, HEAD_BYTES) is not None
    )


def _count(pattern: re.Pattern[bytes], raw: bytes, most: int) -> int:
    return sum(1 for _ in islice(pattern.finditer(raw), most + 1))


def _sender(message: EmailMessage) -> str:
    said = message.get_all("From", [])
    if len(said) != 1 or said[0].count("(") > 1:
        return ""
    found = [address for _, address in getaddresses(said) if "@" in address]
    return found[0] if len(found) == 1 else ""


def _is_automatic(message: EmailMessage, sender: str) -> bool:
    """RFC 3834 § 2 and what the world does beside it."""
    submitted, precedence, path = (
        [value.lower().replace(" ", "") for value in message.get_all(name, [])]
        for name in ("Auto-Submitted", "Precedence", "Return-Path")
    )
    return (
        any(value.partition(";")[0] != "no" for value in submitted)
        or not {"bulk", "list", "junk", "auto_reply"}.isdisjoint(precedence)
        or "<>" in path
        or any(name in message for name in _MACHINE_HEADERS)
        or message.get_content_type() in {"multipart/report", "message/delivery-status"}
        or bool(_MACHINES.fullmatch(sender.partition("@")[0]))
    )


_MACHINE_HEADERS: Final = (
    "List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID", "X-Autoreply", "X-Autorespond",
    "X-Auto-Response-Suppress", "X-Failed-Recipients", "X-Loop",
)  # fmt: skip


def _authentication(message: EmailMessage) -> tuple[str, str]:
    """Who has found out what, of the topmost header alone: the receiving server puts its own above those that came."""
    said = message.get("Authentication-Results", "")
    who, _, verdicts = said.partition(";")
    found = {kind.lower(): verdict.lower() for kind, verdict in _AUTHENTICATED.findall(verdicts)}
    marks = " ".join(f"{kind}={verdict}" for kind, verdict in sorted(found.items()))
    return "".join(who.split()[:1]).casefold(), marks


@dataclass
class _Texts:
    """The texts of one letter's parts."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Without quotations; the HTML speaks only when there is no plain text."""
        return unquoted("\n".join(self.plain).strip() or "\n".join(self.html))[:MOST_TEXT]


class _Reader:
    """Collects what there is in the parts of one letter."""

    def __init__(self, head: LetterHead) -> None:
        self._head = head
        self._own, self._forwarded = _Texts(), _Texts()
        self._subjects: list[str] = []
        self._files: list[Attached] = []
        self._faults: set[Fault] = set()

    def read(self, message: EmailMessage) -> ReceivedLetter:
        """Part by part; a letter that is attached is read as well, one that is attached to that is not."""
        waiting, seen = [(message, self._own)], 0
        while waiting and seen < MOST_PARTS:
            part, words = waiting.pop()
            seen += 1
            inner = part.get_payload() if part.is_multipart() else None
            if part.get_content_type() == _LETTER and words is self._own:
                words = self._forwarded
                waiting += [(one, words) for one in self._letters_of(inner)]
            elif part.get_content_maintype() == "multipart" and isinstance(inner, list):
                waiting += [(one, words) for one in reversed(inner) if isinstance(one, EmailMessage)]
            else:
                self._take(part, words)
        if waiting:
            self._faults.add(Fault.PARTS)
        forwarded = "\n".join([*self._subjects, self._forwarded.said])
        return ReceivedLetter(
            self._head, self._own.said, tuple(self._files), frozenset(self._faults), forwarded
        )

    def _letters_of(self, inner: object) -> list[EmailMessage]:
        letters = [one for one in inner if isinstance(one, EmailMessage)] if isinstance(inner, list) else []
        self._subjects += [_words(one.get("Subject", "")) for one in letters]
        return letters

    def _take(self, part: EmailMessage, words: _Texts) -> None:
        kind, name = part.get_content_type(), _file_name(part)
        if (
            kind in {"text/plain", "text/html"}
            and not name
            and part.get_content_disposition() != "attachment"
        ):
            text = _decoded(_content(part)[:_MOST_TEXT_BYTES], part.get_content_charset(""))
            words.html.append(text_of_html(text)) if kind == "text/html" else words.plain.append(text)
        elif kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            self._faults.add(Fault.WINMAIL)
        elif part.is_multipart():  # a letter inside the letter inside the letter
            self._faults.add(Fault.KIND)
        else:
            self._take_file(part, name)

    def _take_file(self, part: EmailMessage, name: str) -> None:
        content = _content(part)
        inline = part.get_content_disposition() != "attachment"
        if not content or (inline and "Content-ID" in part and len(content) < _TINY):
            return
        if by_magic(content):
            self._files.append(Attached(name, content))
        else:
            self._faults.add(Fault.ARCHIVE if content.startswith(_ARCHIVES) else Fault.KIND)


_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
)


def _content(part: EmailMessage) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _file_name(part: EmailMessage) -> str:
    """The last piece of the name, printable, in the order in which it is written."""
    try:
        said = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
        name = _words(collapse_rfc2231_value(said)) if said else ""
    except (ValueError, LookupError, TypeError):
        return ""
    bare = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in bare if unicodedata.category(c)[0] not in "CZ" or c == " ").strip(" .")[
        :_MOST_NAME
    ]


def _words(value: str) -> str:
    """A header's words, decoded as well as they can be."""
    try:
        pieces = decode_header(value)
    except (HeaderParseError, Base64Error, ValueError):
        pieces = [(value, None)]
    text = "".join(_decoded(_bytes(piece), charset or "") for piece, charset in pieces)
    return " ".join(text.split())[:_MOST_HEADER]


def _bytes(piece: str | bytes) -> bytes:
    return piece.encode("utf-8", "surrogateescape") if isinstance(piece, str) else piece


def _decoded(data: bytes, charset: str) -> str:
    """The text, by what its bytes are rather than by what they are said to be."""
    declared = charset.lower()
    if not declared.startswith("utf-16"):
        try:
            return _CONTROLS.sub("", data.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
    names = ([_CODECS.get(declared, declared)] if declared in _CHARSETS else []) + list(_GUESSES)
    readings = [data.decode(name, "replace") for name in dict.fromkeys(names)]
    best = readings[0] if declared.startswith("utf-16") else max(readings, key=_russian)
    return _CONTROLS.sub("", best)


def _russian(text: str) -> int:
    """How much like Russian words: small letters more than capitals, and nothing odd."""
    sample = text[:4000]
    small = sum("а" <= c <= "я" or c == "ё" for c in sample)
    odd = sum(not (c.isascii() or "а" <= c <= "я" or "А" <= c <= "Я" or c in "ёЁ№«»–—…") for c in sample)
    capitals = sum("А" <= c <= "Я" for c in sample)
    return 2 * small + capitals - 4 * odd


def unquoted(text: str) -> str:
    """Without the lines that quote another letter."""
    kept = (line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return "\n".join(kept)
