"""Реестры: files of the supplier come in."""

import reflex as rx

from cabinet.services.desk_registers import EXTENSIONS, RegisterRow
from cabinet.texts import desk_registers as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card, fact
from cabinet.ui.components.desk import split, table
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import framed, radio_card, radio_group, text_input
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.links import document_link, unseen
from cabinet.ui.states.desk_registers import DeskRegistersState as State


@layout.page(routes.DESK_REGISTERS, title=texts.TITLE, on_load=State.load, shell="desk")
def desk_registers_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        error_summary(State.problems),
        split(sending(), rx.fragment(job(), undoing(), history())),
    )


def sending() -> rx.Component:
    """cabinet.js sends the chosen file by itself and puts its number into the hidden field."""
    file = text_input(
        "file",
        type="file",
        accept=",".join(EXTENSIONS),
        hint=texts.FILE_HINT,
        problem=State.problems["file"],
        class_name="input drop",
        custom_attrs={"data-upload": routes.API_DESK_REGISTER},
    )
    return card(
        form(
            radio_group(
                texts.KIND,
                *(radio_card("register", *kind) for kind in texts.KINDS),
                name="register",
                problem=State.problems["register"],
            ),
            framed("file", texts.FILE, file, texts.FILE_HINT, State.problems["file"]),
            rx.el.input(type="hidden", name="upload", default_value=""),
            rx.el.progress(
                aria_label=texts.UPLOADING, max=1, hidden=True, custom_attrs={"data-upload-bar": ""}
            ),
            rx.el.p(
                role="status",
                class_name="note",
                custom_attrs={"data-upload-words": "", "data-failed": texts.UPLOAD_FAILED},
            ),
            buttons.secondary(texts.CHECK, type_="submit"),
            on_submit=State.check,
        )
    )


def job() -> rx.Component:
    asking = rx.el.button(type="button", hidden=True, on_click=State.poll, custom_attrs={"data-every": "700"})
    running = card(
        rx.el.p(State.job.file, class_name="file-name"),
        rx.el.progress(aria_label=texts.RUNNING, value=State.job.percent, max=100),
        asking,
        title=texts.RUNNING,
    )
    undoing = card(
        rx.el.p(State.job.file, class_name="file-name"),
        rx.el.progress(aria_label=texts.UNDOING),
        rx.el.p(texts.UNDOING_NOTE, class_name="note"),
        asking,
        title=texts.UNDOING,
    )
    return rx.match(
        State.job.state,
        ("running", running),
        ("undoing", undoing),
        ("undone", undone()),
        ("kept", banner("error", texts.UNDO_FAILED, State.job.words, role="alert")),
        ("refused", banner("error", texts.REFUSED, State.job.words, role="alert")),
        ("tried", result("info", buttons.primary(texts.TAKE, type_="button", on_click=State.take))),
        ("done", result("ok", rx.fragment())),
        rx.fragment(),
    )


def result(kind: str, action: rx.Component) -> rx.Component:
    numbers = rx.el.dl(
        rx.foreach(State.job.lines, lambda x: fact(x[0], rx.el.span(x[1], class_name="num"))),
        class_name="facts",
    )
    rejects = rx.fragment(
        rx.el.h3(texts.FIRST_REJECTS),
        table(texts.FIRST_REJECTS, texts.COLUMNS, State.job.rejects),
        document_link(texts.ALL_REJECTS, href=State.job.rejects_link),
    )
    return card(
        banner(kind, State.job.words, role="status"),
        numbers,
        rx.cond(State.job.rejects_link != "", rejects, rx.fragment()),
        action,
        title=State.job.file,
    )


def undone() -> rx.Component:
    return banner(
        "ok",
        texts.UNDONE,
        State.job.file,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.job.id},
    )


def undoing() -> rx.Component:
    """What would go, before it does; of a large import that takes a while to count."""
    counting = card(rx.el.progress(aria_label=texts.UNDO_COUNTING), title=texts.UNDO_COUNTING)
    asked = State.undoing
    what = rx.cond(
        asked.lines.length() > 0,
        table(texts.UNDO_TITLE, texts.UNDO_COLUMNS, asked.lines),
        rx.el.p(texts.UNDO_NOTHING),
    )
    sure = card(
        rx.el.p(asked.file, tab_index=-1, custom_attrs={"data-take-focus": "undo-" + asked.id}),
        what,
        rx.el.p(texts.UNDO_NOTE, class_name="note"),
        rx.el.div(
            buttons.secondary(texts.UNDO_NOW, on_click=State.undo),
            buttons.text_button(texts.UNDO_KEEP, on_click=State.keep),
            class_name="actions",
        ),
        title=texts.UNDO_TITLE,
    )
    return rx.cond(State.busy, counting, rx.cond(asked.kind != "", sure, rx.fragment()))


def history() -> rx.Component:
    rows = rx.el.ul(rx.foreach(State.history, history_row), class_name="rows")
    return rx.el.section(
        rx.el.h2(texts.HISTORY),
        rx.cond(State.history.length() > 0, rows, empty(texts.NONE, texts.NONE_NOTE)),
        class_name="stack-tight",
    )


def history_row(row: rx.Var[RegisterRow]) -> rx.Component:
    rejects = document_link(
        texts.REJECTS_FILE, ": ", row.rejected, href=row.rejects_link, class_name="text-button"
    )
    undo = buttons.text_button(
        rx.fragment(texts.UNDO, unseen(": ", row.file)), on_click=State.ask_undo(row.undoable)
    )
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.kind, ": ", row.lines, " ", texts.LINES),
            rx.el.span(row.file, class_name="note"),
            rx.el.span(row.at, class_name="note"),
            rx.cond(row.undone, pill("warn", texts.UNDONE_MARK), rx.fragment()),
            class_name="row-words",
        ),
        rx.cond(row.rejects_link != "", rejects, rx.fragment()),
        rx.cond(row.undoable != "", undo, rx.fragment()),
    )
