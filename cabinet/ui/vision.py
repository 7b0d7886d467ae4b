"""«Версия для слабовидящих»: a panel on every page; cabinet.js keeps the choice in the browser, no server is asked."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from cabinet.texts import shell as texts
from cabinet.ui.icons import icon
from cabinet.ui.links import unseen

Choices = tuple[tuple[str, str], ...]


class DialogForm(BaseHTML):
    """A form that only closes its dialog; it also keeps these radios apart from another panel's."""

    tag = "form"


def vision_button(class_name: str, *before: rx.Component, named: bool = True) -> rx.Component:
    """Opens the panel; without `named` its words are for screen readers only."""
    words = rx.el.span(texts.VISION) if named else unseen(texts.VISION)
    return rx.el.button(
        *before,
        words,
        type="button",
        class_name=class_name,
        custom_attrs={"data-vision-open": "", "aria-haspopup": "dialog"},
    )


def vision_eye() -> rx.Component:
    """The header's button: an eye."""
    return vision_button("vision-eye", icon("eye"), named=False)


def vision_panel() -> rx.Component:
    """A native dialog: Esc closes it, the focus stays within and returns to where it was."""
    return rx.el.dialog(
        DialogForm.create(
            rx.el.h2(texts.VISION),
            rx.el.p(texts.VISION_NOTE, class_name="note"),
            choice(texts.VISION_SIZE, "vision-size", texts.VISION_SIZES),
            choice(texts.VISION_COLOURS, "vision-scheme", texts.VISION_SCHEMES),
            choice(texts.VISION_SPACING, "vision-spacing", texts.VISION_SPACINGS),
            rx.el.div(
                closing(texts.VISION_DONE, "button primary"),
                closing(texts.VISION_RESET, "button secondary", resets=True),
                class_name="actions",
            ),
            class_name="form",
            custom_attrs={"method": "dialog"},
        ),
        class_name="vision",
        aria_label=texts.VISION,
        custom_attrs={"data-vision-panel": ""},
    )


def choice(legend: str, name: str, choices: Choices) -> rx.Component:
    """Radios whose values are words of `data-vision`; the empty one is the ordinary look."""
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="label"),
        rx.el.div(*(radio(name, *pair) for pair in choices), class_name="cards cards-two"),
        class_name="field",
    )


def radio(name: str, value: str, words: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name=name, class_name="dot", custom_attrs={"data-vision-choice": value}),
        rx.el.span(words, class_name="card-title"),
        class_name="radio-card",
    )


def closing(words: str, class_name: str, *, resets: bool = False) -> rx.Component:
    mark = {"data-vision-close": "reset" if resets else ""}
    return rx.el.button(words, type="button", class_name=class_name, custom_attrs=mark)
