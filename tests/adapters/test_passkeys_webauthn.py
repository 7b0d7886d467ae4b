"""Passkeys over the library: what is proved, and that nothing else ever is."""

import json
import time
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cabinet.adapters.passkeys_webauthn import WebauthnPasskeys
from cabinet.domain.codes import new_token
from cabinet.domain.passkeys import PasskeyRefused
from cabinet.ports import NewPasskey, PasskeyOwner, Passkeys
from tests.authenticators import ORIGIN, Authenticator, decode, encode
from tests.hostile import HOSTILE

OWNER = PasskeyOwner(b"o" * 32, "anna@example.ru")
HOST = WebauthnPasskeys(ORIGIN)


def made(telephone: Authenticator, host: Passkeys = HOST, **lies: Any) -> NewPasskey:
    challenge = new_token()
    return host.check_new(telephone.make(host.ask_new(challenge, OWNER, []), **lies), challenge)


def proved(telephone: Authenticator, kept: NewPasskey, host: Passkeys = HOST, **lies: Any) -> int:
    challenge = new_token()
    answer = telephone.prove(host.ask_use(challenge, [kept.key_id]), **lies)
    return host.check_use(answer, challenge, kept.public_key, kept.counter).counter


@pytest.mark.parametrize("synced", [False, True])
def test_a_passkey_is_made_and_proves_its_owner(synced: bool) -> None:
    telephone = Authenticator(synced=synced)
    kept = made(telephone)
    assert (kept.key_id, kept.counter, kept.synced) == (encode(telephone.keys[0].id), 0, synced)
    assert proved(telephone, kept) == 0
    assert proved(telephone, kept) == 0


def test_an_answer_says_which_challenge_key_and_owner_it_means() -> None:
    telephone, challenge = Authenticator(), new_token()
    read = HOST.read(telephone.make(HOST.ask_new(challenge, OWNER, [])))
    assert (read.challenge, read.key_id, read.handle) == (challenge, encode(telephone.keys[0].id), b"")
    read = HOST.read(telephone.prove(HOST.ask_use(challenge)))
    assert (read.challenge, read.key_id, read.handle) == (
        challenge,
        encode(telephone.keys[0].id),
        OWNER.handle,
    )


def test_what_is_asked_for_makes_a_key_that_signs_in_by_itself() -> None:
    asked = json.loads(HOST.ask_new("challenge", OWNER, ["known"]))
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert asked["attestation"] == "none"
    assert asked["excludeCredentials"] == [{"type": "public-key", "id": "known"}]
    assert decode(asked["user"]["id"]) == OWNER.handle
    used = json.loads(HOST.ask_use("challenge"))
    assert (used["userVerification"], used["allowCredentials"]) == ("required", [])
    assert asked["timeout"] == used["timeout"] == 300_000


@pytest.mark.parametrize(
    ("address", "host", "origin"),
    [
        ("https://gas.example.ru", "gas.example.ru", "https://gas.example.ru"),
        ("https://gas.example.ru:443/", "gas.example.ru", "https://gas.example.ru"),
        ("https://Gas.Example.ru:8443", "gas.example.ru", "https://gas.example.ru:8443"),
        ("https://кабинет.рф", "xn--80acmlhv0b.xn--p1ai", "https://xn--80acmlhv0b.xn--p1ai"),
        ("http://localhost:3000", "localhost", "http://localhost:3000"),
    ],
)
def test_the_public_address_is_the_origin_that_browsers_say(address: str, host: str, origin: str) -> None:
    passkeys = WebauthnPasskeys(address)
    assert json.loads(passkeys.ask_use("x"))["rpId"] == host
    telephone = Authenticator(origin=origin)
    assert proved(telephone, made(telephone, passkeys), passkeys) == 0


def test_a_counter_must_go_on_or_the_key_was_copied() -> None:
    telephone = Authenticator(counts=True, counter=7)
    kept = made(telephone)
    assert proved(telephone, kept) == 8
    telephone.counter = kept.counter - 1
    with pytest.raises(PasskeyRefused):
        proved(telephone, kept)


LIES: dict[str, dict[str, Any]] = {
    "another site's page": {"origin": "https://evil.example"},
    "another port": {"origin": "http://localhost:3001"},
    "another host's key": {"rp": "evil.example"},
    "another challenge": {"challenge": new_token()},
    "another ceremony": {"kind": "payment.get"},
}


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_lie_makes_no_passkey_and_proves_nothing(lies: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused):
        made(Authenticator(), **lies)
    telephone = Authenticator()
    kept = made(telephone)
    with pytest.raises(PasskeyRefused):
        proved(telephone, kept, **lies)


@pytest.mark.parametrize("lacking", ["verified", "present"])
def test_a_device_that_did_not_look_at_its_owner_is_refused(lacking: str) -> None:
    with pytest.raises(PasskeyRefused):
        made(Authenticator(**{lacking: False}))
    telephone = Authenticator()
    kept = made(telephone)
    setattr(telephone, lacking, False)
    with pytest.raises(PasskeyRefused):
        proved(telephone, kept)


