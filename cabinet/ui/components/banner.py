"""A message across the page: what happened and what to do."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.ui.components.pill import kind_icon
from cabinet.ui.links import Children

ICONS = {"info": "info", "ok": "check", "warn": "warn", "error": "cross", "training": "training"}


def banner(kind: rx.Var[str] | str, title: Children, *children: Children, **props: Any) -> rx.Component:
    """`kind` is info, ok, warn, error or training; `children` are the text and actions under the title.

    For a message that appears after an action pass `role="status"` (or `role="alert"` for an error).
    """
    text = [rx.el.p(child) if isinstance(child, str | rx.Var) else child for child in children]
    body = rx.el.div(rx.el.p(title, class_name="banner-title"), *text, class_name="banner-body")
    return rx.el.div(kind_icon(kind, ICONS), body, class_name=f"banner {kind}", **props)
