"""What a use case is given: transactions, time, keys and the ports."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from cabinet.domain.human_check import HumanCheckPolicy
from cabinet.persistence.unit_of_work import Transaction
from cabinet.ports import (
    Acquirer,
    Clock,
    CommonPasswords,
    DocumentCleaner,
    DocumentVault,
    Mailbox,
    MailSender,
    Passkeys,
    PasswordHasher,
    Pdf,
    Pictures,
    Proofs,
    QrCodes,
    Seal,
    SmsSender,
    Speech,
)

Service = TypeVar("Service", bound=Callable[..., Any])
_HASHING: Final = "__hashing__"


@dataclass(frozen=True)
class Deps:
    """The dependencies of every use case; the container builds them, tests build their own.

    Attributes:
        transaction: opens a transaction that writes.
        snapshot: opens a transaction that only reads.
        secret_key: signs codes, links and tickets; never leaves the process.
        address: the public URL, for links in messages and returns from the bank.
        uploads: the folder where registers wait to be imported, for a day at most.
        sms_daily_limit: parts of short messages that may be paid for in a day.
        mailbox: where letters asking for a PIN come; None when there is none.
    """

    transaction: Transaction
    snapshot: Transaction
    clock: Clock
    secret_key: bytes
    address: str
    passwords: PasswordHasher
    common_passwords: CommonPasswords
    passkeys: Passkeys
    mail: MailSender
    sms: SmsSender
    acquirer: Acquirer
    pictures: Pictures
    speech: Speech
    proofs: Proofs
    pdf: Pdf
    seal: Seal
    qr_codes: QrCodes
    human_check_policy: HumanCheckPolicy
    cleaner: DocumentCleaner
    vault: DocumentVault
    sms_daily_limit: int = 1000
    uploads: Path = Path("var/uploads")
    mailbox: Mailbox | None = None


def hashing(service: Service) -> Service:
    """Mark a use case that hashes passwords or proofs: it takes a processor for a good part of a second.

    Those that come at once wait in a line of their own, in nobody else's way.
    """
    setattr(service, _HASHING, True)
    return service


def is_hashing(service: Callable[..., object]) -> bool:
    """Whether the use case is marked so."""
    return getattr(service, _HASHING, False)
