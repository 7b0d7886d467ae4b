"""Short messages by SMSC.ru; https://smsc.ru/api/http/, POST with `fmt=3` (JSON)."""

import json
from enum import IntEnum
from typing import Any, Final

import httpx

from cabinet.adapters.http_bounded import DEADLINE, Unanswered, exchange
from cabinet.ports import Sms, Undelivered

_API: Final = "https://smsc.ru"
_OK: Final = 200
_A_MINUTE: Final = 60


class _Refusal(IntEnum):
    """`error_code` of `send.php`."""

    PARAMETERS = 1
    KEY = 2
    FUNDS = 3
    BLOCKED = 4
    FORBIDDEN = 6
    NUMBER = 7
    UNDELIVERABLE = 8
    REPEATED = 9


# Another try may help once the operator has mended the key or the balance, or a minute has passed.
_RETRYABLE: Final[dict[int, int]] = {
    _Refusal.KEY: 0,
    _Refusal.FUNDS: 0,
    _Refusal.BLOCKED: _A_MINUTE,
    _Refusal.REPEATED: _A_MINUTE,
}
_NOT_FOUND: Final = 3  # `error_code` of `status.php`
_NOT_FOUND_STATUS: Final = -3
_UNPAID: Final = 24
# Statuses: expired, undeliverable, wrong number, forbidden, unreachable number.
_LOST: Final = frozenset({3, 20, 22, 23, 25})


class SmscSms:
    """Sends messages under our own id; before a second try it asks whether the first one got through.

    SMSC does not refuse a repeated id, so the question is what makes the key a key.
    """

    def __init__(self, key: str, url: str = "", sender: str = "", seconds: float = DEADLINE) -> None:
        self._key = key
        self._url = (url or _API).rstrip("/")
        self._sender = sender
        self._seconds = seconds

    def send(self, sms: Sms) -> None:
        """Hand the message over.

        Raises:
            Undelivered: SMSC refused it, or did not say that it took it.
        """
        if sms.again and self._has(sms):
            return
        fields = {"phones": sms.to, "mes": sms.text, "id": sms.key}
        answer = self._ask("send", fields | ({"sender": self._sender} if self._sender else {}))
        refusal = _number(answer.get("error_code"))
        if refusal is not None:
            raise _refused(refusal, str(answer.get("error", "")))
        if _number(answer.get("cnt")) is None:
            raise Undelivered("the answer names no message", retryable=True)

    def _has(self, sms: Sms) -> bool:
        answer = self._ask("status", {"phone": sms.to, "id": sms.key})
        refusal, status = _number(answer.get("error_code")), _number(answer.get("status"))
        if refusal == _NOT_FOUND or status in (_NOT_FOUND_STATUS, _UNPAID):
            return False
        if status is None:
            raise Undelivered(
                f"status unknown: {answer.get('error', '')}", retryable=True, retry_in=_A_MINUTE
            )
        if status in _LOST:
            raise Undelivered(f"status {status}", retryable=False)
        return True

    def _ask(self, script: str, fields: dict[str, str]) -> dict[str, Any]:
        form = {"apikey": self._key, "fmt": "3", "charset": "utf-8", **fields}
        request = httpx.Request("POST", f"{self._url}/sys/{script}.php", data=form)
        try:
            answer = exchange(request, self._seconds)
            if answer.status != _OK:
                raise Undelivered(f"HTTP {answer.status}", retryable=True, retry_in=answer.retry_in)
            said = json.loads(answer.body)
        except (Unanswered, ValueError, RecursionError) as exc:
            raise Undelivered(str(exc), retryable=True) from exc
        if not isinstance(said, dict):
            raise Undelivered("the answer is no object", retryable=True)
        return said


def _number(value: object) -> int | None:
    """SMSC writes numbers now as numbers, now as text."""
    try:
        return int(str(value))
    except ValueError:
        return None


def _refused(code: int, words: str) -> Undelivered:
    return Undelivered(f"{code} {words}", retryable=code in _RETRYABLE, retry_in=_RETRYABLE.get(code, 0))
