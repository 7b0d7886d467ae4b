"""Lessons are data that a supplier's staff may write: what the coach and the portal ask of them holds for each."""

from itertools import pairwise

import pytest

from cabinet.domain.practice import Start
from cabinet.texts.lessons import LESSONS, WAY_NOTES, WAYS, Lesson


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_short_and_every_deed_in_it_has_a_hint_and_an_end(lesson: Lesson) -> None:
    assert 3 <= len(lesson.steps) <= 5
    for step in lesson.steps:
        deed = bool(step.type or step.press or step.file or step.open)
        ends = [x for x in (step.path, step.says, step.seen) if x]
        assert len(ends) == deed, step.title
        assert bool(step.hint) == deed, step.title


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_that_has_begun_never_begins_anew(lesson: Lesson) -> None:
    assert [lesson.resumable(reached) > 0 for reached in range(len(lesson.steps))] == [
        False,
        *[True] * (len(lesson.steps) - 1),
    ]
    assert {step.start for step in lesson.steps} - {""} <= set(Start)
    assert all(step.address.startswith(step.page) for step in lesson.steps if step.address)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_step_ends_on_the_page_of_the_next(lesson: Lesson) -> None:
    assert lesson.page == lesson.steps[0].page
    for step, following in pairwise(lesson.steps):
        assert following.page == (step.path or step.page)


def test_every_way_says_what_it_is() -> None:
    assert WAY_NOTES.keys() == WAYS.keys()
