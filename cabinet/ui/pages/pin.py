"""Как получить пин-код."""

import reflex as rx

from cabinet.texts import access_pins as texts
from cabinet.ui import layout, routes
from cabinet.ui.components.card import card


@layout.page(routes.PIN, title=texts.PIN_TITLE, shell="either")
def pin_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.PIN_TITLE, texts.PIN_NOTE),
        card(
            rx.el.ul(*(rx.el.li(x) for x in texts.PIN_DESK_STEPS)),
            title=texts.PIN_DESK,
        ),
        card(
            rx.el.p(texts.PIN_MAIL_NOTE),
            rx.el.ul(*(rx.el.li(x) for x in texts.PIN_DOCUMENTS)),
            rx.el.p(texts.PIN_MAIL_ANSWER),
            title=texts.PIN_MAIL,
        ),
        rx.el.p(texts.PIN_FORMER),
    )
