"""How far people have come in the lessons: the one table of the portal's own that the training writes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, delete, select

from cabinet.persistence.types import BigId, instant, key


class TrainingProgress(SQLModel, table=True):
    """A lesson taken in one way, by a user or by a browser in which nobody was signed in.

    Attributes:
        user_id: whose it is; None for a browser's.
        device: the digest of the device cookie; None once somebody has signed in there and it is theirs.
        reached: how many steps are behind.
        finished: all of them are.
    """

    __tablename__ = "training_progress"
    __table_args__ = (
        UniqueConstraint("user_id", "lesson", "way"),
        UniqueConstraint("device", "lesson", "way"),
    )

    id: int | None = key()
    user_id: int | None = Field(default=None, foreign_key="users.id", sa_type=BigId)
    device: str | None = Field(default=None, max_length=64)
    lesson: str = Field(max_length=16)
    way: str = Field(max_length=16)
    reached: int
    finished: bool
    at: datetime = instant()


@dataclass(frozen=True, slots=True)
class Learner:
    """Whose progress is meant: the user where there is one, else the browser."""

    user_id: int | None
    device: str


class Training:
    """The repository of progress. Writers of the same learner wait for each other."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def reach(
        self, learner: Learner, lesson: str, way: str, reached: int, *, finished: bool, now: datetime
    ) -> None:
        """So many steps are behind; never fewer than before."""
        self._lock(learner)
        condition = (TrainingProgress.lesson == lesson, TrainingProgress.way == way, _own(learner))
        row = self._session.exec(select(TrainingProgress).where(*condition)).one_or_none()
        if row is None:
            owner = learner.user_id
            device = learner.device if owner is None else None
            row = TrainingProgress(
                user_id=owner, device=device, lesson=lesson, way=way, reached=0, finished=False, at=now
            )
        _raise(row, reached, finished=finished, at=now)
        self._session.add(row)
        self._session.flush()

    def list_of(self, learner: Learner) -> list[TrainingProgress]:
        """The learner's lessons, the last taken first."""
        newest = col(TrainingProgress.at).desc(), col(TrainingProgress.id).desc()
        return list(self._session.exec(select(TrainingProgress).where(_own(learner)).order_by(*newest)))

    def claim(self, device: str, user_id: int) -> None:
        """What was learned in a browser before somebody signed in there is theirs from now on."""
        browser, user = Learner(None, device), Learner(user_id, "")
        rows = self.list_of(browser) if device else []
        if not rows:
            return
        self._lock(browser)
        self._lock(user)
        known = {(x.lesson, x.way): x for x in self.list_of(user)}
        for row in self.list_of(browser):
            before = known.get((row.lesson, row.way))
            if before:
                _raise(before, row.reached, finished=row.finished, at=row.at)
                self._session.add(before)
                self._session.delete(row)
            else:
                row.user_id, row.device = user_id, None
                self._session.add(row)
        self._session.flush()

    def count(self) -> list[tuple[str, str, int, int]]:
        """By lesson and way, how many people have so many steps behind them, and no more."""
        lesson, way = col(TrainingProgress.lesson), col(TrainingProgress.way)
        reached = col(TrainingProgress.reached)
        statement = select(lesson, way, reached, func.count()).group_by(lesson, way, reached)
        return list(self._session.exec(statement))

    def forget_before(self, moment: datetime) -> None:
        """Forget browsers in which nobody has learned since."""
        self._session.exec(
            delete(TrainingProgress).where(
                col(TrainingProgress.user_id).is_(None), col(TrainingProgress.at) < moment
            )
        )

    def _lock(self, learner: Learner) -> None:
        if self._session.get_bind().dialect.name == "postgresql":
            name = f"training:{learner.user_id}:{learner.device if learner.user_id is None else ''}"
            self._session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def _raise(row: TrainingProgress, reached: int, *, finished: bool, at: datetime) -> None:
    row.reached, row.finished = max(row.reached, reached), row.finished or finished
    row.at = max(row.at, at)


def _own(learner: Learner) -> ColumnElement[bool]:
    if learner.user_id is None:
        return col(TrainingProgress.device) == learner.device
    return col(TrainingProgress.user_id) == learner.user_id
