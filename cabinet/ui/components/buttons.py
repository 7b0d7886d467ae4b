"""Buttons and links that look like them. A page has one primary."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.components.field import Flag, when
from cabinet.ui.links import Children, link, unseen


def primary(label: Children, *, busy: Flag = False, type_: str = "submit", **props: Any) -> rx.Component:
    """The page's one main action, 56 px high. While `busy` a digit rolls and a second press does nothing."""
    return button(label, look="button primary", busy=busy, type_=type_, **props)


def secondary(label: Children, *, busy: Flag = False, type_: str = "button", **props: Any) -> rx.Component:
    """Another action, outlined, 48 px high."""
    return button(label, look="button secondary", busy=busy, type_=type_, **props)


def danger(label: Children, *, busy: Flag = False, type_: str = "button", **props: Any) -> rx.Component:
    """An action that cannot be undone, outlined in red."""
    return button(label, look="button secondary danger", busy=busy, type_=type_, **props)


def text_button(label: Children, *, type_: str = "button", **props: Any) -> rx.Component:
    """A quiet action that reads as a link."""
    return button(label, look="text-button", busy=False, type_=type_, **props)


def button(label: Children, *, look: str, busy: Flag, type_: str, **props: Any) -> rx.Component:
    """A native button; `busy` is told by aria-busy and a polite voice, its width stays."""
    extra = props.pop("class_name", "")
    if busy is False:
        return rx.el.button(label, type=type_, class_name=f"{look} {extra}".strip(), **props)
    return rx.fragment(
        rx.el.button(
            rx.el.span(label, class_name="button-label"),
            rx.el.span(rx.el.span(class_name="roll"), class_name="button-roll", aria_hidden="true"),
            type=type_,
            class_name=f"{look} {extra}".strip(),
            aria_busy=when(busy, "true", "false"),
            **props,
        ),
        unseen(when(busy, texts.BUSY, ""), role="status"),
    )


def link_button(
    label: Children, href: rx.Var[str] | str, *, look: rx.Var[str] | str = "secondary", **props: Any
) -> rx.Component:
    """A link drawn as a button; `look` is primary or secondary."""
    return link(label, href=href, class_name=f"button {look}", **props)
