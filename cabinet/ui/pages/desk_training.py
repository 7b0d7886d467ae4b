"""Обучение: how many people came to each step of each lesson, and where they left."""

import reflex as rx

from cabinet.services.training import LessonCount, StepCount
from cabinet.texts import training as texts
from cabinet.ui import layout, routes
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.states.training import DeskTrainingState as State


@layout.page(routes.DESK_TRAINING, title=texts.COUNTS_TITLE, on_load=State.load, shell="desk")
def desk_training_page() -> rx.Component:
    nothing = empty(texts.NOBODY, texts.NOBODY_NOTE)
    rows = rx.el.div(rx.foreach(State.rows, lesson), class_name="stack")
    return rx.fragment(
        layout.heading(texts.COUNTS_TITLE, texts.COUNTS_NOTE),
        error_summary(State.problems),
        rx.cond(State.loaded, rx.cond(State.rows.length() > 0, rows, nothing), drum_loader()),
    )


def lesson(row: rx.Var[LessonCount]) -> rx.Component:
    heads = [rx.el.th(words, custom_attrs={"scope": "col"}) for words in (texts.STEP, texts.CAME, texts.LEFT)]
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(row.steps, step)),
        custom_attrs={"aria-label": row.title},
    )
    told = rx.el.p(
        texts.BEGUN, ": ", rx.el.b(row.begun), ", ", texts.FINISHED_COUNT, ": ", rx.el.b(row.finished)
    )
    return card(
        told,
        rx.el.div(
            table,
            class_name="table-scroll",
            tab_index=0,
            role="region",
            custom_attrs={"aria-label": row.title},
        ),
        title=row.title,
    )


def step(row: rx.Var[StepCount]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(row.title, custom_attrs={"scope": "row"}),
        rx.el.td(row.came, class_name="num"),
        rx.el.td(row.left, class_name="num"),
    )
