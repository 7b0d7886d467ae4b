"""The page for addresses that are not there.

Inside the portal Reflex shows it by its own name for it, `404`. To a request the server answers with the other
copy, which the build frees of its scripts (scripts/finish_build.py).
"""

import reflex as rx

from cabinet.texts import not_found as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons


@layout.page("404", title=texts.NOT_FOUND_TITLE)
@layout.page("/not-found", title=texts.NOT_FOUND_TITLE, shell="either")
def not_found_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.NOT_FOUND_TITLE, texts.NOT_FOUND_NOTE),
        buttons.link_button(texts.TO_HOME, routes.HOME, look="primary"),
    )
