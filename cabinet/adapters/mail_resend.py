"""Letters by Resend, through its SDK; https://resend.com/docs/api-reference, read in version 2.52."""

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import httpx
import resend
from resend.exceptions import NoContentError, ResendError

from cabinet.adapters.http_bounded import DEADLINE, Answer, exchange
from cabinet.adapters.letters import AUTO_SUBMITTED, Mailbox
from cabinet.ports import Letter, MailReturned, NoticeForged, Undelivered

_API: Final = "https://api.resend.com"
_TAG: Final = "message"
# What another try may mend: the provider's illness or haste, or our own key, domain and address.
_RETRYABLE: Final = frozenset({401, 403, 404, 405, 408, 425, 429})
_CLIENT_ERRORS: Final = 400
_SERVER_ERRORS: Final = 500
_STILL_UNDER_WAY: Final = "concurrent_idempotent_requests"
# What the SDK raises over an answer that it cannot read.
_UNREADABLE: Final = (NoContentError, TypeError, ValueError, AttributeError, RecursionError)
# Kinds of notices, and where in their data the reason stands.
_RETURNED: Final = {
    "email.bounced": ("bounce", "message"),
    "email.suppressed": ("suppressed", "message"),
    "email.failed": ("failed", "reason"),
    "email.complained": ("complaint", "message"),
}


@dataclass(slots=True)
class _Call:
    """Whose letter is being sent, and what came back."""

    key: str
    url: str
    seconds: float
    answer: Answer | None = None


_call: ContextVar[_Call] = ContextVar("resend_call")


class _Client(resend.HTTPClient):
    """The SDK keeps key, address and client in module globals; this client takes all three from its own call.

    So accounts and threads never mix, and nothing of a key stays in the SDK.
    """

    def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: dict[str, object] | list[object] | None = None,
        files: dict[str, Any] | None = None,  # noqa: ARG002 - the SDK's signature
        data: dict[str, str] | None = None,  # noqa: ARG002 - the SDK's signature
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One exchange for the call of this thread."""
        call = _call.get()
        target = call.url + url.removeprefix(resend.api_url)
        own = {**headers, "Authorization": f"Bearer {call.key}", "Accept-Encoding": "identity"}
        call.answer = exchange(httpx.Request(method, target, headers=own, json=json), call.seconds)
        return call.answer.body, call.answer.status, call.answer.headers


_CLIENT: Final = _Client()


class ResendMail:
    """Sends letters; Resend itself keeps the key for 24 hours and sends one letter for it."""

    def __init__(self, key: str, sender: str, url: str = "", seconds: float = DEADLINE) -> None:
        self._key = key
        self._url = (url or _API).rstrip("/")
        self._seconds = seconds
        self._sender = Mailbox.parse(sender)

    def send(
        self,
        letter: Letter,
        stopping: Callable[[], bool] = lambda: False,  # noqa: ARG002 - the port's signature
    ) -> None:
        """Hand the letter over.

        Raises:
            Undelivered: Resend did not take it, or its answer does not say so.
        """
        params: resend.Emails.SendParams = {
            "from": self._sender.header,
            "to": [Mailbox.recipient(letter.to).address],
            "subject": " ".join(letter.subject.split()),
            "text": letter.text,
            "html": letter.html,
            "headers": AUTO_SUBMITTED,
            "tags": [{"name": _TAG, "value": letter.key}],
        }
        taken = _take(params, letter.key, _Call(self._key, self._url, self._seconds))
        if not (isinstance(taken, dict) and taken.get("id")):
            raise Undelivered("the answer names no letter", retryable=True)


def _take(params: resend.Emails.SendParams, key: str, call: _Call) -> object:
    token = _call.set(call)
    resend.default_http_client = _CLIENT
    try:
        return resend.Emails.send(params, {"idempotency_key": key})
    except ResendError as exc:
        raise _undelivered(exc, call.answer) from exc
    except _UNREADABLE as exc:
        raise Undelivered(f"{type(exc).__name__}: {exc}", retryable=True) from exc
    finally:
        _call.reset(token)


def _undelivered(error: ResendError, answer: Answer | None) -> Undelivered:
    if answer is None:  # the SDK wraps what its client raised
        return Undelivered(error.message, retryable=True)
    status, kind = answer.status, error.error_type
    ill = status < _CLIENT_ERRORS or status >= _SERVER_ERRORS  # below 400: no JSON, and nobody knows
    retryable = ill or status in _RETRYABLE or kind == _STILL_UNDER_WAY
    return Undelivered(f"{status} {kind}: {error.message}", retryable=retryable, retry_in=answer.retry_in)


class ResendNotices:
    """Webhooks of Resend, signed as Svix signs; https://resend.com/docs/webhooks/verify-webhooks-requests."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def read(self, headers: Mapping[str, str], body: bytes) -> MailReturned | None:
        """A returned letter of ours, or None.

        Raises:
            NoticeForged: the signature does not hold, or is older than five minutes.
        """
        signed: resend.WebhookHeaders = {
            "id": headers.get("svix-id", ""),
            "timestamp": headers.get("svix-timestamp", ""),
            "signature": headers.get("svix-signature", ""),
        }
        try:
            payload = body.decode()
            resend.Webhooks.verify({"payload": payload, "headers": signed, "webhook_secret": self._secret})
            event = json.loads(payload)
        except (ValueError, RecursionError) as exc:
            raise NoticeForged from exc
        return _returned(signed["id"], event)


def _returned(notice: str, event: object) -> MailReturned | None:
    kind, data = _field(event, "type"), _field(event, "data")
    key = _field(_field(data, "tags"), _TAG)
    if not isinstance(kind, str) or kind not in _RETURNED or not isinstance(key, str):
        return None
    part, name = _RETURNED[kind]
    words = _field(_field(data, part), name)
    reason = " ".join(f"{kind} {words if isinstance(words, str) else ''}".split())
    return MailReturned(notice, key, reason[:200])


def _field(thing: object, name: str) -> object:
    return thing.get(name) if isinstance(thing, dict) else None
