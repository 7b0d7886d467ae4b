"""The drum counter: one real input drawn as the wheels of a meter.

The wheels are empty cells; cabinet.js turns them by writing `data-digit` on each, so typing, pasting, dictation and
leading zeros are the browser's own. Without the script the plain input shows.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.components.field import Words, described, hint_line, problem_line, when
from cabinet.ui.links import Children, unseen


def cells(count: Any, look: str) -> list[rx.Component]:
    """`count` empty wheels; a number or a var."""
    if isinstance(count, int):
        return [rx.el.span(class_name=look) for _ in range(count)]
    return [rx.foreach(rx.Var.range(count), lambda _: rx.el.span(class_name=look))]


def drum(
    name: str = "value",
    *,
    label: Children = texts.READING,
    unit: str = texts.READING_UNIT,
    capacity: rx.Var[int] | int = 5,
    fraction: rx.Var[int] | int = 3,
    previous: Words = "",
    hint: Children = "",
    problem: Words = "",
    **props: Any,
) -> rx.Component:
    """The reading of a meter with `capacity` black wheels and `fraction` red ones, which may stay empty.

    `previous` is the last value («06 878»), a ghost and never the value. With `custom_attrs={"data-draft": key}` what
    is typed survives a reload. The form gets the text as typed.
    """
    attributes = {**props.pop("custom_attrs", {}), **described(name, hint, problem), "data-drum-input": ""}
    box = rx.el.input(
        type="text",
        name=name,
        input_mode="decimal",
        auto_complete="off",
        class_name="input drum-input",
        custom_attrs=attributes,
        **{"enter_key_hint": "send", **props},
    )
    wheels = rx.el.div(
        *cells(capacity, "wheel"),
        rx.el.span(",", class_name="comma"),
        *cells(fraction, "wheel red"),
        class_name="wheels",
        aria_hidden="true",
    )
    return rx.el.div(
        rx.el.div(
            rx.el.label(label, html_for=name, class_name="label"),
            rx.el.span(", ", unit, aria_hidden="true", class_name="label"),
            class_name="drum-label",
        ),
        hint_line(name, hint),
        problem_line(name, problem),
        rx.el.div(wheels, box, class_name="drum-window"),
        class_name=when(problem, "field drum field-wrong", "field drum"),
        custom_attrs={"data-drum": "", "data-previous": previous},
    )


def drum_loader(label: str = texts.LOADING) -> rx.Component:
    """Three rolling wheels and the words of what is awaited; still when motion is unwanted."""
    wheel = rx.el.span(rx.el.span(class_name="roll"), class_name="loader-wheel", aria_hidden="true")
    return rx.el.p(wheel, wheel, wheel, unseen(label), class_name="loader", role="status")
