"""The desk's keys: a panel that lists them and can turn them off (WCAG 2.2, 2.1.4); desk.js listens."""

from __future__ import annotations

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.icons import icon
from cabinet.ui.links import unseen


def keys_button() -> rx.Component:
    """Opens the panel, as «?» does."""
    return rx.el.button(
        icon("question"),
        unseen(texts.KEYS),
        type="button",
        class_name="vision-eye",
        custom_attrs={"data-keys-open": "", "aria-haspopup": "dialog"},
    )


def keys_panel() -> rx.Component:
    """A native dialog."""
    pairs = [
        rx.el.div(rx.el.dt(rx.el.kbd(key)), rx.el.dd(words), class_name="fact")
        for key, words in texts.KEYS_LIST
    ]
    switch = rx.el.div(
        rx.el.input(
            type="checkbox", class_name="tick", custom_attrs={"id": "keys-on", "data-keys-switch": ""}
        ),
        rx.el.label(texts.KEYS_ON, html_for="keys-on", class_name="check-label"),
        class_name="check",
    )
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(texts.KEYS),
            rx.el.p(texts.KEYS_NOTE, class_name="note"),
            rx.el.dl(*pairs, class_name="facts keys"),
            switch,
            rx.el.button(
                texts.KEYS_DONE,
                type="button",
                class_name="button primary",
                custom_attrs={"data-vision-close": ""},
            ),
            class_name="form",
        ),
        class_name="vision",
        aria_label=texts.KEYS,
        custom_attrs={"data-keys-panel": ""},
    )
