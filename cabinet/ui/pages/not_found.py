"""The page for addresses that are not there."""

import reflex as rx

from cabinet.texts import pages as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons


@layout.page("404", title=texts.NOT_FOUND_TITLE)
def not_found_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.NOT_FOUND_TITLE, texts.NOT_FOUND_NOTE),
        buttons.link_button(texts.TO_HOME, routes.HOME, look="primary"),
    )
