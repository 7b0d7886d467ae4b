"""Resend's `POST /emails` as its documentation has it: keys, idempotency for 24 hours, named errors."""

import hashlib
import json
import re

from tests.adapters.local_api import Asked, LocalApi, Reply

KEY = "re_test_key"
REFUSED = "refused@example.ru"


def refusal(status: int, name: str, message: str = "words", **headers: str) -> Reply:
    body = json.dumps({"statusCode": status, "name": name, "message": message}).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=utf-8", **headers})


class ResendApi(LocalApi):
    """`letters` are those that went out, in Resend's own words."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[dict[str, object]] = []
        self._kept: dict[str, tuple[str, str]] = {}

    def answer(self, asked: Asked) -> Reply:
        if asked.path != "/emails":
            return refusal(404, "not_found")
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return refusal(403, "invalid_api_key", "API key is invalid.")
        letter = json.loads(asked.body)
        fault = self._fault(letter, asked.headers.get("idempotency-key", ""))
        if fault:
            return fault
        return self._send(letter, asked.headers["idempotency-key"], hashlib.sha256(asked.body).hexdigest())

    def _fault(self, letter: dict[str, object], key: str) -> Reply | None:
        if not 1 <= len(key) <= 256:
            return refusal(400, "invalid_idempotency_key")
        missing = [name for name in ("from", "to", "subject") if not letter.get(name)]
        if missing:
            return refusal(422, "missing_required_field", f"Missing `{missing[0]}` field.")
        to = letter["to"]
        if not isinstance(to, list) or any(not re.fullmatch(r"[^\s@]+@[a-z0-9.-]+", x) for x in to):
            return refusal(422, "validation_error", "Invalid `to` field.")
        return refusal(422, "validation_error", "Invalid `to` field.") if REFUSED in to else None

    def _send(self, letter: dict[str, object], key: str, content: str) -> Reply:
        known = self._kept.get(key)
        if known and known[0] != content:
            return refusal(409, "invalid_idempotent_request")
        if not known:
            self.letters.append(letter)
            known = self._kept[key] = content, f"00000000-0000-4000-8000-{len(self.letters):012}"
        return Reply(200, json.dumps({"id": known[1]}).encode())
