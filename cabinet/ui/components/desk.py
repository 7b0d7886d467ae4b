"""The desk's own building blocks: two columns, a search that «/» finds, a list to choose from."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.ui.components import buttons
from cabinet.ui.components.field import field
from cabinet.ui.components.form import form
from cabinet.ui.links import Children


def split(left: rx.Component, right: rx.Component) -> rx.Component:
    """A list and what was chosen of it; one under the other where there is no room."""
    return rx.el.div(
        rx.el.div(left, class_name="stack"),
        rx.el.div(right, class_name="stack desk-detail"),
        class_name="desk-split",
    )


def search(
    name: str, label: Children, find: str, *, hint: str, on_submit: Any, problem: Any, busy: Any
) -> rx.Component:
    """A search that «/» puts the cursor into."""
    return form(
        field(
            name,
            label,
            hint=hint,
            problem=problem,
            kind="search",
            auto_complete="off",
            enter_key_hint="search",
            spell_check=False,
            custom_attrs={"data-search": ""},
        ),
        buttons.secondary(find, type_="submit", busy=busy),
        on_submit=on_submit,
        role="search",
    )


def choice_button(*children: Children, key: rx.Var[str], chosen: rx.Var[bool], on_click: Any) -> rx.Component:
    """A row of a list that opens beside it; by its `key` it stays the same button when rows before it go."""
    return rx.el.li(
        rx.el.button(
            *children,
            type="button",
            class_name="desk-choice",
            on_click=on_click,
            custom_attrs={"aria-current": rx.cond(chosen, "true", "false")},
        ),
        key=key,
    )


def table(caption: Children, columns: tuple[str, ...], rows: rx.Var[Any]) -> rx.Component:
    """Rows of texts under their heads."""
    lines = rx.foreach(rows, lambda row: rx.el.tr(*(cell(x, row[n]) for n, x in enumerate(columns))))
    return framed_table(caption, columns, lines)


def framed_table(caption: Children, columns: tuple[str, ...], lines: Children) -> rx.Component:
    """Rows of `cell`s: it scrolls by itself where it is too wide; on a telephone every row is a card."""
    return rx.el.div(
        rx.el.table(head(caption, columns), rx.el.tbody(lines)),
        class_name="table-scroll table-cards",
        tab_index=0,
        role="region",
        aria_label=caption,
    )


def cell(column: str, value: Children, **props: Any) -> rx.Component:
    """A cell that on a telephone says the name of its column."""
    return rx.el.td(value, custom_attrs={"data-label": column}, **props)


def head(caption: Children, columns: tuple[str, ...]) -> rx.Component:
    """A table's name, for those who do not see it, and its columns'."""
    names = rx.el.tr(*(rx.el.th(x, scope="col") for x in columns))
    return rx.fragment(rx.el.caption(caption, class_name="unseen"), rx.el.thead(names))
