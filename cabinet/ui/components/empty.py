"""Nothing here yet: what will come, and when."""

from __future__ import annotations

import reflex as rx

from cabinet.ui.links import Children


def empty(title: Children, text: Children, action: rx.Component | None = None) -> rx.Component:
    """A still counter of dashes over the words and an optional action."""
    wheel = rx.el.span("–", class_name="wheel")
    wheels = [wheel, wheel, wheel, rx.el.span("–", class_name="wheel amber")]
    return rx.el.div(
        rx.el.div(rx.el.div(*wheels, class_name="wheels"), class_name="empty-drawing", aria_hidden="true"),
        rx.el.p(title, class_name="empty-title"),
        rx.el.p(text, class_name="note"),
        *([] if action is None else [action]),
        class_name="empty",
    )
