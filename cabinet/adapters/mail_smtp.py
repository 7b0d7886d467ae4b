"""Letters by SMTP (RFC 5321), one connection each; storage in Russia makes it the documented default."""

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import aiosmtplib

from cabinet.adapters.http_bounded import DEADLINE
from cabinet.adapters.letters import Mailbox, as_message
from cabinet.ports import Clock, Letter, Undelivered

_PERMANENT: Final = 500


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


class SmtpMail:
    """Sends letters; the whole conversation has ten seconds, so that a dripping server holds nobody."""

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        clock: Clock,
        context: ssl.SSLContext | None = None,
        seconds: float = DEADLINE,
    ) -> None:
        self._server = server
        self._sender = Mailbox.parse(sender)
        self._clock = clock
        self._context = context or ssl.create_default_context()
        self._seconds = seconds

    def send(self, letter: Letter) -> None:
        """Hand the letter over.

        Raises:
            Undelivered: refused for good (5xx to the recipient or the letter), or to be tried again.
        """
        message = as_message(letter, self._sender, self._clock.now())
        recipient = Mailbox.recipient(letter.to).address
        with _translated(self._seconds):
            asyncio.run(self._within(message, recipient))

    async def _within(self, message: EmailMessage, recipient: str) -> None:
        async with asyncio.timeout(self._seconds):
            await self._converse(message, recipient)

    async def _converse(self, message: EmailMessage, recipient: str) -> None:
        client = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._sender.domain,
            use_tls=self._server.tls is Tls.AT_ONCE,
            start_tls=False,
            tls_context=self._context,
            timeout=self._seconds,
        )
        try:
            await self._enter(client)
            await client.send_message(message, sender=self._sender.address, recipients=[recipient])
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()  # the letter is theirs already
        finally:
            client.close()

    async def _enter(self, client: aiosmtplib.SMTP) -> None:
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


def _refused(error: aiosmtplib.SMTPResponseException) -> Undelivered:
    return Undelivered(f"{error.code} {error.message}", retryable=error.code < _PERMANENT)
