"""The check «Я не робот»: its stages, its answers, and how long each of them holds.

A speed bump, not a wall (OWASP ASVS 5.0, 2.4): every stage is single use and bound to one browser and one
purpose; an answer is kept as an HMAC and forgotten at its first check.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain import limits, sign_in
from cabinet.domain.codes import digest
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.limits import Limit

LIFETIME: Final = timedelta(minutes=10)
"""How long a proof may be worked on, a task tried, a pass kept, each counted from its own issue."""

LENGTH: Final = 6
ALPHABET: Final = "AEHKPCTX234579"
"""Characters that are one shape in both layouts and are not taken for one another when bent."""

MAX_TYPED: Final = 64
"""An answer longer than this is wrong unread."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

TASKS_VISITOR: Final = Limit("human.picture.visitor", 20, timedelta(minutes=10))
TASKS_ADDRESS: Final = Limit("human.picture.address", 60, timedelta(hours=1))
PROOFS_VISITOR: Final = Limit("human.proof.visitor", 30, timedelta(minutes=10))
PROOFS_ADDRESS: Final = Limit("human.proof.address", 120, timedelta(hours=1))

FAILED_VISITOR: Final = Limit("human.failed.visitor", 1, _HOUR)
FAILED_ADDRESS: Final = Limit("human.failed.address", 3, _HOUR)
LIGHT_ADDRESS: Final = Limit("human.light.address", 5, _HOUR)
LIGHT_ALL: Final = Limit("human.light.all", 300, timedelta(minutes=10))

WAIVABLE_AFTER: Final = 2
"""Wrong answers of one browser, counted as `FAILED_VISITOR`, after which the task may be waived."""
WAIVERS_ADDRESS: Final = Limit("human.waiver.address", 5, _DAY)
WAIVER_WORK: Final = 10
"""How many times the usual work a waived task costs."""

# To the capitals of the alphabet: Cyrillic twins, and what a bent digit may be taken for.
_LOOK_ALIKES: Final = str.maketrans("АЕНКРСТХЗЧ", "AEHKPCTX34")  # fmt: skip


class Purpose(StrEnum):
    """What a pass opens; a pass for one is nothing for another."""

    REGISTER = "register"
    RESET = "reset"
    SIGN_IN = "sign_in"
    PIN_REQUEST = "pin_request"


CODE_FOLLOWS: Final = frozenset({Purpose.REGISTER, Purpose.RESET})
"""Where nothing is done before a code sent by mail or SMS comes back: it vouches for who could do no task."""


class Stage(StrEnum):
    """What a row of the check waits for.

    Attributes:
        PROOF: the usual work.
        HARD: the work that is done instead of a task.
        PICTURE: six characters to be read.
        SOUND: three words to be heard.
        PASS: to be spent; a task was done.
        LIGHT: a pass for the work alone, given while all is calm.
        VOUCHED: a pass for hard work, good where a code follows anyway.
    """

    PROOF = "proof"
    HARD = "hard"
    PICTURE = "picture"
    SOUND = "sound"
    PASS = "pass"  # noqa: S105 - a stage, not a password
    LIGHT = "light"
    VOUCHED = "vouched"


PROOFS: Final = frozenset({Stage.PROOF, Stage.HARD})
TASKS: Final = frozenset({Stage.PICTURE, Stage.SOUND})
PASSES: Final = frozenset({Stage.PASS, Stage.LIGHT, Stage.VOUCHED})


class Route(StrEnum):
    """What a solved proof of work leads to."""

    PROOF_ONLY = "proof_only"
    TASK = "task"


class Watched(StrEnum):
    """Whose doings a rule counts."""

    VISITOR = "visitor"
    ADDRESS = "address"
    LOGIN = "login"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class CalmRule:
    """Calm means that fewer than `limit.most` were counted within its span.

    Attributes:
        limit: what is counted, and how many are too many.
        of: whose.
        known: in place of `limit.most` for an address that people have signed in from; a new one is trusted
            less, and behind a known one there may be a whole house.
    """

    limit: Limit
    of: Watched
    known: int = 0

    def limit_at(self, *, known: bool) -> Limit:
        """The limit for a known or a new address."""
        return replace(self.limit, most=self.known) if known and self.known else self.limit


CALM: Final = (
    CalmRule(FAILED_VISITOR, Watched.VISITOR),
    CalmRule(FAILED_ADDRESS, Watched.ADDRESS, known=10),
    CalmRule(LIGHT_ADDRESS, Watched.ADDRESS, known=20),
    # By the hour, as the pauses go: who is made to guess slowly is still guessing.
    CalmRule(sign_in.within_hour(replace(limits.SIGN_IN_ADDRESS, most=3)), Watched.ADDRESS, known=6),
    CalmRule(sign_in.within_hour(replace(limits.SIGN_IN_LOGIN, most=3)), Watched.LOGIN),
    CalmRule(LIGHT_ALL, Watched.EVERYBODY),
)
"""When all of it holds the proof of work is enough; when any does not, a task follows."""


def route_for(left: Iterable[int]) -> Route:
    """The route, of how many are left by each rule that applies."""
    return Route.PROOF_ONLY if all(left) else Route.TASK


class HumanCheckNeeded(InputError):
    """No pass, or it is used, late, for something else or another browser's."""

    code = "human_check.needed"
    field = "human"


class HumanCheckTaskNeeded(HumanCheckNeeded):
    """The pass was given for the proof of work alone, and this login has been guessed at."""

    code = "human_check.task_needed"


class HumanCheckNotWaivable(Conflict):
    """The task cannot be left out: it was not tried twice, or no code follows."""

    code = "human_check.not_waivable"
    field = "human"


class HumanCheckExpired(Conflict):
    """The proof or the task is gone: late, used, or another browser's."""

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
    """How the check is run here.

    Attributes:
        test_answer: right for any task; the container allows it in tests only, and then every check has a task.
        always_task: however calm it is.
    """

    test_answer: str | None = None
    always_task: bool = False

    @classmethod
    def parse(cls, setting: str) -> "HumanCheckPolicy":
        """`on`, or `test:<answer>`."""
        kind, _, answer = setting.partition(":")
        return cls(answer, always_task=True) if kind == "test" and normal_answer(answer) else cls()

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
