"""Согласие на обработку персональных данных: every version that was ever accepted, the newest first."""

import reflex as rx

from cabinet.texts import consent as texts
from cabinet.ui import layout, routes


@layout.page(routes.CONSENT, title=texts.TITLE, shell="either")
def consent_page() -> rx.Component:
    return rx.fragment(layout.heading(texts.TITLE), *map(version, reversed(texts.VERSIONS.values())))


def version(text: texts.Text) -> rx.Component:
    """One version; its number is its anchor."""
    return rx.el.section(
        rx.el.h2(texts.OF_VERSION, " ", text.version),
        *map(rx.el.p, text.paragraphs),
        class_name="stack-tight",
        custom_attrs={"id": text.version},
    )
