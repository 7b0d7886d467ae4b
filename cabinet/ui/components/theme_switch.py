"""Light or dark: kept in the browser by cabinet.js, before the first paint of every page."""

from __future__ import annotations

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.components.field import radio_card, radio_group


def theme_switch() -> rx.Component:
    """Three radios; the choice holds at once and on this device only."""
    names = (("system", texts.THEME_SYSTEM), ("light", texts.THEME_LIGHT), ("dark", texts.THEME_DARK))
    cards = [
        radio_card("theme", value, words, custom_attrs={"data-theme-choice": value}) for value, words in names
    ]
    return radio_group(texts.THEME, *cards, name="theme", columns=3)
