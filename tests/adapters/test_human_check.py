"""The proof of work: our worker's arithmetic is checked against the library's."""

import base64
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import altcha
import pytest

from cabinet.adapters.proof_altcha import AltchaProofs
from tests.fakes import NOON

KEY = b"a key for tests only"
UNTIL = NOON + timedelta(minutes=10)


def solution_of(challenge: str) -> str:
    """What a browser would send."""
    given = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(given)
    assert found
    return altcha.Payload(given, found).to_base64()


def changed(solution: str, *path: str, to: Any) -> str:
    payload = json.loads(base64.b64decode(solution))
    inner = payload
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.fixture
def proofs() -> AltchaProofs:
    return AltchaProofs(KEY, tries=4)


def test_a_solution_speaks_of_the_subject_it_was_given_for(proofs: AltchaProofs) -> None:
    assert proofs.solved(solution_of(proofs.challenge("check-1", UNTIL)), NOON) == "check-1"


def test_a_late_solution_is_none(proofs: AltchaProofs) -> None:
    solution = solution_of(proofs.challenge("check-1", UNTIL))
    assert proofs.solved(solution, UNTIL - timedelta(seconds=1)) == "check-1"
    assert proofs.solved(solution, UNTIL) is None


def test_a_solution_under_another_key_is_none(proofs: AltchaProofs) -> None:
    assert AltchaProofs(b"another", tries=4).solved(solution_of(proofs.challenge("x", UNTIL)), NOON) is None


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("challenge", "parameters", "data"), {"id": "check-2", "until": 9_999_999_999}),
        (("challenge", "parameters", "data"), None),
        (("challenge", "parameters", "cost"), 1),
        (("challenge", "parameters", "cost"), 10**30),
        (("challenge", "parameters", "keyPrefix"), ""),
        (("challenge", "parameters", "keySignature"), None),
        (("challenge", "parameters"), []),
        (("challenge", "signature"), None),
        (("challenge", "signature"), ""),
        (("challenge", "signature"), 1.5),
        (("solution", "derivedKey"), "00"),
        (("solution", "derivedKey"), None),
        (("solution", "derivedKey"), {}),
        (("solution",), True),
    ],
)
def test_what_was_tampered_with_is_none(proofs: AltchaProofs, path: tuple[str, ...], to: Any) -> None:
    solution = solution_of(proofs.challenge("check-1", UNTIL))
    assert proofs.solved(changed(solution, *path, to=to), NOON) is None


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "я",
        "e30=",
        "W10=",
        "bnVsbA==",
        "MQ==",
        "=" * 10,
        "A" * 5000,
        "A" * 4096,
        base64.b64encode(b"[" * 3000).decode(),
    ],
)
def test_anything_else_is_none(proofs: AltchaProofs, sent: str) -> None:
    assert proofs.solved(sent, NOON) is None


def test_the_work_lies_between_known_bounds() -> None:
    proofs = AltchaProofs(KEY, tries=10)
    counters = []
    for _ in range(30):
        found = altcha.solve_challenge(altcha.Challenge.from_dict(json.loads(proofs.challenge("x", UNTIL))))
        assert found
        counters.append(found.counter)
    assert min(counters) >= 5
    assert max(counters) <= 10
    assert len(set(counters)) > 2


def test_the_browsers_worker_finds_what_the_library_accepts(proofs: AltchaProofs, tmp_path: Path) -> None:
    worker = Path(__file__).resolve().parents[2] / "assets" / "human-worker.js"
    script = tmp_path / "worker.js"
    script.write_text(
        "globalThis.self = { postMessage: (solution) => console.log(solution) };\n"
        + worker.read_text()
        + "\nself.onmessage({ data: process.argv[2] });\n"
    )
    bun = Path(sys.executable).parent / "bun"
    for number in range(3):
        challenge = proofs.challenge(f"check-{number}", UNTIL)
        done = subprocess.run([bun, script, challenge], capture_output=True, text=True, check=True)  # noqa: S603 - our own files
        assert proofs.solved(done.stdout.strip(), NOON) == f"check-{number}"
