"""Passkeys: what a browser is asked for, for how long, and what is refused. (W3C Web Authentication, Level 3)"""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.forms import text_of
from cabinet.domain.limits import Limit

LIFETIME: Final = timedelta(minutes=5)
MOST: Final = 10
LONGEST_ANSWER: Final = 16_384
"""Characters; a real one has about 1000, with a certificate 5000."""
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


class PasskeyCancelled(InputError):
    """The person has closed the device's question, or has not answered it in time."""

    code = "passkey.cancelled"


class PasskeyUnable(InputError):
    """The browser does not do passkeys here, or could not load what asks for them."""

    code = "passkey.unable"


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


# By the names of Web Authentication, 5.1.3 and 5.1.4; whatever else a browser says, it could not do it.
_TOLD: Final = {"NotAllowedError": PasskeyCancelled, "InvalidStateError": PasskeyKnown}
_REPLACED: Final = "AbortError"
AGAIN: Final = "again"
"""Nobody answered for as long as a challenge lives, and somebody is there to answer another one."""


def answer_of(sent: object) -> str:
    """The device's answer as passkeys.js sends it, or AGAIN; "" when another question took its place.

    Raises:
        PasskeyCancelled, PasskeyKnown, PasskeyUnable: what the browser says instead of an answer.
    """
    answer = text_of(sent, "answer", LONGEST_ANSWER)
    if answer.startswith("{") or answer == AGAIN:
        return answer
    if answer == _REPLACED:
        return ""
    raise _TOLD.get(answer, PasskeyUnable)


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
