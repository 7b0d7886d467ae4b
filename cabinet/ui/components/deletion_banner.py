"""The cabinet is to be erased: the day, and the way back."""

import reflex as rx

from cabinet.texts import personal_data as texts
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.states.own_data import DeletionState as State


def deletion_banner() -> rx.Component:
    """Nothing while nobody has asked; after undoing, the words that say so."""
    due = banner(
        "warn",
        rx.el.span(texts.DUE, " ", State.day),
        texts.DUE_NOTE,
        buttons.secondary(texts.UNDO, busy=State.busy, on_click=State.undo),
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.day},
    )
    undone = banner(
        "ok", texts.UNDONE, role="status", tab_index=-1, custom_attrs={"data-take-focus": "undone"}
    )
    return rx.fragment(
        error_summary(State.problems),
        rx.cond(State.day != "", due, rx.cond(State.undone, undone, rx.fragment())),
    )
