"""An IMAP server that says what a test tells it to: the troubles that a real one is too good for."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Self

import trustme

Say = Callable[[str, str], bytes | None]
"""Of a command's name and the rest, what to answer before its OK; None hangs up."""


class OddImapServer:
    """One client at a time; `say` answers each command before its OK.

    Args:
        say: the answers.
        authority: signs its certificate for TLS from the first byte; None speaks plainly.
        after_starttls: said in the clear behind the OK to STARTTLS.
    """

    def __init__(self, say: Say, authority: trustme.CA | None, after_starttls: bytes = b"") -> None:
        self._say = say
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._context = _context(authority) if authority else None
        self._after_starttls = after_starttls
        self._over = threading.Event()

    @contextlib.contextmanager
    def serving(self) -> Iterator[Self]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            thread.join(20)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), self._wrapped(plain) as client:
                self._talk(client)

    def _wrapped(self, plain: socket.socket) -> socket.socket:
        return self._context.wrap_socket(plain, server_side=True) if self._context else plain

    def _talk(self, client: socket.socket) -> None:
        client.sendall(b"* OK ready\r\n")
        with client.makefile("rb") as commands:
            for line in commands:
                match line.decode(errors="replace").split():
                    case [tag, "UID", name, *rest] | [tag, name, *rest]:
                        pass
                    case _:  # no command at all: the bytes of a TLS hello
                        return
                answer = self._say(name, " ".join(rest))
                if answer is None:
                    return
                if answer == DRIP:
                    self._drip(client)
                    return
                client.sendall(answer + f"{tag} OK done\r\n".encode())
                if name == "STARTTLS" and self._after_starttls:
                    client.sendall(self._after_starttls)

    def _drip(self, client: socket.socket) -> None:
        while not self._over.wait(0.05):
            client.sendall(b"*")


DRIP = b"drip"


def _context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def usual(name: str, rest: str) -> bytes:
    """What an honest server with one letter of five bytes answers."""
    if name == "FETCH":
        return (
            b"* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n"
            if "SIZE" in rest
            else b"* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\n"
        )
    return {
        "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
        "SELECT": b"* OK [UIDVALIDITY 7] valid\r\n* 1 EXISTS\r\n",
        "SEARCH": b"* SEARCH 1\r\n",
    }.get(name, b"")
