"""A software authenticator: what a telephone's or a browser's passkeys answer, and what a liar's would."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:3000"
_PRESENT, _VERIFIED, _ELIGIBLE, _SYNCED, _ATTESTED = 1, 4, 8, 16, 64


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Kept:
    """A key pair in an authenticator."""

    id: bytes
    private: ec.EllipticCurvePrivateKey
    handle: bytes
    name: str


@dataclass
class Authenticator:
    """Makes passkeys and proves with them, by the options of the portal.

    Attributes:
        counts: whether its counter goes up; synced passkeys always say 0.
        verified: whether it looks at its owner's finger, face or PIN.
    """

    origin: str = ORIGIN
    counts: bool = False
    verified: bool = True
    present: bool = True
    synced: bool = False
    counter: int = 0
    keys: list[Kept] = field(default_factory=list)

    def make(self, options: str, **lies: Any) -> str:
        """The answer to `ask_new`."""
        asked = json.loads(options)
        kept = Kept(
            secrets.token_bytes(16),
            ec.generate_private_key(ec.SECP256R1()),
            decode(asked["user"]["id"]),
            asked["user"]["name"],
        )
        if not {x["id"] for x in asked["excludeCredentials"]}.isdisjoint(encode(x.id) for x in self.keys):
            raise InvalidState
        self.keys.append(kept)
        host = lies.get("rp", asked["rp"]["id"])
        key_id = lies.get("key_id", kept.id)
        attested = bytes(16) + len(key_id).to_bytes(2, "big") + key_id + _public(kept.private)
        data = self._data(host, _ATTESTED) + lies.get("attested", attested)
        sealed = {"fmt": "none", "attStmt": {}, "authData": data}
        response = {
            "clientDataJSON": self._client("webauthn.create", asked["challenge"], lies),
            "attestationObject": encode(lies.get("attestation", cbor2.dumps(sealed))),
            "transports": ["internal"],
        }
        return _answer(key_id, response)

    def prove(self, options: str, key: int = -1, **lies: Any) -> str:
        """The answer to `ask_use`, by one of its keys."""
        asked, kept = json.loads(options), self.keys[key]
        self.counter += self.counts
        data = self._data(lies.get("rp", asked["rpId"]), 0)
        client = self._client("webauthn.get", asked["challenge"], lies)
        signed = data + hashlib.sha256(decode(client)).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": encode(data),
            "signature": encode(lies.get("private", kept.private).sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": lies.get("handle", encode(kept.handle)),
        }
        return _answer(lies.get("key_id", kept.id), response)

    def _data(self, host: str, more: int) -> bytes:
        flags = more | _PRESENT * self.present | _VERIFIED * self.verified
        flags |= (_ELIGIBLE | _SYNCED) * self.synced
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> str:
        said = {
            "type": lies.get("kind", kind),
            "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": False,
        }
        return encode(json.dumps(said).encode())


class InvalidState(Exception):
    """The authenticator has one of the excluded passkeys."""


def _public(private: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = private.public_key().public_numbers()
    x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


def _answer(key_id: bytes, response: dict[str, Any]) -> str:
    said = {"id": encode(key_id), "rawId": encode(key_id), "type": "public-key", "response": response}
    return json.dumps(said)
