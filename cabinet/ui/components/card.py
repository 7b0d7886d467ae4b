"""Cards and what stands on them: amounts, facts, answers to check."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.icons import icon
from cabinet.ui.links import Children, link, unseen
from cabinet.ui.rows import SummaryRow


def card(
    *children: Children, title: Children = "", aside: rx.Component | None = None, **props: Any
) -> rx.Component:
    """A section with an optional heading; `aside` (a pill) stands to the right of it. `look` adds a class: tint, plain."""
    look = props.pop("look", "")
    head: list[rx.Component] = []
    if not isinstance(title, str) or title:
        words = rx.el.h2(title)
        head = [rx.el.div(words, aside, class_name="card-head") if aside is not None else words]
    return rx.el.section(*head, *children, class_name=f"card {look}".strip(), **props)


def fact(label: Children, value: Children) -> rx.Component:
    """One name and value of a description list."""
    return rx.el.div(rx.el.dt(label), rx.el.dd(value), class_name="fact")


def facts(*pairs: tuple[Children, Children] | rx.Component) -> rx.Component:
    """A description list; pairs of words, ready `fact`s, or one `rx.foreach(rows, fact_row)`."""
    lines = [fact(*pair) if isinstance(pair, tuple) else pair for pair in pairs]
    return rx.el.dl(*lines, class_name="facts")


def fact_row(row: Any) -> rx.Component:
    """A `SummaryRow` as a fact, for `rx.foreach`."""
    return fact(row.label, row.value)


def answer_row(row: Any) -> rx.Component:
    """A `SummaryRow` with «Изменить» when it has an address."""
    change = link(texts.CHANGE, unseen(": ", row.label), href=row.href, class_name="text-button")
    kept = change if isinstance(row.href, str) and row.href else rx.fragment()
    action = rx.cond(row.href != "", change, rx.fragment()) if isinstance(row.href, rx.Var) else kept
    return rx.el.div(rx.el.dt(row.label), rx.el.dd(row.value), rx.el.dd(action), class_name="answer")


def check_answers(rows: rx.Var[list[SummaryRow]] | list[SummaryRow]) -> rx.Component:
    """What was entered, to be read over before sending."""
    lines = [answer_row(row) for row in rows] if isinstance(rows, list) else [rx.foreach(rows, answer_row)]
    return rx.el.dl(*lines, class_name="answers")


def card_links(*links: rx.Component) -> rx.Component:
    """Several `card_link`s as the rows of one card."""
    return rx.el.ul(*map(rx.el.li, links), class_name="card card-links")


def card_link(title: Children, href: rx.Var[str] | str, note: Children = "") -> rx.Component:
    """A whole row that leads on: title, a note, an arrow."""
    words = rx.el.span(
        rx.el.span(title, class_name="card-title"),
        rx.el.span(note, class_name="card-note"),
        class_name="card-words",
    )
    return link(words, icon("forward"), href=href, class_name="card-link")
