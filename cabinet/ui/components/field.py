"""Fields: native controls with a label, a hint and the words of an error, linked so that every reader finds them.

Everywhere `name` is the key in the submitted form, the element's id and the anchor of the error summary; `problem` is
the message («» or absent = none), a plain string or a var such as `LoginState.problems["login"]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.icons import icon
from cabinet.ui.links import Children, unseen

Words = rx.Var[str] | str
Flag = rx.Var[bool] | bool


def when(condition: Words | Flag, yes: Any, no: Any) -> Any:
    """`rx.cond` that is settled at once for plain Python values; an absent key counts as «no»."""
    if isinstance(condition, rx.Var):
        return rx.cond(condition, yes, no)
    return yes if condition else no


def problem_line(name: str, problem: Words) -> rx.Component:
    """The error's words beside the field, with a cross; nothing when there is no error."""
    line = rx.el.p(
        icon("cross"),
        unseen(texts.ERROR, ": "),
        rx.el.span(problem),
        class_name="problem",
        custom_attrs={"id": f"{name}-problem"},
    )
    return when(problem, line, rx.fragment())


def hint_line(name: str, hint: Children) -> rx.Component:
    """The hint between label and field; nothing when empty."""
    if isinstance(hint, str) and not hint:
        return rx.fragment()
    return rx.el.p(hint, class_name="hint", custom_attrs={"id": f"{name}-hint"})


def described(name: str, hint: Children, problem: Words) -> dict[str, Any]:
    """The id and the ARIA links of a control with this hint and this problem."""
    has_hint = not isinstance(hint, str) or bool(hint)
    calm = f"{name}-hint" if has_hint else ""
    wrong = f"{name}-problem {calm}".strip()
    attributes: dict[str, Any] = {"id": name, "aria-invalid": when(problem, "true", "false")}
    linked = when(problem, wrong, calm or rx.Var("undefined"))
    if isinstance(problem, rx.Var) or calm or problem:
        attributes["aria-describedby"] = linked
    return attributes


def framed(name: str, label: Children, control: rx.Component, hint: Children, problem: Words) -> rx.Component:
    """Label, hint, error and control in this order, with the red rule on the left while wrong."""
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        hint_line(name, hint),
        problem_line(name, problem),
        control,
        class_name=when(problem, "field field-wrong", "field"),
    )


def field(
    name: str,
    label: Children,
    *,
    hint: Children = "",
    problem: Words = "",
    kind: str = "text",
    input_mode: str | None = None,
    auto_complete: str | None = None,
    enter_key_hint: str | None = None,
    default_value: Words | None = None,
    suffix: str | None = None,
    **props: Any,
) -> rx.Component:
    """One line of text (or `kind` tel, email, date, search). `suffix` is a unit drawn inside, such as «₽»."""
    control = text_input(
        name,
        hint=hint,
        problem=problem,
        type=kind,
        input_mode=input_mode,
        auto_complete=auto_complete,
        enter_key_hint=enter_key_hint,
        default_value=default_value,
        **props,
    )
    if suffix:
        unit = rx.el.span(suffix, class_name="suffix", aria_hidden="true")
        control = rx.el.div(control, unit, class_name="with-suffix")
    return framed(name, label, control, hint, problem)


def text_input(name: str, *, hint: Children = "", problem: Words = "", **props: Any) -> rx.Component:
    """The bare `<input>` of a field; props that are None are left out."""
    given = {key: value for key, value in props.items() if value is not None}
    attributes = {**given.pop("custom_attrs", {}), **described(name, hint, problem)}
    return rx.el.input(name=name, custom_attrs=attributes, **{"class_name": "input", **given})


def password_field(
    name: str,
    label: Children,
    *,
    hint: Children = "",
    problem: Words = "",
    auto_complete: str = "current-password",
    **props: Any,
) -> rx.Component:
    """A password with «Показать»; the button works in the browser alone. For a new one `auto_complete="new-password"`."""
    control = text_input(
        name,
        hint=hint,
        problem=problem,
        type="password",
        auto_complete=auto_complete,
        auto_capitalize="none",
        **{"spell_check": False, **props},
    )
    return framed(
        name, label, rx.el.div(control, reveal_button(name), class_name="with-reveal"), hint, problem
    )


def reveal_button(name: str) -> rx.Component:
    """«Показать пароль» / «Скрыть пароль» of the input `name`."""
    return rx.el.button(
        rx.el.span(texts.SHOW, class_name="reveal-show"),
        rx.el.span(texts.HIDE, class_name="reveal-hide"),
        unseen(" ", texts.THE_PASSWORD),
        type="button",
        class_name="reveal",
        custom_attrs={"data-reveal": name, "aria-controls": name},
    )


