"""What people are told of without asking, and what of it they may switch off."""

from enum import StrEnum
from typing import Final

from cabinet.domain.identity import LoginKind


class NoticeKind(StrEnum):
    """Messages that may be switched off; those about safety are none of them."""

    READINGS = "readings"
    VERIFICATION = "verification"
    PAYMENTS = "payments"


KIND_OF: Final = {
    "readings_open": NoticeKind.READINGS,
    "readings_closing": NoticeKind.READINGS,
    "verification_due": NoticeKind.VERIFICATION,
    "payment_succeeded": NoticeKind.PAYMENTS,
    "payment_failed": NoticeKind.PAYMENTS,
}
"""The messages that may be switched off, by template."""


def by_default(kind: NoticeKind, login: LoginKind) -> bool:
    """What is told before anybody has chosen: a short message costs, so phones are told of payments only."""
    return kind is NoticeKind.PAYMENTS or login is LoginKind.EMAIL
