"""РЕЖИМ ОБУЧЕНИЯ: the five lessons, each in a practice world of its own."""

import reflex as rx

from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAYS, Lesson
from cabinet.ui import layout, routes
from cabinet.ui.components.card import card
from cabinet.ui.components.pill import pill
from cabinet.ui.states.training import TrainingState as State


@layout.page(routes.TRAINING, title=texts.TRAINING_TITLE, on_load=State.load, shell="either")
def training_page() -> rx.Component:
    lessons = [lesson_card(number, lesson) for number, lesson in enumerate(LESSONS.values(), 1)]
    return rx.fragment(layout.heading(texts.TRAINING_TITLE, texts.TRAINING_NOTE), *lessons)


def lesson_card(number: int, lesson: Lesson) -> rx.Component:
    """A plain form: it begins the lesson without the socket too."""
    ways = [
        rx.el.button(
            words,
            type="submit",
            name="lesson",
            class_name="button secondary",
            custom_attrs={"value": f"{lesson.id}.{way}", "aria-label": f"{words}: {lesson.title}"},
        )
        for way, words in WAYS.items()
    ]
    row = State.lessons[lesson.id]
    known = State.lessons.contains(lesson.id)
    goes_on = rx.el.button(
        row.resume_words,
        type="submit",
        name="lesson",
        class_name="button primary",
        custom_attrs={"value": row.resume, "aria-label": row.resume_words + f": {lesson.title}"},
    )
    status = rx.cond(
        known & (row.status != ""), pill(rx.cond(row.done, "ok", "training"), row.status), rx.fragment()
    )
    begin = layout.PostForm.create(
        rx.cond(known & (row.resume != ""), goes_on, rx.fragment()),
        rx.el.div(*ways, class_name="ways"),
        custom_attrs={"method": "post", "action": routes.API_PRACTICE},
    )
    return card(rx.el.p(lesson.about), begin, title=f"{number}. {lesson.title}", aside=status)
