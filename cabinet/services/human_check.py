"""The human check: proof of work → a task when it is not calm → a pass that one form may spend.

Every stage belongs to one browser (its device cookie) and one purpose, lives ten minutes and is spent by
the step that leaves it. Who fails twice may do harder work instead of a task, where a code follows anyway.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from cabinet.domain import spoken
from cabinet.domain.codes import new_token
from cabinet.domain.errors import NotFound
from cabinet.domain.human_check import (
    CALM,
    CODE_FOLLOWS,
    FAILED_ADDRESS,
    FAILED_VISITOR,
    LIFETIME,
    LIGHT_ADDRESS,
    LIGHT_ALL,
    MAX_TYPED,
    PASSES,
    PROOFS,
    PROOFS_ADDRESS,
    PROOFS_VISITOR,
    TASKS,
    TASKS_ADDRESS,
    TASKS_VISITOR,
    WAIVABLE_AFTER,
    WAIVER_WORK,
    WAIVERS_ADDRESS,
    BrowserUnknown,
    HumanCheckExpired,
    HumanCheckNeeded,
    HumanCheckNotWaivable,
    HumanCheckTaskNeeded,
    HumanCheckUnproved,
    Purpose,
    Route,
    Stage,
    Watched,
    answer_digest,
    is_answer,
    new_answer,
    route_for,
)
from cabinet.domain.limits import Limit
from cabinet.domain.permissions import PUBLIC, Actor, Visitor
from cabinet.persistence.challenges import HumanChallenge
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EVERYBODY: Final = "all"
_COUNTED: Final = (FAILED_VISITOR, FAILED_ADDRESS, LIGHT_ADDRESS, LIGHT_ALL, WAIVERS_ADDRESS)
_BOUNDLESS: Final = 1_000_000
_Spent = tuple[Collection[Stage], str]


@dataclass(frozen=True, slots=True)
class BeginCheck:
    """«Я не робот» was ticked."""

    purpose: Purpose


@dataclass(frozen=True, slots=True)
class WaiveTask:
    """«Подтвердить по почте или СМС без задания»."""

    purpose: Purpose


@dataclass(frozen=True, slots=True)
class ProveWork:
    """The browser's worker has solved the proof of work.

    Attributes:
        solution: altcha's base64.
        task: a task is wanted however calm it is: the form did not take a pass without one.
    """

    purpose: Purpose
    solution: str
    task: bool = False


@dataclass(frozen=True, slots=True)
class ChangeTask:
    """Another task, a picture or a sound, is asked for instead of `task_id`."""

    purpose: Purpose
    task_id: str
    kind: Stage


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What was typed for `task_id`."""

    purpose: Purpose
    task_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where the check stands: either a pass, or a task that is open; the other is "".

    Attributes:
        kind: of the task, PICTURE or SOUND.
        waivable: whether the task may be left out.
    """

    pass_id: str = ""
    task_id: str = ""
    kind: Stage = Stage.PASS
    waivable: bool = False


def begin_check(deps: Deps, actor: Actor, command: BeginCheck) -> str:
    """Work for the browser, as JSON.

    Raises:
        BrowserUnknown: no device cookie.
        TooMany: too many checks were begun by this browser or address.
    """
    visitor = _known(actor)
    proof = _stage(deps, Stage.PROOF, visitor, command.purpose)
    with deps.transaction() as tx:
        _reserve_proof(deps, tx, visitor)
        tx.challenges.add(proof)
    return deps.proofs.challenge(proof.id, proof.expires_at)


def waive_task(deps: Deps, actor: Actor, command: WaiveTask) -> str:
    """Harder work for a browser that has failed twice; its solution is a pass where a code follows.

    Raises:
        HumanCheckNotWaivable: it has not failed twice, or no code follows.
        TooMany: too many tasks were waived for this address today.
    """
    visitor = _known(actor)
    proof = _stage(deps, Stage.HARD, visitor, command.purpose)
    with deps.transaction() as tx:
        if not _waivable(deps, tx, visitor, command.purpose):
            raise HumanCheckNotWaivable
        _reserve_proof(deps, tx, visitor)
        tx.attempts.reserve(WAIVERS_ADDRESS, visitor.network, deps.clock.now())
        tx.challenges.add(proof)
    return deps.proofs.challenge(proof.id, proof.expires_at, WAIVER_WORK)


def prove_work(deps: Deps, actor: Actor, command: ProveWork) -> Step:
    """The pass or the picture task that the work has earned.

    Raises:
        HumanCheckUnproved: not a solution of anything that we gave.
        HumanCheckExpired: its proof is late, used, for something else or another browser's.
        TooMany: too many tasks.
    """
    visitor = _known(actor)
    proof_id = deps.proofs.solved(command.solution, deps.clock.now())
    if proof_id is None:
        raise HumanCheckUnproved
    with deps.transaction() as tx:
        proof = _spend(deps, tx, visitor, command.purpose, (PROOFS, proof_id))
        if proof is None:
            raise HumanCheckExpired
        if proof.stage == Stage.HARD:
            return _passed(deps, tx, Stage.VOUCHED, visitor, command.purpose)
        if not command.task and _take_light(deps, tx, visitor):
            return _passed(deps, tx, Stage.LIGHT, visitor, command.purpose)
        _reserve_task(deps, tx, visitor)
    return _pose(deps, visitor, command.purpose, Stage.PICTURE)


def change_task(deps: Deps, actor: Actor, command: ChangeTask) -> Step:
    """A new task instead of the old one, which no longer counts.

    Raises:
        HumanCheckExpired: the old one is late, used, for something else or another browser's.
        TooMany: too many tasks; the old one stays.
    """
    visitor = _known(actor)
    with deps.transaction() as tx:
        if _spend(deps, tx, visitor, command.purpose, (TASKS, command.task_id)) is None:
            raise HumanCheckExpired
        _reserve_task(deps, tx, visitor)
    return _pose(deps, visitor, command.purpose, command.kind)


def check_answer(deps: Deps, actor: Actor, command: CheckAnswer) -> Step:
    """A pass for a right answer, another task of the kind for a wrong one; the task is spent either way.

    Raises:
        HumanCheckExpired: the task is late, used, for something else or another browser's.
        TooMany: the answer was wrong, and there were too many tasks.
    """
    visitor = _known(actor)
    with deps.transaction() as tx:
        task = _spend(deps, tx, visitor, command.purpose, (TASKS, command.task_id))
        if task is None:
            raise HumanCheckExpired
        if _right(deps, task, command.answer):
            return _passed(deps, tx, Stage.PASS, visitor, command.purpose)
        _count(deps, tx, (FAILED_VISITOR, visitor.device), (FAILED_ADDRESS, visitor.network))
    # A transaction of its own: refusing another task must not bring the old one back.
    with deps.transaction() as tx:
        _reserve_task(deps, tx, visitor)
    return _pose(deps, visitor, command.purpose, Stage(task.stage))


def fetch_media(deps: Deps, visitor: Visitor, kind: Stage, task_id: str) -> bytes:
    """PNG of an open picture task, or WAV of a spoken one.

    Raises:
        NotFound: there is none, or it is another browser's.
    """
    if not visitor.device or not _ID.fullmatch(task_id):
        raise NotFound
    with deps.snapshot() as tx:
        media = tx.challenges.find_media(task_id, kind, visitor.device, deps.clock.now())
    if media is None:
        raise NotFound
    return media


def need_pass(deps: Deps, tx: UnitOfWork, visitor: Visitor, purpose: Purpose, pass_id: str) -> None:
    """Look at the pass before something dear is done for it; `spend_pass` follows.

    Raises:
        HumanCheckNeeded: none, or late, used, for another purpose or of another browser.
    """
    good, now = _good_for(purpose), deps.clock.now()
    if not visitor.device or not tx.challenges.is_open(pass_id, good, visitor.device, purpose, now):
        raise HumanCheckNeeded


def spend_pass(
    deps: Deps, tx: UnitOfWork, visitor: Visitor, purpose: Purpose, pass_id: str, *, login: str = ""
) -> None:
    """Use the pass up inside the caller's transaction: undone with it, so a mistyped form keeps its pass.

    Args:
        deps: of the caller.
        tx: the caller's transaction.
        visitor: who sent the form.
        purpose: what the form is for.
        pass_id: what the form came with.
        login: whom the form is about; one that was guessed at needs a pass earned by a task.

    Raises:
        HumanCheckNeeded: none, or late, used, for another purpose or of another browser.
        HumanCheckTaskNeeded: the pass was given for the work alone, which this login is too much in danger for.
    """
    spent = _spend(deps, tx, visitor, purpose, (_good_for(purpose), pass_id)) if visitor.device else None
    if spent is None:
        raise HumanCheckNeeded
    if spent.stage == Stage.LIGHT and _route(deps, tx, visitor, login, (Watched.LOGIN,)) is Route.TASK:
        raise HumanCheckTaskNeeded


def forget_expired(deps: Deps) -> int:
    """Delete what is too late for anything, and what no rule counts any more; how many stages."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        for limit in _COUNTED:
            tx.attempts.forget_before(limit, now)
        return tx.challenges.forget_expired(now)


