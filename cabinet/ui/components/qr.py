"""A QR code: dark on white in every scheme, for cameras know nothing else."""

from __future__ import annotations

from typing import Any

import reflex as rx


def qr_code(side: Any, path: Any, label: str) -> rx.Component:
    """The drawing of a `QrDrawing`, plain or vars: its side in modules and its path."""
    return rx.el.svg(
        rx.el.svg.path(d=path),
        view_box=f"0 0 {side} {side}",
        class_name="qr",
        custom_attrs={"role": "img", "aria-label": label, "shapeRendering": "crispEdges"},
    )
