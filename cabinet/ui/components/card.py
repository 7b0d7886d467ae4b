"""Cards and what stands on them: amounts, facts, rows that lead on."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.ui.icons import icon
from cabinet.ui.links import Children, link


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
    """A description list; pairs of words or ready `fact`s."""
    lines = [fact(*pair) if isinstance(pair, tuple) else pair for pair in pairs]
    return rx.el.dl(*lines, class_name="facts")


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