def code_field(
    name: str = "code",
    label: Children = texts.CONFIRMATION_CODE,
    *,
    hint: Children = "",
    problem: Words = "",
    **props: Any,
) -> rx.Component:
    """A one-time code: digits that the phone offers from the message; spaces and dashes are the server's matter."""
    return field(
        name,
        label,
        hint=hint,
        problem=problem,
        input_mode="numeric",
        auto_complete="one-time-code",
        class_name="input input-code",
        **props,
    )


def money_field(
    name: str,
    label: Children,
    *,
    hint: Children = "",
    problem: Words = "",
    **props: Any,
) -> rx.Component:
    """Roubles and kopecks, comma or point."""
    return field(
        name,
        label,
        hint=hint,
        problem=problem,
        input_mode="decimal",
        auto_complete="off",
        suffix=texts.ROUBLE,
        class_name="input input-money",
        **props,
    )


def select_field(
    name: str,
    label: Children,
    *options: rx.Component,
    hint: Children = "",
    problem: Words = "",
    **props: Any,
) -> rx.Component:
    """A native list; `options` are `rx.el.option(words, value=…)` or one `rx.foreach` of them."""
    attributes = described(name, hint, problem)
    control = rx.el.select(*options, name=name, class_name="input", custom_attrs=attributes, **props)
    return framed(name, label, rx.el.div(control, icon("down"), class_name="with-arrow"), hint, problem)


def checkbox(
    name: str,
    label: Children,
    problem: Words = "",
    *,
    hint: Children = "",
    **props: Any,
) -> rx.Component:
    """A native checkbox, unticked unless told; submits «on» or nothing. `label` may hold a link."""
    attributes = {**props.pop("custom_attrs", {}), **described(name, hint, problem)}
    box = rx.el.input(type="checkbox", name=name, class_name="tick", custom_attrs=attributes, **props)
    return rx.el.div(
        problem_line(name, problem),
        rx.el.div(
            box,
            rx.el.div(
                rx.el.label(label, html_for=name, class_name="check-label"),
                hint_line(name, hint),
                class_name="check-words",
            ),
            class_name="check",
        ),
        class_name=when(problem, "field field-wrong", "field"),
    )


def radio_card(
    name: str,
    value: Words,
    title: Children,
    note: Children = "",
    **props: Any,
) -> rx.Component:
    """One choice as a card. Its accessible name is the title alone; the note describes it.

    `value` may be a var inside `rx.foreach`. Pass `default_checked=True` or `on_change=…` as to `rx.el.input`.
    """
    key = f"{name}-{value}"
    attributes = {"id": key, "aria-labelledby": f"{key}-title"}
    lines = [rx.el.span(title, class_name="card-title", custom_attrs={"id": f"{key}-title"})]
    if not isinstance(note, str) or note:
        attributes["aria-describedby"] = f"{key}-note"
        lines.append(rx.el.span(note, class_name="card-note", custom_attrs={"id": f"{key}-note"}))
    attributes = {**props.pop("custom_attrs", {}), **attributes}
    return rx.el.label(
        rx.el.input(type="radio", name=name, value=value, class_name="dot", custom_attrs=attributes, **props),
        rx.el.span(*lines, class_name="card-words"),
        class_name="radio-card",
    )


def radio_group(
    legend: Children,
    *cards: rx.Component,
    name: str,
    problem: Words = "",
    hint: Children = "",
    columns: int = 1,
) -> rx.Component:
    """A fieldset of `radio_card`s (or one `rx.foreach` of them); `columns` 2 or 3 puts short ones side by side."""
    look = {1: "cards", 2: "cards cards-two", 3: "cards cards-row"}[columns]
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="label"),
        hint_line(name, hint),
        problem_line(name, problem),
        rx.el.div(*cards, class_name=look),
        class_name=when(problem, "field field-wrong", "field"),
        custom_attrs={
            key: value for key, value in described(name, hint, problem).items() if key != "aria-invalid"
        },
    )


def options(pairs: Sequence[tuple[str, str]]) -> list[rx.Component]:
    """`<option>`s out of (value, words)."""
    return [rx.el.option(words, value=value) for value, words in pairs]


def hidden(name: str, value: rx.Var[str] | str) -> rx.Component:
    """What a form says of itself: what it is about, so that it is not taken for another's."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)
