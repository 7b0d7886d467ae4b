"""Письма: what could not be delivered."""

import reflex as rx

from cabinet.services.desk_messages import FailedMessage
from cabinet.texts import desk_messages as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.links import unseen
from cabinet.ui.states.desk_messages import DeskMessagesState as State


@layout.page(routes.DESK_MESSAGES, title=texts.TITLE, on_load=State.load, shell="desk")
def desk_messages_page() -> rx.Component:
    told = banner(
        "ok",
        texts.RETRIED,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.times.to_string()},
    )
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        error_summary(State.problems),
        rx.cond(State.times > 0, told, rx.fragment()),
        rx.cond(State.loaded, rx.cond(State.rows.length() > 0, messages(), nothing()), drum_loader()),
    )


def nothing() -> rx.Component:
    return empty(texts.NONE, texts.NONE_NOTE)


def messages() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(State.rows, message), class_name="rows"),
        rx.el.div(buttons.secondary(texts.RETRY_ALL, on_click=State.retry_all), class_name="actions"),
    )


def message(row: rx.Var[FailedMessage]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.what),
            rx.el.span(row.reader, ", ", row.at, class_name="note"),
            rx.el.span(row.why, class_name="note"),
            class_name="row-words",
        ),
        buttons.text_button(
            rx.fragment(texts.RETRY, unseen(": ", row.what, " ", row.reader)), on_click=State.retry(row.id)
        ),
    )
