"""A letter as RFC 5322 has it: what the outbox files, SMTP and Resend share."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final, Self

from cabinet.domain.identity import ascii_host
from cabinet.ports import Letter, Undelivered

# RFC 3834: no holiday replies to what a program sent.
AUTO_SUBMITTED: Final = {"Auto-Submitted": "auto-generated"}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address that may stand in a header and on an SMTP command line: one line, its domain in IDNA."""

    name: str
    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """«anna@почта.рф», «Газ дома <kabinet@example.ru>».

        Raises:
            Undelivered: not an address; another try will not make it one.
        """
        name, bare = parseaddr(text)
        local, at, host = bare.rpartition("@")
        try:
            domain = ascii_host(host)
        except UnicodeError as exc:
            raise Undelivered("not an address", retryable=False) from exc
        if not (local and at and domain) or not text.isprintable() or set(bare) & set(' "<>,;:\\'):
            raise Undelivered("not an address", retryable=False)
        return cls(name, local, domain)

    @classmethod
    def recipient(cls, text: str) -> Self:
        """The address alone, as logins are kept.

        Raises:
            Undelivered: anything more or less than one address.
        """
        found = cls.parse(text)
        if parseaddr(text) != ("", text):
            raise Undelivered("more than an address", retryable=False)
        return found

    @property
    def address(self) -> str:
        """`local@domain`; only the local part may be other than ASCII."""
        return f"{self.local}@{self.domain}"

    @property
    def header(self) -> str:
        """As a header has it, the name encoded."""
        return str(Address(self.name, addr_spec=self.address)) if self.local.isascii() else self.address


def as_message(letter: Letter, sender: Mailbox, at: datetime) -> EmailMessage:
    """The letter in text and HTML; its Message-ID is the key's, so that a repeated letter is known as one.

    Raises:
        Undelivered: a header of it cannot be written.
    """
    message = EmailMessage()
    try:
        message["From"] = sender.header
        message["To"] = Mailbox.recipient(letter.to).header
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{letter.key}@{sender.domain}>"
        for name, value in AUTO_SUBMITTED.items():
            message[name] = value
    except (ValueError, MessageError) as exc:
        raise Undelivered(str(exc), retryable=False) from exc
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
