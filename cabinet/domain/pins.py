"""The supplier's PIN and the former cabinet's password: how they are typed, compared and made."""

import secrets
import unicodedata
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import InputError
from cabinet.domain.forms import is_whole
from cabinet.domain.identity import latinised

# 32 lower-case characters that nobody takes for one another (1 stays, for l and i are out; 0 and o are out).
ALPHABET: Final = "123456789abcdefghjkmnpqrstuvwxyz"
LENGTH: Final = 8
_LONGEST: Final = 72  # bytes: what bcrypt reads


class ProofKind(StrEnum):
    """What proves that the account is the subscriber's own."""

    SERIAL = "serial"
    PIN = "pin"


class ShownDocuments(StrEnum):
    """What was shown at the counter before a PIN was issued in person (the supplier's instruction, 3.1)."""

    PASSPORT = "passport"
    PASSPORT_OWNERSHIP = "passport_ownership"


class PinDelivery(StrEnum):
    """How a PIN reaches its owner."""

    PRINT = "print"
    MAIL = "mail"


class AccessProofWrong(InputError):
    """The number or PIN did not fit; the one answer for wrong, locked and absent alike."""

    code = "access.proof_wrong"


class AccessProofMissing(InputError):
    """Nothing was entered."""

    code = "access.proof_missing"


def new_pin() -> str:
    """Eight characters of the unambiguous alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalised(typed: str) -> str:
    """A PIN as the supplier wrote it: NFKC, no spaces, look-alike Cyrillic mapped, lower case."""
    return "".join(latinised(typed).split()).lower()


def as_typed(typed: str) -> str:
    """A former-cabinet password: NFC and trimmed, capitals kept."""
    return unicodedata.normalize("NFC", typed).strip()


def comparable(secret: str) -> str:
    """The secret if bcrypt can tell it apart whole, else "" (which matches nothing)."""
    size = len(secret.encode(errors="surrogatepass"))
    return secret if size <= _LONGEST and "\0" not in secret and is_whole(secret) else ""
