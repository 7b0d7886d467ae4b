"""When Reflex itself fails, in the browser or here: our words and the way back, instead of its English."""

import logging
import re

import reflex as rx
from reflex_base.event import EventSpec
from reflex_components_core.base.error_boundary import ErrorBoundary

from cabinet.texts import shell as texts
from cabinet.ui import notices

_log = logging.getLogger(__name__)
_KIND = re.compile(r"\b[A-Z][A-Za-z]{2,30}Error\b")
_PLACE = re.compile(r"/assets/([\w.-]{1,80}\.js:\d{1,7}:\d{1,7})")
_MOST_PLACES = 5


def backend_fault(exception: Exception) -> EventSpec:
    """What no handler of ours could catch: a reference number in the browser's own window, the place in the log."""
    return rx.window_alert(notices.unexpected(exception)[""])


def frontend_fault(exception: Exception) -> None:
    """A browser's report of its own failure: anybody may send one, so only the kind and our files' lines are kept."""
    text = str(exception)[:10_000]
    kind = _KIND.search(text)
    places = ", ".join(dict.fromkeys(_PLACE.findall(text)[:_MOST_PLACES]))
    _log.error(
        "a browser failed: %s at %s", kind.group() if kind else "unnamed", places or "no place of ours"
    )


def error_boundary(stateful: bool) -> rx.Component:  # noqa: ARG001 - Reflex's signature
    """The boundary around every page; what broke is reported to the server's log by Reflex's own event."""
    fallback = rx.el.main(
        rx.el.h1(texts.CRASHED),
        rx.el.p(texts.CRASHED_NOTE),
        rx.el.button(
            texts.RELOAD, type="button", class_name="button primary", custom_attrs={"data-reload": ""}
        ),
        rx.el.p(rx.el.a(texts.EMERGENCY, href="tel:104")),
        class_name="shell",
    )
    return ErrorBoundary.create(fallback_render=fallback)
