"""Passkeys: what a browser is asked for, for how long, and what is refused. (W3C Web Authentication, Level 3)"""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.limits import Limit

LIFETIME: Final = timedelta(minutes=5)
MOST: Final = 10
NAME_LENGTH: Final = 60
ASKED_DEVICE: Final = Limit("passkey.device", 60, LIFETIME)
ASKED_ADDRESS: Final = Limit("passkey.address", 300, LIFETIME)


class PasskeyPurpose(StrEnum):
    """What a challenge is for; an answer to one of another purpose is nothing."""

    ADD = "add"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    CONFIRM = "confirm"


class PasskeyRefused(InputError):
    """What came from the browser proves nothing: garbage, another site's, not signed by the key, a copied key."""

    code = "passkey.refused"


class PasskeyLate(InputError):
    """The challenge is too old, was answered already, or was another browser's or another purpose's."""

    code = "passkey.late"


class PasskeyUnknown(InputError):
    """Nobody here has that passkey, at least not any more."""

    code = "passkey.unknown"


class PasskeyKnown(Conflict):
    """That passkey is in a cabinet already."""

    code = "passkey.known"


class PasskeysMany(Conflict):
    """No more passkeys for one cabinet; fact `most`."""

    code = "passkey.many"


class PasskeyNameWrong(InputError):
    """A passkey's name is empty or too long; fact `most`."""

    code = "passkey.name"
    field = "name"


def name_of(typed: str) -> str:
    """A passkey's name on one line.

    Raises:
        PasskeyNameWrong: nothing is left of it, or it is longer than sixty characters.
    """
    name = " ".join("".join(x if x.isprintable() else " " for x in typed).split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise PasskeyNameWrong(most=NAME_LENGTH)
    return name


def handle_of(key: bytes, user_id: int) -> bytes:
    """What a passkey knows its owner by: the same for all of theirs, 32 bytes that say nothing of them.

    (Web Authentication, 14.6.1: no personal data in a user handle)
    """
    return hmac.new(key, f"passkey-owner\0{user_id}".encode(), hashlib.sha256).digest()
