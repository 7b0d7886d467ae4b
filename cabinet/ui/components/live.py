"""A region whose changes are read aloud when the reader is free."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.ui.links import Children


def live(*children: Children, seen: bool = True, **props: Any) -> rx.Component:
    """A polite live region: keep it on the page and change its words. `seen=False` leaves only the voice."""
    class_name = props.pop("class_name", "live" if seen else "unseen")
    return rx.el.div(*children, role="status", class_name=class_name, **props)
