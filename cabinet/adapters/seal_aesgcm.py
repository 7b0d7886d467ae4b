"""Small secrets at rest: AES-256-GCM of the `cryptography` package, a fresh nonce for each."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE: Final = 12


class AesGcmSeal:
    """Seals under one key of 32 bytes; sealed = nonce, ciphertext, tag (NIST SP 800-38D)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: bytes, about: str) -> bytes:
        """Encrypt, bound to what it is about."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes | None:
        """Decrypt; None when it was altered, is about something else or was sealed under another key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
        except (InvalidTag, ValueError):
            return None
