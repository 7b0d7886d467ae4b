"""РЕЖИМ ОБУЧЕНИЯ: the five lessons, each in a practice world of its own."""

from typing import Any

import reflex as rx

from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAY_NOTES, WAYS, Lesson
from cabinet.ui import layout, routes
from cabinet.ui.components.card import card
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.pill import pill
from cabinet.ui.states.training import TrainingState as State


@layout.page(routes.TRAINING, title=texts.TRAINING_TITLE, on_load=State.load, shell="either")
def training_page() -> rx.Component:
    lessons = [lesson_card(number, lesson) for number, lesson in enumerate(LESSONS.values(), 1)]
    return rx.fragment(
        layout.heading(texts.TRAINING_TITLE, texts.TRAINING_NOTE),
        error_summary(State.problems),
        rx.cond(State.passed > 0, progress(), rx.fragment()),
        ways(),
        *lessons,
    )


def progress() -> rx.Component:
    bar = rx.el.progress(aria_label=State.passed_words, value=State.passed, max=len(LESSONS))
    return rx.el.div(rx.el.p(State.passed_words), bar, class_name="lessons-passed")


def ways() -> rx.Component:
    """What the buttons of every lesson mean."""
    lines = [rx.el.li(rx.el.b(words), " — ", WAY_NOTES[way]) for way, words in WAYS.items()]
    return rx.el.ul(*lines, class_name="ways-told", aria_label=texts.WAYS_TITLE)


def lesson_card(number: int, lesson: Lesson) -> rx.Component:
    """A plain form: it begins the lesson without the socket too. The page's one primary leads to what is next."""
    row = State.lessons[lesson.id]
    known = State.lessons.contains(lesson.id)
    up_next = rx.cond(known, row.up_next, number == 1)
    resumable = known & (row.resume != "")
    first, *others = WAYS
    buttons = [
        way_button(lesson, first, primary=up_next & ~resumable),
        *(way_button(lesson, way, primary=False) for way in others),
    ]
    goes_on = start_button(row.resume, row.resume_words, lesson, primary=up_next)
    status = rx.cond(
        known & (row.status != ""), pill(rx.cond(row.done, "ok", "training"), row.status), rx.fragment()
    )
    begin = layout.PostForm.create(
        rx.cond(resumable, goes_on, rx.fragment()),
        rx.el.div(*buttons, class_name="ways"),
        class_name="stack",
        custom_attrs={"method": "post", "action": routes.API_PRACTICE},
    )
    return card(rx.el.p(lesson.about), begin, title=f"{number}. {lesson.title}", aside=status)


def way_button(lesson: Lesson, way: str, *, primary: rx.Var[bool] | bool) -> rx.Component:
    return start_button(f"{lesson.id}.{way}", WAYS[way], lesson, primary=primary)


def start_button(value: Any, words: Any, lesson: Lesson, *, primary: rx.Var[bool] | bool) -> rx.Component:
    look = rx.cond(primary, "button primary", "button secondary")
    return rx.el.button(
        words,
        type="submit",
        name="lesson",
        class_name=look,
        custom_attrs={"value": value, "aria-label": words + f": {lesson.title}"},
    )
