"""What is drawn when drawing itself fails: our words and the way back, instead of Reflex's English."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from cabinet.texts import shell as texts


def error_boundary(stateful: bool) -> rx.Component:  # noqa: ARG001 - Reflex's signature
    """The boundary around every page; what broke is reported to the server's log by Reflex's own event."""
    fallback = rx.el.main(
        rx.el.h1(texts.CRASHED),
        rx.el.p(texts.CRASHED_NOTE),
        rx.el.p(rx.el.button(texts.RELOAD, type="button", custom_attrs={"data-reload": ""})),
        rx.el.p(rx.el.a(texts.EMERGENCY, href="tel:104")),
        class_name="shell",
    )
    return ErrorBoundary.create(fallback_render=fallback)
