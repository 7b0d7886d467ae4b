"""The supplier's mailbox by IMAP (RFC 3501) with the standard library's client, which is kept within bounds.

`imaplib` names its `read`, `readline` and `open` as the methods to override; here they count bytes and seconds, so that
a server which drips, floods or promises a literal of gigabytes holds nobody and fills nothing.
"""

import base64
import contextlib
import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from cabinet.ports import MailboxUnavailable

DEADLINE: Final = 10.0  # seconds for one step of the conversation: SIGTERM waits for it
_PIECE: Final = 1024 * 1024  # bytes of a letter that are asked for at once
_MOST_ANSWER: Final = 4 * _PIECE  # bytes of the answer to one command
_MOST_LINE: Final = _PIECE
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PORTS: Final = {"imaps": 993, "imap": 143}
_LONGEST_UID: Final = 10  # digits of 32 bits
_UID: Final = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b")
_SHORT: Final = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Whose letters to read, and where.

    Attributes:
        secret: TLS from the first byte; otherwise STARTTLS, and nothing is said without it.
        supplier: the code of the supplier whom the letters are for; "" when there is but one.
        authenticator: the authserv-id of Authentication-Results that may be believed; "" for none.
    """

    host: str
    port: int
    secret: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    supplier: str = ""
    authenticator: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """`imaps://user:password@host/folder?supplier=code&authserv=mx.host`, or `imap://…`, which demands STARTTLS.

        Raises:
            ValueError: not such a URL; the message has nothing of it.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise ValueError("not an address of a mailbox") from None
        if not (parts.hostname and parts.username and parts.password):
            raise ValueError("a mailbox needs a user, a password and a host")
        asked = parse_qs(parts.query)
        return cls(
            parts.hostname,
            port,
            parts.scheme == "imaps",
            unquote(parts.username),
            unquote(parts.password),
            unquote(parts.path.strip("/")) or "INBOX",
            asked.get("supplier", [""])[0],
            asked.get("authserv", [""])[0],
        )


class _Wire(imaplib.IMAP4):
    """A connection whose every command has its seconds and its bytes."""

    seconds = DEADLINE

    def begin(self) -> None:
        """A new command: its time and its share of bytes begin."""
        self._end = time.monotonic() + self.seconds
        self._left = _MOST_ANSWER

    def open(self, host: str = "", port: int | None = _PORTS["imap"], timeout: float | None = None) -> None:
        """Connect; the welcome has its seconds too."""
        self.begin()
        self._held = b""
        self._heard: object = None
        super().open(host, port or _PORTS["imap"], timeout)

    def read(self, size: int) -> bytes:
        """So many bytes, unless that is more than any answer of ours has."""
        if size > self._left:
            raise self.abort(f"a literal of {size} bytes")
        while len(self._held) < size:
            self._hear()
        return self._take(size)

    def readline(self) -> bytes:
        """A line with its end."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > _MOST_LINE:
                raise self.abort("an endless line")
            self._hear()
        return self._take(end + 1)

    def send(self, data: Any) -> None:  # noqa: ANN401 - the base class's signature
        """Say it, in the time that is left."""
        self.sock.settimeout(self._seconds_left())
        super().send(data)

    def _hear(self) -> None:
        if self._heard is not self.sock and self._held:
            raise self.abort("words before the secret conversation began")
        self._heard = self.sock
        self.sock.settimeout(self._seconds_left())
        piece = self.sock.recv(min(_PIECE, self._left + 1))
        self._left -= len(piece)
        if not piece or self._left < 0:
            raise self.abort("the connection was closed" if not piece else "too long an answer")
        self._held += piece

    def _take(self, size: int) -> bytes:
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def _seconds_left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no answer in {self.seconds:g} s")
        return left


class _SecretWire(_Wire, imaplib.IMAP4_SSL):
    """The same inside TLS."""


class ImapFolder:
    """An open folder; see `cabinet.ports.OpenMailbox`."""

    def __init__(self, wire: _Wire, validity: int, stopping: Callable[[], bool]) -> None:
        self._wire = wire
        self._stopping = stopping
        self._validity = validity

    @property
    def validity(self) -> int:
        """UIDVALIDITY."""
        return self._validity

    def list_unread(self, since: date) -> list[int]:
        """By the day on which the server took the letter: `Date` says what its writer likes."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        answer = self._ask("SEARCH", "UNSEEN", "UNDELETED", "SINCE", day)
        words = {uid for line in answer if isinstance(line, bytes) for uid in line.split()}
        return sorted(int(uid) for uid in words if uid.isdigit() and len(uid) <= _LONGEST_UID)

    def size(self, uid: int) -> int | None:
        """RFC822.SIZE."""
        lines = (
            line for line in self._ask("FETCH", str(uid), "(UID RFC822.SIZE)") if isinstance(line, bytes)
        )
        found = (_SIZE.search(line) for line in lines if _is_of(line, uid))
        return next((int(size.group(1)) for size in found if size), None)

    def read(self, uid: int, most: int) -> bytes | None:
        """A megabyte at a time, so that every piece has its own seconds."""
        whole = bytearray()
        while len(whole) < most:
            wanted = min(_PIECE, most - len(whole))
            piece = _body(self._ask("FETCH", str(uid), f"(UID BODY.PEEK[]<{len(whole)}.{wanted}>)"), uid)
            if piece is None:
                return None
            whole += piece[:wanted]
            if len(piece) < wanted:
                break
        return bytes(whole)

    def mark(self, uid: int, *, read: bool) -> None:
        """The flags, silently."""
        self._ask("STORE", str(uid), "+FLAGS.SILENT", r"(\Answered \Seen)" if read else r"(\Answered)")

    def _ask(self, *command: str) -> list[Any]:
        if self._stopping():
            raise MailboxUnavailable("the worker is stopping")
        self._wire.begin()
        with _translated():
            status, answer = self._wire.uid(*command)
        if status != "OK":
            raise MailboxUnavailable(f"{command[0]}: {answer[0]!r}")
        return answer


