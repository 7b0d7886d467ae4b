"""The check «Я не робот»: its stages, its answers, and how long each of them holds.

A speed bump, not a wall (OWASP ASVS 5.0, 2.4): every stage is single use and bound to one browser and one
purpose; an answer is kept as an HMAC and forgotten at its first check.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.codes import digest
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.limits import Limit

LIFETIME: Final = timedelta(minutes=10)
"""How long a proof may be worked on, a picture looked at, a pass kept, each counted from its own issue."""

LENGTH: Final = 6
ALPHABET: Final = "AEHKPCTX234579"
"""Characters that are one shape in both layouts and are not taken for one another when bent."""

MAX_TYPED: Final = 64
"""An answer longer than this is wrong unread."""

PICTURES_VISITOR: Final = Limit("human.picture.visitor", 20, timedelta(minutes=10))
PICTURES_ADDRESS: Final = Limit("human.picture.address", 60, timedelta(hours=1))
PROOFS_VISITOR: Final = Limit("human.proof.visitor", 30, timedelta(minutes=10))
PROOFS_ADDRESS: Final = Limit("human.proof.address", 120, timedelta(hours=1))

# To the capitals of the alphabet: Cyrillic twins, and what a bent digit may be taken for.
_LOOK_ALIKES: Final = str.maketrans("АЕНКРСТХЗЧ", "AEHKPCTX34")  # fmt: skip


class Purpose(StrEnum):
    """What a pass opens; a pass for one is nothing for another."""

    REGISTER = "register"
    RESET = "reset"


class Stage(StrEnum):
    """What a row of the check waits for."""

    PROOF = "proof"
    PICTURE = "picture"
    PASS = "pass"  # noqa: S105 - a stage, not a password


class HumanCheckNeeded(InputError):
    """No pass, or it is used, late, for something else or another browser's."""

    code = "human_check.needed"
    field = "human"


class HumanCheckExpired(Conflict):
    """The proof or the picture is gone: late, used, or another browser's."""

    code = "human_check.expired"
    field = "human"


class HumanCheckUnproved(Conflict):
    """The work that was sent does not solve what was given."""

    code = "human_check.unproved"
    field = "human"


class BrowserUnknown(InputError):
    """The browser sent no device cookie: it was refused, or the page is older than the cookie."""

    code = "human_check.browser_unknown"
    field = "human"


@dataclass(frozen=True, slots=True)
class HumanCheckPolicy:
    """How the check is run here; `test_answer` is right for any task (the container allows it in tests only)."""

    test_answer: str | None = None

    @classmethod
    def parse(cls, setting: str) -> "HumanCheckPolicy":
        """`on`, or `test:<answer>`."""
        kind, _, answer = setting.partition(":")
        return cls(answer) if kind == "test" and normal_answer(answer) else cls()

    def accepts(self, typed: str) -> bool:
        """Whether this is the answer that tests give to everything."""
        return self.test_answer is not None and normal_answer(typed) == normal_answer(self.test_answer)


def new_answer() -> str:
    """`LENGTH` different characters of `ALPHABET`."""
    return "".join(secrets.SystemRandom().sample(ALPHABET, LENGTH))


def normal_answer(typed: str) -> str:
    """An answer for comparing: NFKC, capitals, letters and digits only, look-alikes as in `ALPHABET`."""
    upper = unicodedata.normalize("NFKC", typed[:MAX_TYPED]).upper()
    return "".join(c for c in upper if c.isalnum()).translate(_LOOK_ALIKES)


def answer_digest(key: bytes, challenge_id: str, answer: str) -> str:
    """What is kept of an answer; salted by its own task, so that equal answers do not look equal."""
    return digest(key, f"human:{challenge_id}", normal_answer(answer))


def is_answer(typed: str, kept: str, key: bytes, challenge_id: str) -> bool:
    """Whether what was typed is the answer, compared in constant time."""
    if len(typed) > MAX_TYPED:
        return False
    return hmac.compare_digest(answer_digest(key, challenge_id, typed), kept)
