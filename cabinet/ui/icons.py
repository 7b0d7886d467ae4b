"""Thin-line drawings as inline SVG: icons of 24 units and the drum logo. All are silent: words stand beside them."""

from __future__ import annotations

import reflex as rx

# One path each on a 24 × 24 field, drawn with a 1.75 line and round ends.
PATHS = {
    "home": "M4 11.5 12 4.5l8 7V19a1 1 0 0 1-1 1h-4.5v-5h-5v5H5a1 1 0 0 1-1-1z",
    "readings": "M4 6.5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM9 6.5v11M15 6.5v11",
    "charges": "M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9.5 8.5h5M9.5 12.5h5",
    "pay": "M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3 10h18M6.5 15h4",
    "more": "M5 12h.01M12 12h.01M19 12h.01",
    "settings": "M4 7.5h9M18 7.5h2M4 16.5h2M11 16.5h9M13 7.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 0 0-5 0zM6 16.5a2.5 2.5 0 1 0 5 0 2.5 2.5 0 0 0-5 0z",
    "training": "M2.5 9.5 12 5l9.5 4.5L12 14zM6.5 11.5V16c0 1.2 2.5 2.5 5.5 2.5s5.5-1.3 5.5-2.5v-4.5M21.5 9.5V15",
    "sign_out": "M14 4.5H6a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1h8M10.5 12H20M16.5 8.5 20 12l-3.5 3.5",
    "check": "m5 12.5 4.5 4.5L19 7.5",
    "cross": "m6.5 6.5 11 11M17.5 6.5l-11 11",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.6v.01",
    "warn": "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.01",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.2l3.2 2",
    "back": "m14.5 6-6 6 6 6",
    "forward": "m9.5 6 6 6-6 6",
    "down": "m6 9.5 6 6 6-6",
    "phone": "M7 3.5h10a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2",
    "mail": "M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3.5 7l8.5 6 8.5-6",
    "lock": "M6 10.5h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1zM8 10.5V8a4 4 0 0 1 8 0v2.5",
    "document": "M7 3.5h7l4 4v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM14 3.5v4h4M9.5 12.5h5M9.5 16h5",
    "camera": "M4 7.5h3.5l1.5-2h6l1.5 2H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
    "download": "M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15",
    "calendar": "M5 5.5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-12a1 1 0 0 1 1-1zM4 10h16M8.5 3.5v4M15.5 3.5v4",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "question": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.500 9.500a2.500 2.500 0 1 1 3.600 2.200c-.8.4-1.100.9-1.100 1.800M12 16.600v.01",
}


def icon(name: str, *, class_name: str = "icon") -> rx.Component:
    """The drawing `name`, hidden from screen readers.

    Raises:
        KeyError: no such drawing.
    """
    return rx.el.svg(
        rx.el.svg.path(d=PATHS[name]),
        class_name=class_name,
        view_box="0 0 24 24",
        aria_hidden="true",
        custom_attrs={"focusable": "false"},
    )


def drum_logo() -> rx.Component:
    """Three wheels of a counter, the last one amber, that show the number to call when gas smells."""
    return rx.el.span(
        *(rx.el.span(digit) for digit in "104"),
        class_name="logo",
        aria_hidden="true",
    )
