"""Letters by SMTP (RFC 5321), one connection each; storage in Russia makes it the documented default."""

import asyncio
import contextlib
import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPResponse, SMTPStatus
from aiosmtplib.protocol import normalize_message_line_endings

from cabinet.adapters.http_bounded import DEADLINE
from cabinet.adapters.letters import Mailbox, as_message
from cabinet.ports import Clock, Letter, Undelivered

_PERMANENT: Final = 500
# Seconds more for the answer to the whole letter: servers look it through first (RFC 5321, 4.5.3.2.6, has ten
# minutes). The lease of a message outlives it.
_PATIENCE: Final = 60.0
_GLANCE: Final = 0.2  # seconds between two looks at whether the portal is stopping
_GOODBYE: Final = 1.0
_HALF_AN_HOUR: Final = 1800
_DOT: Final = re.compile(rb"(?m)^\.")


class Tls(StrEnum):
    """How a connection is made secret."""

    AT_ONCE = "smtps"
    REQUIRED = "smtp+starttls"
    OFFERED = "smtp"
    NEVER = "never"


_PORTS: Final = {Tls.AT_ONCE: 465, Tls.REQUIRED: 587, Tls.OFFERED: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Whom to hand letters to."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """`smtps://user:password@host:465`, `smtp+starttls://…:587`, `smtp://host:25`.

        `smtp` takes STARTTLS where it is offered and, with a password, where it is not offered sends nothing;
        this machine's own server is spoken to plainly.

        Raises:
            ValueError: not such a URL.
        """
        parts = urlsplit(url)
        tls = Tls(parts.scheme)
        if not parts.hostname or tls is Tls.NEVER:
            raise ValueError("no host")
        if tls is Tls.OFFERED and _is_this_machine(parts.hostname):
            tls = Tls.NEVER
        elif tls is Tls.OFFERED and parts.username:
            tls = Tls.REQUIRED
        port = parts.port or _PORTS[Tls(parts.scheme)]
        return cls(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _is_this_machine(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class _Client(aiosmtplib.SMTP):
    """A client whose DATA ends with the letter's last line: `hear` gives the answer to it."""

    async def data(self, message: str | bytes, /, **_timeout: object) -> SMTPResponse:
        """Send the whole letter, its dots doubled. (RFC 5321, 4.5.2)"""
        ready = await self.execute_command(b"DATA")
        if ready.code != SMTPStatus.start_input or self.protocol is None:
            raise aiosmtplib.SMTPDataError(ready.code, ready.message)
        lines = normalize_message_line_endings(message.encode() if isinstance(message, str) else message)
        self.protocol.write(_DOT.sub(b"..", lines) + b".\r\n")
        return ready

    async def hear(self) -> SMTPResponse:
        """What the server says next."""
        if self.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("connection lost")
        return await self.protocol.read_response()


class SmtpMail:
    """Sends letters; the conversation has ten seconds to the letter's last line, so that who drips holds nobody.

    The answer to the whole letter has a minute more. Without one nobody knows whether the letter was taken, and a
    server that is given it again takes it again.
    """

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        clock: Clock,
        context: ssl.SSLContext | None = None,
        seconds: float = DEADLINE,
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self._server = server
        self._sender = Mailbox.parse(sender)
        self._clock = clock
        self._context = context or ssl.create_default_context()
        self._seconds = seconds
        self._patience = patience

    def send(self, letter: Letter, stopping: Callable[[], bool] = lambda: False) -> None:
        """Hand the letter over.

        Raises:
            Undelivered: refused for good (5xx to the recipient or the letter), or to be tried again.
        """
        message = as_message(letter, self._sender, self._clock.now())
        recipient = Mailbox.recipient(letter.to).address
        with _translated(self._seconds):
            asyncio.run(self._converse(message, recipient, stopping))

    async def _converse(self, message: EmailMessage, recipient: str, stopping: Callable[[], bool]) -> None:
        deadline = asyncio.get_running_loop().time() + self._seconds
        client = _Client(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._sender.domain,
            use_tls=self._server.tls is Tls.AT_ONCE,
            start_tls=False,
            tls_context=self._context,
            timeout=self._seconds,
        )
        try:
            async with asyncio.timeout_at(deadline):
                await self._enter(client)
                await client.send_message(message, sender=self._sender.address, recipients=[recipient])
            answer = await self._answer(client, deadline, stopping)
            if answer.code != SMTPStatus.completed:
                raise aiosmtplib.SMTPDataError(answer.code, answer.message)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit(timeout=_GOODBYE)  # the letter is theirs already
        finally:
            client.close()

    async def _answer(self, client: _Client, deadline: float, stopping: Callable[[], bool]) -> SMTPResponse:
        """What the server says to the whole letter: waited for a minute after `deadline`, or not when stopping."""
        clock = asyncio.get_running_loop().time
        answer = asyncio.ensure_future(client.hear())
        while not answer.done():
            left = deadline - clock() + (0 if stopping() else self._patience)
            if left <= 0:
                answer.cancel()
                raise _unclear("no answer to the whole letter", 0 if stopping() else _HALF_AN_HOUR)
            await asyncio.wait({answer}, timeout=min(left, _GLANCE))
        try:
            return answer.result()
        except (aiosmtplib.SMTPException, OSError) as exc:
            raise _unclear(f"{type(exc).__name__}: {exc}") from exc

    async def _enter(self, client: _Client) -> None:
        await client.connect()
        await client.ehlo()
        required, offered = self._server.tls is Tls.REQUIRED, self._server.tls is Tls.OFFERED
        if required or (offered and client.supports_extension("starttls")):
            await client.starttls()
            await client.ehlo()
        if self._server.user:
            await client.login(self._server.user, self._server.password)


@contextlib.contextmanager
def _translated(seconds: float) -> Iterator[None]:
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as exc:
        raise _refused(exc.recipients[0]) from exc
    except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientRefused) as exc:
        raise _refused(exc) from exc
    except aiosmtplib.SMTPNotSupported as exc:
        raise Undelivered(exc.message, retryable="SMTPUTF8" not in exc.message) from exc
    except aiosmtplib.SMTPException as exc:
        raise Undelivered(f"{type(exc).__name__}: {exc}", retryable=True) from exc
    except TimeoutError as exc:
        raise Undelivered(f"no answer in {seconds:g} s", retryable=True) from exc
    except OSError as exc:  # refused connections, broken TLS
        raise Undelivered(f"{type(exc).__name__}: {exc}", retryable=True) from exc


def _unclear(reason: str, retry_in: int = 0) -> Undelivered:
    return Undelivered(f"perhaps taken: {reason}", retryable=True, retry_in=retry_in, unclear=True)


def _refused(error: aiosmtplib.SMTPResponseException) -> Undelivered:
    return Undelivered(f"{error.code} {error.message}", retryable=error.code < _PERMANENT)
