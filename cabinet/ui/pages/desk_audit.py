"""Журнал: who did what, when, with which account."""

import reflex as rx

from cabinet.services.desk_audit import AuditRow
from cabinet.texts import desk_audit as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.desk import cell, framed_table
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import field, options, select_field
from cabinet.ui.components.form import form
from cabinet.ui.links import document_link
from cabinet.ui.states.desk_audit import DeskAuditState as State


@layout.page(routes.DESK_AUDIT, title=texts.TITLE, on_load=State.load, shell="desk")
def desk_audit_page() -> rx.Component:
    found = rx.cond(State.rows.length() > 0, events(), empty(texts.NONE, texts.NONE_NOTE))
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        error_summary(State.problems),
        filters(),
        rx.cond(State.loaded, found, drum_loader()),
    )


def filters() -> rx.Component:
    problems = State.problems
    return form(
        rx.el.div(
            field("who", texts.WHO, auto_complete="off", custom_attrs={"data-search": ""}),
            select_field("action", texts.ACTION, *options([("", texts.ANY), *texts.ACTIONS.items()])),
            field("account", texts.ACCOUNT, input_mode="numeric", auto_complete="off"),
            field("since", texts.SINCE, kind="date", problem=problems["since"]),
            field("until", texts.UNTIL, kind="date", problem=problems["until"]),
            class_name="desk-filters",
        ),
        buttons.secondary(texts.FIND, type_="submit", busy=State.busy),
        on_submit=State.search,
        role="search",
    )


def events() -> rx.Component:
    return rx.el.section(
        rx.el.p(document_link(texts.EXPORT, href=State.link), class_name="stack-links"),
        framed_table(texts.TITLE, texts.COLUMNS, rx.foreach(State.rows, event)),
        rx.cond(State.rows.length() == texts.MOST, rx.el.p(texts.SHOWN, class_name="note"), rx.fragment()),
        class_name="stack",
    )


def event(row: rx.Var[AuditRow]) -> rx.Component:
    values = (row.at, row.who, row.what, row.account, row.details, row.address)
    return rx.el.tr(
        *(cell(name, value, class_name="num") for name, value in zip(texts.COLUMNS, values, strict=True))
    )
