"""The proof of work, by the altcha library: a browser hashes for a moment before it may ask for a task.

Deterministic mode of the protocol's second version: the server picks the counter to be found, so the work
lies between known bounds and no unlucky phone hashes for a minute. Plain iterated SHA-256, because it works
without a secure context, where `crypto.subtle` is absent.
"""

import base64
import json
import secrets
from datetime import datetime
from typing import Any, Final

import altcha

from cabinet.domain.codes import digest

_ALGORITHM: Final = "SHA-256"
_ROUNDS: Final = 100  # hashes for one try of a counter: the server pays for one, the browser for all
_MAX_PAYLOAD: Final = 4096  # characters; a real one has about 700
_HALF: Final = 2


class AltchaProofs:
    """The `Proofs` port."""

    def __init__(self, key: bytes, tries: int = 2000) -> None:
        """Derive the library's keys.

        Args:
        key: the portal's secret; the library gets keys derived from it.
        tries: counters that a browser tries at most, each `_ROUNDS` hashes; at least a half of them.
        """
        self._sign_key = digest(key, "altcha", "challenge")
        self._answer_key = digest(key, "altcha", "solution")
        self._tries = tries

    def challenge(self, subject: str, expires_at: datetime, times: int = 1) -> str:
        """JSON for the browser, signed; `times` the usual work."""
        most = self._tries * times
        least = most // _HALF
        made = altcha.create_challenge(
            _ALGORITHM,
            _ROUNDS,
            counter=least + secrets.randbelow(most - least + 1),
            data={"id": subject, "until": int(expires_at.timestamp())},
            hmac_secret=self._sign_key,
            hmac_key_secret=self._answer_key,
        )
        return json.dumps(made.to_dict(), separators=(",", ":"))

    def solved(self, solution: str, now: datetime) -> str | None:
        """The subject of a timely and right solution, or None, whatever was sent."""
        if len(solution) > _MAX_PAYLOAD or not solution.isascii():
            return None
        try:
            payload = altcha.Payload.from_dict(json.loads(base64.b64decode(solution, validate=True)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if not _verified(payload, self._sign_key, self._answer_key):
            return None
        data: dict[str, Any] = payload.challenge.parameters.data or {}
        return str(data["id"]) if now.timestamp() < int(data["until"]) else None


def _verified(payload: altcha.Payload, sign_key: str, answer_key: str) -> bool:
    try:
        return altcha.verify_solution(payload, sign_key, hmac_key_secret=answer_key).verified
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False
