"""The human check: proof of work → picture task → a pass that one registration may spend.

Every stage belongs to one browser (its device cookie) and one purpose, lives ten minutes and is spent by
the step that leaves it.
"""

import re
from dataclasses import dataclass
from typing import Final

from cabinet.domain.codes import new_token
from cabinet.domain.errors import NotFound
from cabinet.domain.human_check import (
    LIFETIME,
    PICTURES_ADDRESS,
    PICTURES_VISITOR,
    PROOFS_ADDRESS,
    PROOFS_VISITOR,
    BrowserUnknown,
    HumanCheckExpired,
    HumanCheckNeeded,
    HumanCheckUnproved,
    Purpose,
    Stage,
    answer_digest,
    is_answer,
    new_answer,
)
from cabinet.domain.permissions import PUBLIC, Actor, Visitor
from cabinet.persistence.challenges import HumanChallenge
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_StageId = tuple[Stage, str]


@dataclass(frozen=True, slots=True)
class BeginCheck:
    """«Я не робот» was ticked."""

    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ProveWork:
    """The browser's worker has solved the proof of work; `solution` is altcha's base64."""

    purpose: Purpose
    solution: str


@dataclass(frozen=True, slots=True)
class ChangePicture:
    """Another picture is asked for instead of `picture_id`."""

    purpose: Purpose
    picture_id: str


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What was typed for `picture_id`."""

    purpose: Purpose
    picture_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class AnswerChecked:
    """Either a pass or, after a wrong answer, the next picture; the other is ""."""

    pass_id: str = ""
    picture_id: str = ""


def begin_check(deps: Deps, actor: Actor, command: BeginCheck) -> str:
    """Work for the browser, as JSON.

    Raises:
        BrowserUnknown: no device cookie.
        TooMany: too many checks were begun by this browser or address.
    """
    visitor = _known(actor)
    now = deps.clock.now()
    proof = _stage(deps, Stage.PROOF, visitor, command.purpose)
    with deps.transaction() as tx:
        tx.attempts.reserve(PROOFS_VISITOR, visitor.device, now)
        tx.attempts.reserve(PROOFS_ADDRESS, visitor.address, now)
        tx.challenges.forget_expired(now)
        tx.challenges.add(proof)
    return deps.proofs.challenge(proof.id, proof.expires_at)


def prove_work(deps: Deps, actor: Actor, command: ProveWork) -> str:
    """The id of the picture task that the work has earned.

    Raises:
        HumanCheckUnproved: not a solution of anything that we gave.
        HumanCheckExpired: its proof is late, used, for something else or another browser's.
        TooMany: too many pictures.
    """
    visitor = _known(actor)
    proof_id = deps.proofs.solved(command.solution, deps.clock.now())
    if proof_id is None:
        raise HumanCheckUnproved
    _exchange(deps, visitor, command.purpose, (Stage.PROOF, proof_id))
    return _draw(deps, visitor, command.purpose)


def change_picture(deps: Deps, actor: Actor, command: ChangePicture) -> str:
    """The id of a new picture task instead of the old one, which no longer counts.

    Raises:
        HumanCheckExpired: the old one is late, used, for something else or another browser's.
        TooMany: too many pictures; the old one stays.
    """
    visitor = _known(actor)
    _exchange(deps, visitor, command.purpose, (Stage.PICTURE, command.picture_id))
    return _draw(deps, visitor, command.purpose)


def check_answer(deps: Deps, actor: Actor, command: CheckAnswer) -> AnswerChecked:
    """A pass for a right answer, another picture for a wrong one; the task is spent either way.

    Raises:
        HumanCheckExpired: the picture is late, used, for something else or another browser's.
        TooMany: the answer was wrong, and there were too many pictures.
    """
    visitor = _known(actor)
    with deps.transaction() as tx:
        task = _spend(tx, deps, visitor, command.purpose, (Stage.PICTURE, command.picture_id))
        if task is None:
            raise HumanCheckExpired
        if _right(deps, task, command.answer):
            earned = _stage(deps, Stage.PASS, visitor, command.purpose)
            tx.challenges.add(earned)
            return AnswerChecked(pass_id=earned.id)
    # A transaction of its own: refusing another picture must not bring the old one back.
    with deps.transaction() as tx:
        _reserve_picture(tx, deps, visitor)
    return AnswerChecked(picture_id=_draw(deps, visitor, command.purpose))


def fetch_picture(deps: Deps, visitor: Visitor, picture_id: str) -> bytes:
    """PNG of an open picture task.

    Raises:
        NotFound: there is none, or it is another browser's.
    """
    if not visitor.device or not _ID.fullmatch(picture_id):
        raise NotFound
    with deps.snapshot() as tx:
        picture = tx.challenges.find_picture(picture_id, visitor.device, deps.clock.now())
    if picture is None:
        raise NotFound
    return picture


def spend_pass(tx: UnitOfWork, deps: Deps, visitor: Visitor, purpose: str, pass_id: str) -> None:
    """Use the pass up inside the caller's transaction: undone with it, so a mistyped form keeps its pass.

    Raises:
        HumanCheckNeeded: none, or late, used, for another purpose or of another browser.
    """
    if not visitor.device or _spend(tx, deps, visitor, Purpose(purpose), (Stage.PASS, pass_id)) is None:
        raise HumanCheckNeeded


def forget_expired(deps: Deps) -> int:
    """Delete what is too late for anything; how many rows."""
    with deps.transaction() as tx:
        return tx.challenges.forget_expired(deps.clock.now())


def _known(actor: Actor) -> Visitor:
    actor.require(PUBLIC)
    if not actor.visitor.device:
        raise BrowserUnknown
    return actor.visitor


def _stage(deps: Deps, stage: Stage, visitor: Visitor, purpose: Purpose) -> HumanChallenge:
    expires_at = deps.clock.now() + LIFETIME
    return HumanChallenge(
        id=new_token(), stage=stage, device=visitor.device, purpose=purpose, expires_at=expires_at
    )


def _spend(
    tx: UnitOfWork, deps: Deps, visitor: Visitor, purpose: Purpose, spent: _StageId
) -> HumanChallenge | None:
    stage, stage_id = spent
    if not _ID.fullmatch(stage_id):
        return None
    return tx.challenges.spend(stage_id, stage, visitor.device, purpose, deps.clock.now())


def _exchange(deps: Deps, visitor: Visitor, purpose: Purpose, spent: _StageId) -> None:
    """Spend a stage for the right to a picture; when that is refused, the stage stays."""
    with deps.transaction() as tx:
        if _spend(tx, deps, visitor, purpose, spent) is None:
            raise HumanCheckExpired
        _reserve_picture(tx, deps, visitor)


def _reserve_picture(tx: UnitOfWork, deps: Deps, visitor: Visitor) -> None:
    now = deps.clock.now()
    tx.attempts.reserve(PICTURES_VISITOR, visitor.device, now)
    tx.attempts.reserve(PICTURES_ADDRESS, visitor.address, now)


def _draw(deps: Deps, visitor: Visitor, purpose: Purpose) -> str:
    """Draw outside of any transaction, then store the task."""
    answer = new_answer()
    task = _stage(deps, Stage.PICTURE, visitor, purpose)
    task.picture = deps.pictures.draw(answer)
    task.answer_digest = answer_digest(deps.secret_key, task.id, answer)
    with deps.transaction() as tx:
        tx.challenges.add(task)
    return task.id


def _right(deps: Deps, task: HumanChallenge, typed: str) -> bool:
    right = is_answer(typed, task.answer_digest, deps.secret_key, task.id)
    return right or deps.human_check_policy.accepts(typed)
