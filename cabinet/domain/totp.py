"""Codes of an authenticator app: six digits that change every thirty seconds (RFC 6238, SHA-1, as apps know it)."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP: Final = 30
"""Seconds that a code is shown for."""
_DIGITS: Final = 6
_BYTES: Final = 20
_GROUP: Final = 4
_WINDOW: Final = (-1, 0, 1)


def new_secret() -> bytes:
    """160 random bits, as RFC 4226 recommends."""
    return secrets.token_bytes(_BYTES)


def step_at(now: datetime) -> int:
    """The number of the step that an instant lies in."""
    return int(now.timestamp()) // STEP


def code_at(secret: bytes, step: int) -> str:
    """The six digits of a step (RFC 4226, section 5.3)."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def steps_of(secret: bytes, digits: str, now: datetime) -> list[int]:
    """The steps, this one and its neighbours, whose code was typed; a telephone's clock may be half a minute off."""
    steps = [step_at(now) + shift for shift in _WINDOW]
    return [step for step in steps if hmac.compare_digest(code_at(secret, step), digits)]


def spelled(secret: bytes) -> str:
    """The secret as apps take it by hand, in groups of four."""
    text = _base32(secret)
    return " ".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def address(secret: bytes, login: str, issuer: str) -> str:
    """What the QR code says: the `otpauth:` address of an authenticator app (Google's key URI format)."""
    label = quote(f"{issuer}:{login}", safe="")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': _base32(secret), 'issuer': issuer}, quote_via=quote)}"
    )


def _base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")