def _is_of(line: bytes, uid: int) -> bool:
    said = _UID.search(line)
    return said is not None and int(said.group(1)) == uid


def _body(answer: list[Any], uid: int) -> bytes | None:
    """The literal of that letter; servers may put news of others between."""
    for at, one in enumerate(answer):
        if isinstance(one, tuple):
            after = answer[at + 1] if at + 1 < len(answer) and isinstance(answer[at + 1], bytes) else b""
            if _is_of(one[0] + b" " + after, uid):
                return bytes(one[1])
        elif isinstance(one, bytes) and _is_of(one, uid) and (short := _SHORT.search(one)):
            return re.sub(rb"\\(.)", rb"\1", short.group(1))
    return None


class ImapMailbox:
    """Opens the folder for each round anew: a kept connection is one more thing to go stale."""

    def __init__(
        self, server: ImapServer, context: ssl.SSLContext | None = None, seconds: float = DEADLINE
    ) -> None:
        self.name = f"{server.user}@{server.host}/{server.folder}"
        self.supplier, self.authenticator = server.supplier, server.authenticator
        self._server = server
        self._context = context or ssl.create_default_context()
        self._seconds = seconds

    @contextlib.contextmanager
    def open(self, stopping: Callable[[], bool] = lambda: False) -> Iterator[ImapFolder]:
        """Connect, say who we are, open the folder; see `cabinet.ports.Mailbox.open`."""
        with _translated():
            wire = self._connect()
        try:
            with _translated():
                validity = self._enter(wire)
            yield ImapFolder(wire, validity, stopping)
        finally:
            _leave(wire)

    def _connect(self) -> _Wire:
        kind = type("Wire", (_SecretWire if self._server.secret else _Wire,), {"seconds": self._seconds})
        options = {"ssl_context": self._context} if self._server.secret else {}
        wire: _Wire = kind(self._server.host, self._server.port, timeout=self._seconds, **options)
        return wire

    def _enter(self, wire: _Wire) -> int:
        wire.begin()
        if not self._server.secret:
            wire.starttls(self._context)
        wire.begin()
        who = f"\0{self._server.user}\0{self._server.password}".encode()
        if "AUTH=PLAIN" in wire.capabilities:
            wire.authenticate("PLAIN", lambda _challenge: who)
        else:
            wire.login(self._server.user, self._server.password)
        wire.begin()
        status, answer = wire.select(f'"{folder_name(self._server.folder)}"')
        said = wire.response("UIDVALIDITY")[1][0]
        if status != "OK" or said is None:
            raise MailboxUnavailable(f"no folder {self._server.folder}: {answer[0]!r}")
        return int(said)


def _leave(wire: _Wire) -> None:
    wire.begin()
    with contextlib.suppress(imaplib.IMAP4.error, OSError):
        wire.logout()
    with contextlib.suppress(OSError):
        wire.shutdown()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.error as exc:
        raise MailboxUnavailable(str(exc)) from None  # what led to it may hold the password
    except TimeoutError as exc:
        raise MailboxUnavailable(str(exc) or "no answer in time") from exc
    except (
        OSError,
        ValueError,
        LookupError,
        AttributeError,
    ) as exc:  # no server, no trust, an answer that is none
        raise MailboxUnavailable(f"{type(exc).__name__}: {exc}") from None


def folder_name(name: str) -> str:
    """The folder's name as the protocol writes it: modified UTF-7 (RFC 3501, 5.1.3), quotes escaped."""
    pieces = re.split(r"([^\x20-\x7e]+)", name)
    written = (
        f"&{base64.b64encode(piece.encode('utf-16-be'), b'+,').decode().rstrip('=')}-"
        if odd
        else piece.replace("&", "&-")
        for odd, piece in ((at % 2, piece) for at, piece in enumerate(pieces))
    )
    return re.sub(r'(["\\])', r"\\\1", "".join(written))
