"""How far somebody has come in the lessons, and where people leave them."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Self

from cabinet.domain import limits
from cabinet.domain.errors import InputError
from cabinet.domain.permissions import PUBLIC, Actor, Permission, Visitor
from cabinet.persistence.training import Learner, TrainingProgress
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAYS, Lesson

_REMEMBERED: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ReachStep:
    """So many steps of a lesson are behind."""

    lesson: Lesson
    way: str
    reached: int

    @classmethod
    def parse(cls, name: str, reached: str) -> Self:
        """Of «pay.show» and «2».

        Raises:
            InputError: no such lesson, way or step.
        """
        chosen, _, way = name.partition(".")
        lesson = LESSONS.get(chosen)
        if lesson is None or way not in WAYS:
            raise InputError
        known = {str(steps): steps for steps in range(len(lesson.steps) + 1)}
        if reached not in known:
            raise InputError
        return cls(lesson, way, known[reached])


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson as its learner has left it.

    Attributes:
        done: it was finished once, in any way.
        status: «Пройден», «Шаг 2 из 5»; "" when it was never begun.
        resume: what begins it where it was left, «pay.show.1»; "" where that is its beginning.
        resume_words: what the button says.
        up_next: of all lessons, the one to go on with.
    """

    id: str
    done: bool = False
    status: str = ""
    resume: str = ""
    resume_words: str = ""
    up_next: bool = False


@dataclass(frozen=True, slots=True)
class StepCount:
    """A step: how many people came to it, and how many of them went no further."""

    title: str
    came: str
    left: str


@dataclass(frozen=True, slots=True)
class LessonCount:
    """A lesson in one way, of all people together."""

    title: str
    begun: str
    finished: str
    steps: list[StepCount] = field(default_factory=list)


def record_progress(deps: Deps, visitor: Visitor, session: str, command: ReachStep) -> None:
    """Remember a step; the portal's own session is looked at and not prolonged.

    Raises:
        TooMany: too many from this address.
    """
    user_id = sessions.peek(deps, session)
    if user_id is None and not visitor.device:
        return
    now, finished = deps.clock.now(), command.reached == len(command.lesson.steps)
    learner = Learner(user_id, visitor.device)
    with deps.transaction() as tx:
        tx.attempts.reserve(limits.TRAINING_ADDRESS, visitor.network, now)
        tx.training.reach(
            learner, command.lesson.id, command.way, command.reached, finished=finished, now=now
        )


def view_progress(deps: Deps, actor: Actor) -> list[LessonRow]:
    """Every lesson, as far as whoever asks has come."""
    actor.require(PUBLIC)
    learner = Learner(actor.user_id, actor.visitor.device)
    with deps.snapshot() as tx:
        rows = tx.training.list_of(learner) if actor.user_id or actor.visitor.device else []
    lessons = [_row(lesson, [x for x in rows if x.lesson == lesson.id]) for lesson in LESSONS.values()]
    return _up_next(lessons, [x.lesson for x in rows if x.reached])


def _up_next(lessons: list[LessonRow], begun: list[str]) -> list[LessonRow]:
    """Marks the lesson that was left last, or else the first one that was never finished."""
    undone = {x.id for x in lessons if not x.done}
    chosen = next((x for x in [*begun, *LESSONS] if x in undone), "")
    return [replace(x, up_next=x.id == chosen) for x in lessons]


def _row(lesson: Lesson, taken: list[TrainingProgress]) -> LessonRow:
    done = any(x.finished for x in taken)
    last = taken[0] if taken else None
    if last is None or last.finished or last.reached == 0:
        return LessonRow(lesson.id, done, texts.FINISHED if done else "")
    at = lesson.resumable(last.reached)
    of = len(lesson.steps)
    return LessonRow(
        lesson.id,
        done,
        texts.FINISHED if done else texts.STEP_OF.format(at=min(last.reached, of - 1) + 1, of=of),
        f"{lesson.id}.{last.way}.{at}" if at else "",
        texts.RESUME.format(at=at + 1),
    )


def count_progress(deps: Deps, actor: Actor) -> list[LessonCount]:
    """Where people leave the lessons: numbers of all suppliers' people together, and of nobody."""
    actor.require(Permission.TRAINING_VIEW)
    with deps.snapshot() as tx:
        counts = tx.training.count()
    return [_count(lesson, way, counts) for lesson in LESSONS.values() for way in WAYS]


def _count(lesson: Lesson, way: str, counts: list[tuple[str, str, int, int]]) -> LessonCount:
    stopped = Counter({x[2]: x[3] for x in counts if x[:2] == (lesson.id, way)})
    begun, came, steps = stopped.total(), stopped.total(), []
    for index, step in enumerate(lesson.steps):
        steps.append(StepCount(step.title, str(came), str(stopped[index])))
        came -= stopped[index]
    return LessonCount(f"{lesson.title}: {WAYS[way]}", str(begun), str(came), steps)


def forget_old(deps: Deps) -> None:
    """Forget browsers in which nobody has learned for a year."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        tx.training.forget_before(now - _REMEMBERED)
        tx.attempts.forget_before(limits.TRAINING_ADDRESS, now)
