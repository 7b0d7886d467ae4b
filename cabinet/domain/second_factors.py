"""What besides the password proves who signs in, and the step of signing in that asks for it."""

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.limits import Limit

LIFETIME: Final = timedelta(minutes=10)
"""How long the second step waits after the password."""
TRIES: Final = 5
"""Tries of one second step; then the password is asked for again."""

STEP_HOUR: Final = Limit("second_step.hour", 10, timedelta(hours=1))
STEP_DAY: Final = Limit("second_step.day", 30, timedelta(days=1))
"""Of one person; a known browser has a bucket of its own, so that a guesser elsewhere locks nobody out of it."""

RECOVERY_CODES: Final = 10
_LENGTH: Final = 24
_GROUP: Final = 4
_ALPHABET: Final = "234679ACDEFGHJKMNPQRTUVWXYZ"
# To the capitals of the alphabet: Cyrillic twins, and what is easily taken for one of its characters.
_LOOK_ALIKES: Final = str.maketrans("АЕКМНРСТХУ", "AEKMHPCTXY")


class SecondFactor(StrEnum):
    """A kind of proof besides the password.

    Attributes:
        TOTP: a code of an authenticator app.
        PASSKEY: a key of the device, by WebAuthn.
        RECOVERY: one of the codes kept on paper; never the only factor.
    """

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"


class SecondStepWrong(InputError):
    """That is not a code of the app, or it has been used; fact `left`, tries."""

    code = "second_step.wrong"
    field = "code"


class RecoveryCodeWrong(InputError):
    """That is none of the recovery codes, or it has been used; fact `left`, tries."""

    code = "second_step.recovery_wrong"
    field = "recovery"


class SecondStepGone(Conflict):
    """The browser waits at no second step: late, done, or tried too often."""

    code = "second_step.gone"


class TotpWrong(InputError):
    """The code does not belong to the secret that is being enrolled."""

    code = "totp.wrong"
    field = "code"


class SecondFactorGone(Conflict):
    """There is nothing to enrol or to turn off, or it is on already: another tab was faster."""

    code = "second_factor.gone"


def new_recovery_code() -> str:
    """24 characters of 27 in groups of four, 114 bits.

    With fewer than 112 a digest would have to be a slow one (OWASP ASVS 5.0, 6.5.2).
    """
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def normal_recovery_code(typed: str) -> str:
    """What was typed, for comparing: capitals, letters and digits only, Cyrillic twins as Latin ones."""
    upper = typed.upper().translate(_LOOK_ALIKES)
    return "".join(x for x in upper if x in _ALPHABET)
