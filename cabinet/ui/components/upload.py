"""Files of a request: chosen, dropped or photographed, sent at once by upload.js, listed as the server has them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.services.documents import DocumentRow
from cabinet.texts import pin_requests as texts
from cabinet.ui.components import buttons
from cabinet.ui.components.field import described, hint_line, problem_line, when
from cabinet.ui.components.live import live
from cabinet.ui.icons import icon
from cabinet.ui.links import unseen

# The file itself never goes with the form.
NO_FORM = "upload-no-form"
ACCEPT = "image/jpeg,image/png,image/heic,image/heif,application/pdf,.heic,.heif,.pdf"
SEND = "import('/upload.js').then(m => m.send('document')).catch(() => 'lost')"
SEND_PHOTOGRAPH = "import('/upload.js').then(m => m.send('document-camera')).catch(() => 'lost')"


def upload(state: Any, token: rx.Var[str] | str = "") -> rx.Component:
    """`state` has `documents`, `problems`, `said` and the handlers `uploaded` and `remove`; `token` is a link's."""
    problem = state.problems["document"]
    return rx.el.div(
        rx.el.label(texts.DOCUMENT, html_for="document", class_name="label"),
        hint_line("document", texts.DOCUMENT_HINT),
        problem_line("document", problem),
        rx.el.ul(rx.foreach(state.documents, lambda row: file_row(state, row)), class_name="files"),
        rx.el.div(chooser(state, problem), camera(state), class_name="upload-row"),
        progress(),
        live(state.said),
        class_name=when(problem, "field field-wrong", "field"),
        custom_attrs={"data-upload": token},
    )


def chooser(state: Any, problem: rx.Var[str]) -> rx.Component:
    control = rx.el.input(
        type="file",
        name="document",
        accept=ACCEPT,
        form=NO_FORM,
        on_change=rx.call_script(SEND, callback=state.uploaded),
        custom_attrs=described("document", texts.DOCUMENT_HINT, problem),
    )
    words = rx.el.span(
        icon("document"),
        rx.el.span(texts.CHOOSE, rx.el.span(" ", texts.OR_DROP, class_name="upload-drop")),
        class_name="upload-words",
        aria_hidden="true",
    )
    return rx.el.div(control, words, class_name="upload")


def camera(state: Any) -> rx.Component:
    """For fingers only: it opens the camera at once."""
    control = rx.el.input(
        type="file",
        name="document-camera",
        accept="image/*",
        form=NO_FORM,
        capture="environment",
        on_change=rx.call_script(SEND_PHOTOGRAPH, callback=state.uploaded),
        custom_attrs={"id": "document-camera", "aria-label": texts.PHOTOGRAPH},
    )
    words = rx.el.span(
        icon("camera"), rx.el.span(texts.PHOTOGRAPH), class_name="upload-words", aria_hidden="true"
    )
    return rx.el.div(control, words, class_name="upload upload-camera")


def progress() -> rx.Component:
    bar = rx.el.progress(max=1, custom_attrs={"aria-label": texts.SENDING})
    return rx.el.div(
        bar,
        rx.el.span(texts.SENDING, class_name="note"),
        class_name="upload-progress",
        custom_attrs={"data-progress": "", "hidden": True},
    )


def file_row(state: Any, row: rx.Var[DocumentRow]) -> rx.Component:
    picture = rx.el.img(
        alt=texts.PREVIEW, class_name="file-picture", custom_attrs={"data-preview": row.id, "hidden": True}
    )
    return rx.el.li(
        picture,
        rx.el.span(icon("document"), rx.el.span(texts.FILE, ": ", row.title), class_name="file-words"),
        buttons.text_button(
            rx.fragment(texts.REMOVE, unseen(" ", texts.FILE)), on_click=state.remove(row.id)
        ),
        key=row.id,
        class_name="file",
    )
