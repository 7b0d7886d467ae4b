"""История входов и изменений."""

import reflex as rx

from cabinet.services.security_events import SecurityEventRow
from cabinet.texts import security_events as texts
from cabinet.ui import layout, routes
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.states.security_events import SecurityEventsState as State


@layout.page(
    routes.SETTINGS_HISTORY, title=texts.TITLE, on_load=State.load, shell="cabinet", back=routes.SETTINGS
)
def security_events_page() -> rx.Component:
    rows = rx.el.ul(rx.foreach(State.rows, event_row), class_name="rows")
    none = empty(texts.NONE, texts.NONE_NOTE)
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        error_summary(State.problems),
        rx.cond(State.loaded, rx.cond(State.rows.length() > 0, rows, none), drum_loader()),
    )


def event_row(row: rx.Var[SecurityEventRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.what),
            rx.el.span(row.at, class_name="note"),
            rx.el.span(row.place, class_name="note"),
            class_name="row-words",
        )
    )