def _good_for(purpose: Purpose) -> frozenset[Stage]:
    return PASSES if purpose in CODE_FOLLOWS else PASSES - {Stage.VOUCHED}


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
    deps: Deps, tx: UnitOfWork, visitor: Visitor, purpose: Purpose, spent: _Spent
) -> HumanChallenge | None:
    stages, stage_id = spent
    if not _ID.fullmatch(stage_id):
        return None
    return tx.challenges.spend(stage_id, stages, visitor.device, purpose, deps.clock.now())


def _passed(deps: Deps, tx: UnitOfWork, kind: Stage, visitor: Visitor, purpose: Purpose) -> Step:
    earned = _stage(deps, kind, visitor, purpose)
    tx.challenges.add(earned)
    return Step(pass_id=earned.id)


def _route(
    deps: Deps,
    tx: UnitOfWork,
    visitor: Visitor,
    login: str = "",
    watched: Collection[Watched] = tuple(Watched),
) -> Route:
    """What the rules of `watched` demand; whether the address is known is asked only when it matters."""
    if deps.human_check_policy.always_task:
        return Route.TASK
    of = {
        Watched.VISITOR: visitor.device,
        Watched.ADDRESS: visitor.network,
        Watched.LOGIN: login,
        Watched.EVERYBODY: _EVERYBODY,
    }
    rules = [rule for rule in CALM if rule.of in watched and of[rule.of]]

    def route(*, known: bool) -> Route:
        now = deps.clock.now()
        return route_for([tx.attempts.left(x.limit_at(known=known), of[x.of], now) for x in rules])

    strict = route(known=False)
    if strict is Route.TASK and tx.sessions.is_known_network(visitor.network):
        return route(known=True)
    return strict


