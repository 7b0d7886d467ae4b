"""The lessons and how far somebody has come; and, at the desk, where people leave them."""

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import training
from cabinet.services.training import LessonCount, LessonRow
from cabinet.texts import training as texts
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, handler, run, run_outside


class TrainingState(rx.State):
    """The lessons by name, empty until the page's data are there; how many are passed, and in words."""

    problems: dict[str, str] = {}
    lessons: dict[str, LessonRow] = {}
    passed: int = 0
    passed_words: str = ""

    @handler(PUBLIC)
    async def load(self) -> None:
        problem = texts.PROBLEMS.get(asked(self, "problem"))
        self.problems = {"": problem} if problem else {}
        # A lesson's own world knows nothing of the others: the steps behind are the real person's.
        self.lessons = {row.id: row for row in await run_outside(self, training.view_progress)}
        self.passed, of = sum(row.done for row in self.lessons.values()), len(self.lessons)
        self.passed_words = (
            texts.ALL_PASSED if self.passed == of else texts.PASSED.format(count=self.passed, of=of)
        )


class DeskTrainingState(rx.State):
    """The numbers of every lesson in every way that somebody has begun."""

    problems: dict[str, str] = {}
    loaded: bool = False
    rows: list[LessonCount] = []

    @handler(Permission.TRAINING_VIEW)
    async def load(self) -> None:
        self.problems = {}
        self.rows = [row for row in await run(self, training.count_progress) if row.begun != "0"]
        self.loaded = True
