"""РЕЖИМ ОБУЧЕНИЯ: every job of the cabinet in a few sentences."""

import reflex as rx

from cabinet.texts import training as texts
from cabinet.ui import layout, routes
from cabinet.ui.components.card import card


@layout.page(routes.TRAINING, title=texts.TRAINING_TITLE, shell="either")
def training_page() -> rx.Component:
    lessons = [
        card(rx.el.ol(*(rx.el.li(step) for step in steps)), title=f"{number}. {name}")
        for number, (name, steps) in enumerate(texts.LESSONS, 1)
    ]
    return rx.fragment(layout.heading(texts.TRAINING_TITLE, texts.TRAINING_NOTE), *lessons)