def test_another_keys_signature_is_refused() -> None:
    telephone = Authenticator()
    kept = made(telephone)
    with pytest.raises(PasskeyRefused):
        proved(telephone, kept, private=ec.generate_private_key(ec.SECP256R1()))


def test_one_answer_is_not_the_other() -> None:
    telephone, challenge = Authenticator(), new_token()
    making = telephone.make(HOST.ask_new(challenge, OWNER, []))
    kept = HOST.check_new(making, challenge)
    proving = telephone.prove(HOST.ask_use(challenge))
    with pytest.raises(PasskeyRefused):
        HOST.check_new(proving, challenge)
    with pytest.raises(PasskeyRefused):
        HOST.check_use(making, challenge, kept.public_key, 0)


def test_every_byte_of_an_answer_counts() -> None:
    """Each byte of what is signed, flipped: no proof. (An ECDSA signature's own bytes too.)"""
    telephone, challenge = Authenticator(), new_token()
    kept = made(telephone)
    right = telephone.prove(HOST.ask_use(challenge))
    HOST.check_use(right, challenge, kept.public_key, 0)
    passed = []
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        whole = decode(json.loads(right)["response"][part])
        for place in range(len(whole)):
            answer = json.loads(right)
            answer["response"][part] = encode(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            try:
                HOST.check_use(json.dumps(answer), challenge, kept.public_key, 0)
                passed.append((part, place))
            except PasskeyRefused:
                continue
    assert passed == []


def nested(depth: int) -> bytes:
    return b"\x81" * depth + b"\x00"


CBOR = {
    "nested deep": nested(8000),
    "nested maps": b"\xa1\x01" * 4000 + b"\x00",
    "a huge array that is not there": b"\x9b" + b"\xff" * 8,
    "a huge string that is not there": b"\x5b\x7f" + b"\xff" * 7,
    "a decimal with a huge exponent": cbor2.dumps({"fmt": "none"})[:-4] + b"\xc4\x82\x1a\x7f\xff\xff\xff\x01",
    "a big float": b"\xc5\x82\x1b\x00\x00\x00\x7f\xff\xff\xff\xff\x01",
    "a pattern": b"\xd8\x23\x78\x18((((((((a*)*)*)*)*)*)*)*b",
    "a cycle": b"\xd8\x1c\x81\xd8\x1d\x00",
    "no map": cbor2.dumps(["fmt", "none"]),
    "a map of the wrong": cbor2.dumps({"fmt": {}, "attStmt": 1, "authData": []}),
    "data cut short": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"\0" * 37}),
    "a certificate of rubbish": cbor2.dumps(
        {
            "fmt": "packed",
            "attStmt": {"alg": -7, "sig": b"", "x5c": [b"\x30\x82\xff\xff"]},
            "authData": b"\0" * 300,
        }
    ),
}


@pytest.mark.parametrize("attestation", CBOR.values(), ids=CBOR)
def test_hostile_cbor_is_refused_at_once(attestation: bytes) -> None:
    began = time.process_time()
    with pytest.raises(PasskeyRefused):
        made(Authenticator(), attestation=attestation)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("key", CBOR.values(), ids=CBOR)
def test_a_hostile_public_key_is_refused_at_once(key: bytes) -> None:
    began = time.process_time()
    with pytest.raises(PasskeyRefused):
        made(Authenticator(), attested=bytes(16) + b"\0\x10" + b"i" * 16 + key)
    assert time.process_time() - began < 1


def test_ids_and_keys_have_their_longest() -> None:
    with pytest.raises(PasskeyRefused):
        made(Authenticator(), key_id=b"i" * 1024)
    modulus = {1: 3, 3: -257, -1: b"\xff" * 2048, -2: b"\x01\x00\x01"}
    with pytest.raises(PasskeyRefused):
        made(Authenticator(), attested=bytes(16) + b"\0\x10" + b"i" * 16 + cbor2.dumps(modulus))


GARBAGE: dict[str, Any] = HOSTILE | {
    "100 KB": "x" * 100_000,
    "100 KB of brackets": "[" * 100_000,
    "brackets": "[" * 16_000,
    "nothing inside": "{}",
    "a number": "1",
    "a response of nothing": json.dumps(
        {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}
    ),
    "a response of numbers": json.dumps(
        {"id": 1, "response": {"clientDataJSON": 1, "attestationObject": 1, "signature": []}}
    ),
    "a challenge of another kind": json.dumps(
        {"id": "AAAA", "response": {"clientDataJSON": encode(b'{"challenge": 1}')}}
    ),
    "no id": json.dumps({"id": "", "response": {"clientDataJSON": encode(b'{"challenge": "x"}')}}),
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused_in_one_way(answer: Any) -> None:
    for attempt in (
        lambda: HOST.read(answer),
        lambda: HOST.check_new(answer, new_token()),
        lambda: HOST.check_use(answer, new_token(), b"", 0),
    ):
        with pytest.raises(PasskeyRefused):
            attempt()