def _take_light(deps: Deps, tx: UnitOfWork, visitor: Visitor) -> bool:
    """Whether the work alone is enough now, which is then counted; those that come at once wait for one another."""
    counted = (LIGHT_ADDRESS, visitor.network), (LIGHT_ALL, _EVERYBODY)
    for limit, subject in counted:
        tx.attempts.hold(limit, subject)
    enough = _route(deps, tx, visitor) is Route.PROOF_ONLY
    if enough:
        _count(deps, tx, *counted)
    return enough


def _count(deps: Deps, tx: UnitOfWork, *happened: tuple[Limit, str]) -> None:
    """Remember what the rules of calm watch; counting refuses nobody."""
    for limit, subject in happened:
        tx.attempts.reserve(replace(limit, most=_BOUNDLESS), subject, deps.clock.now())


def _waivable(deps: Deps, tx: UnitOfWork, visitor: Visitor, purpose: Purpose) -> bool:
    failures = replace(FAILED_VISITOR, most=WAIVABLE_AFTER)
    return purpose in CODE_FOLLOWS and not tx.attempts.left(failures, visitor.device, deps.clock.now())


def _reserve_proof(deps: Deps, tx: UnitOfWork, visitor: Visitor) -> None:
    now = deps.clock.now()
    tx.attempts.reserve(PROOFS_VISITOR, visitor.device, now)
    tx.attempts.reserve(PROOFS_ADDRESS, visitor.network, now)
    tx.challenges.forget_expired(now)


def _reserve_task(deps: Deps, tx: UnitOfWork, visitor: Visitor) -> None:
    now = deps.clock.now()
    tx.attempts.reserve(TASKS_VISITOR, visitor.device, now)
    tx.attempts.reserve(TASKS_ADDRESS, visitor.network, now)


def _pose(deps: Deps, visitor: Visitor, purpose: Purpose, kind: Stage) -> Step:
    """Draw or speak outside of any transaction, then store the task."""
    task = _stage(deps, kind, visitor, purpose)
    if kind is Stage.SOUND:
        words = spoken.new_words()
        task.media = deps.speech.speak(words)
        task.answer_digest = spoken.words_digest(deps.secret_key, task.id, words)
    else:
        answer = new_answer()
        task.media = deps.pictures.draw(answer)
        task.answer_digest = answer_digest(deps.secret_key, task.id, answer)
    with deps.transaction() as tx:
        tx.challenges.add(task)
        waivable = _waivable(deps, tx, visitor, purpose)
    return Step(task_id=task.id, kind=kind, waivable=waivable)


def _right(deps: Deps, task: HumanChallenge, typed: str) -> bool:
    compare = spoken.are_words if task.stage == Stage.SOUND else is_answer
    right = len(typed) <= MAX_TYPED and compare(typed, task.answer_digest, deps.secret_key, task.id)
    return right or deps.human_check_policy.accepts(typed)
