"""A status: an icon and a word, never colour alone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.ui.icons import icon
from cabinet.ui.links import Children

ICONS = {"ok": "check", "warn": "clock", "error": "cross", "info": "info", "training": "training"}


def kind_icon(kind: rx.Var[str] | str, icons: dict[str, str]) -> Any:
    """The icon of a kind; of a var, chosen in the browser."""
    if isinstance(kind, rx.Var):
        return rx.match(
            kind, *((name, icon(drawing)) for name, drawing in icons.items()), icon(icons["info"])
        )
    return icon(icons[kind])


def pill(kind: rx.Var[str] | str, words: Children, **props: Any) -> rx.Component:
    """`kind` is ok, warn, error, info or training, plain or a var."""
    return rx.el.span(kind_icon(kind, ICONS), rx.el.span(words), class_name=f"pill {kind}", **props)
