"""Months as bars: drawn for the eye, a table for everybody."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.services.charges import BarRow
from cabinet.texts import shell as texts
from cabinet.ui.links import Children


def bar(row: Any) -> rx.Component:
    """One `BarRow`, plain or a var: the bar, last year's tick, the name below."""
    look = rx.cond(row.estimated, "bar estimated", "bar")
    drawing = rx.el.svg(
        rx.el.svg.rect(x="4", y=f"{100 - row.height}", width="24", height=f"{row.height}", class_name=look),
        rx.el.svg.path(
            d=f"M0 {100 - row.last_year}H32", class_name=rx.cond(row.last_year < 0, "none", "tick-line")
        ),
        view_box="0 -3 32 103",
        preserve_aspect_ratio="none",
        aria_hidden="true",
    )
    return rx.el.div(drawing, rx.el.span(row.month), class_name="month-bar")


def table_row(row: Any) -> rx.Component:
    """The same `BarRow` in figures."""
    estimated = rx.cond(row.estimated, " (" + texts.ESTIMATED + ")", "")
    return rx.el.tr(
        rx.el.th(row.title, scope="row"),
        rx.el.td(row.value, estimated),
        rx.el.td(row.last_value),
    )


def each(rows: Any, draw: Any) -> list[Any]:
    """`draw` over a plain list or over a var."""
    return [draw(row) for row in rows] if isinstance(rows, list) else [rx.foreach(rows, draw)]


def hatch() -> rx.Component:
    """The pattern of estimated bars, defined once beside them."""
    lines = rx.el.svg.pattern(
        rx.el.svg.path(d="M0 0V8"),
        width="6",
        height="8",
        custom_attrs={"id": "hatch", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"},
    )
    return rx.el.svg(rx.el.svg.defs(lines), class_name="hatch", aria_hidden="true")


def bars(rows: rx.Var[list[BarRow]] | list[BarRow], caption: Children, *, seen: bool = True) -> rx.Component:
    """Bars of months, left to right, and «Показать таблицей»; `seen=False` leaves `caption` to screen readers."""
    heads = [rx.el.th(words, scope="col") for words in (texts.MONTH, texts.VOLUME, texts.LAST_YEAR)]
    table = rx.el.table(
        rx.el.caption(caption, class_name="unseen"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(*each(rows, table_row)),
    )
    return rx.el.figure(
        rx.el.figcaption(caption, class_name="bars-caption" if seen else "unseen"),
        hatch(),
        rx.el.div(*each(rows, bar), class_name="bars", aria_hidden="true"),
        rx.el.p(texts.BARS_LEGEND, class_name="note"),
        rx.el.details(
            rx.el.summary(texts.SHOW_AS_TABLE),
            rx.el.div(
                table, class_name="table-scroll", tab_index=0, role="region", aria_label=texts.SHOW_AS_TABLE
            ),
        ),
        class_name="bars-figure",
    )
