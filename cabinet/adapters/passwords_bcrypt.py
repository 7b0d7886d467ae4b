"""Passwords and proofs by bcrypt."""

import base64
import hashlib
import hmac
import unicodedata

import bcrypt

from cabinet.domain.pins import comparable


class BcryptPasswords:
    """`bcrypt(base64(HMAC-SHA256(pepper, NFC(password))))`; proofs of registers are plain bcrypt.

    bcrypt reads 72 bytes and no more, which is 37 Cyrillic letters; the HMAC makes every letter of a
    password of any length count. What is compared with nothing is compared with a dummy of the same
    cost, so that it takes the same time; and what is compared with a cheaper hash, of before the cost was raised,
    pays the difference.
    """

    def __init__(self, pepper: bytes, cost: int) -> None:
        self._pepper = pepper
        self._cost = cost
        self._dummy = _nobodys(cost)
        # Registers carry hashes of cost 10: what they are compared with by default.
        self._plain_dummy = _nobodys(min(cost, 10))

    def hash(self, password: str) -> str:
        """What to store of a password of the portal."""
        return bcrypt.hashpw(self._peppered(password), bcrypt.gensalt(self._cost)).decode()

    def verify(self, password: str, stored: str) -> bool:
        """Whether it is the password; an empty `stored` costs the same time and is never right."""
        peppered, kept = self._peppered(password), stored.encode() or self._dummy
        right = bcrypt.checkpw(peppered, kept)
        for cost in range(_cost_of(kept), self._cost):  # 2¹² + 2¹² + 2¹³ = 2¹⁴
            bcrypt.checkpw(peppered, _nobodys(cost))
        return right and bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether it was stored at a lower cost than today's."""
        return _cost_of(stored.encode()) < self._cost

    def hash_plain(self, secret: str) -> str:
        """Plain bcrypt of the UTF-8 text."""
        return bcrypt.hashpw(secret.encode(), bcrypt.gensalt(min(self._cost, 10))).decode()

    def verify_plain(self, secret: str, stored: str) -> bool:
        """Whether plain bcrypt of the text fits; an empty side costs the same time and is never right."""
        text = comparable(secret)
        right = bcrypt.checkpw(text.encode(), stored.encode() if stored else self._plain_dummy)
        return right and bool(stored) and bool(text)

    def _peppered(self, password: str) -> bytes:
        text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.new(self._pepper, text, hashlib.sha256).digest())


def _cost_of(stored: bytes) -> int:
    """Of `$2b$12$…`: the binary logarithm of the rounds."""
    return int(stored.split(b"$")[2])


def _nobodys(cost: int) -> bytes:
    """A hash of nothing that anybody knows, at no cost of its own: a salt and 31 letters behind it."""
    return bcrypt.gensalt(cost) + b"a" * 31
