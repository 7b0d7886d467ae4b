"""Passkeys by the py_webauthn library: it reads and proves what browsers answer.

The library is loaded by the first proof, not by the start: 0.14 s of a processor. What a browser is asked
for is plain JSON of the standard and needs no library.
"""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from cabinet.domain.identity import ascii_host
from cabinet.domain.passkeys import LIFETIME, LONGEST_ANSWER, PasskeyRefused
from cabinet.ports import NewPasskey, PasskeyAnswer, PasskeyOwner, PasskeyUse
from cabinet.texts.shell import BRAND

T = TypeVar("T")
_LONGEST_ID: Final = 1023  # bytes; Web Authentication, 7.1
_LONGEST_KEY: Final = 1024  # bytes; RSA of 4096 bits takes 540
_ALGORITHMS: Final = (-8, -7, -257)  # Ed25519, ES256, RS256: what devices are known to have
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class WebauthnPasskeys:
    """The `Passkeys` port, for the pages at one public address.

    The address's host is the relying party: who moves the portal to another host takes all passkeys away.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host = ascii_host(parts.hostname or "")
        port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
        self._origin = f"{parts.scheme}://{self._host}{port}"

    def ask_new(self, challenge: str, owner: PasskeyOwner, known: Sequence[str]) -> str:
        """`PublicKeyCredentialCreationOptionsJSON`."""
        return _json(
            {
                "rp": {"id": self._host, "name": BRAND},
                "user": {"id": _base64(owner.handle), "name": owner.name, "displayName": owner.name},
                "challenge": challenge,
                "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in _ALGORITHMS],
                "timeout": _milliseconds(),
                "excludeCredentials": _described(known),
                "authenticatorSelection": {
                    "residentKey": "required",
                    "requireResidentKey": True,
                    "userVerification": "required",
                },
                "attestation": "none",
            }
        )

    def ask_use(self, challenge: str, known: Sequence[str] = ()) -> str:
        """`PublicKeyCredentialRequestOptionsJSON`."""
        return _json(
            {
                "rpId": self._host,
                "challenge": challenge,
                "timeout": _milliseconds(),
                "allowCredentials": _described(known),
                "userVerification": "required",
            }
        )

    def read(self, answer: str) -> PasskeyAnswer:
        """Of the answer's own words."""
        return _refusing(lambda: _read(_bounded(answer)))

    def check_new(self, answer: str, challenge: str) -> NewPasskey:
        """Attestation is not asked for; one that is sent all the same must hold in itself."""

        def check() -> NewPasskey:
            from webauthn import verify_registration_response  # noqa: PLC0415, the start does without it
            from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415

            made = verify_registration_response(
                credential=_bounded(answer),
                expected_challenge=_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
                supported_pub_key_algs=[COSEAlgorithmIdentifier(alg) for alg in _ALGORITHMS],
            )
            if len(made.credential_id) > _LONGEST_ID or len(made.credential_public_key) > _LONGEST_KEY:
                raise PasskeyRefused
            return NewPasskey(
                _base64(made.credential_id),
                made.credential_public_key,
                made.sign_count,
                made.credential_backed_up,
            )

        return _refusing(check)

    def check_use(self, answer: str, challenge: str, public_key: bytes, counter: int) -> PasskeyUse:
        """The device must have verified its owner: by a finger, a face or a PIN."""

        def check() -> PasskeyUse:
            from webauthn import verify_authentication_response  # noqa: PLC0415, the start does without it

            proved = verify_authentication_response(
                credential=_bounded(answer),
                expected_challenge=_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=counter,
                require_user_verification=True,
            )
            return PasskeyUse(proved.new_sign_count, proved.credential_backed_up)

        return _refusing(check)


def _refusing(check: Callable[[], T]) -> T:
    """What the check gives. The library lets the errors of four others through, so any error is a refusal."""
    try:
        return check()
    except Exception as error:
        raise PasskeyRefused from error


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER or not answer.isascii():
        raise PasskeyRefused
    return answer


def _read(answer: str) -> PasskeyAnswer:
    sent: dict[str, Any] = json.loads(answer)
    response = sent["response"]
    client = json.loads(_bytes(response["clientDataJSON"]))
    key_id, handle = _bytes(sent["id"]), response.get("userHandle")
    challenge = client["challenge"]
    if not isinstance(challenge, str) or not 0 < len(key_id) <= _LONGEST_ID:
        raise PasskeyRefused
    return PasskeyAnswer(challenge, _base64(key_id), _bytes(handle) if handle else b"")


def _described(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": x} for x in ids]


def _milliseconds() -> int:
    return int(LIFETIME.total_seconds() * 1000)


def _json(options: dict[str, Any]) -> str:
    return json.dumps(options, separators=(",", ":"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
