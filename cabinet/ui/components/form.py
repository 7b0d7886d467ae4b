"""A form: uncontrolled, validated by the server alone, with its error summary on top."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.ui.components.error_summary import error_summary


def form(
    *children: rx.Component, on_submit: Any, problems: rx.Var[dict[str, str]] | None = None, **props: Any
) -> rx.Component:
    """A form that loses nothing: `on_submit` gets `dict[str, str]`, fields keep what was typed.

    Without scripts the browser sends it by POST, so that a password is never in an address; the server
    answers with the page again.
    """
    summary = [] if problems is None else [error_summary(problems)]
    class_name = props.pop("class_name", "form")
    return rx.el.form(
        *summary,
        *children,
        on_submit=on_submit,
        method="post",
        no_validate=True,
        class_name=class_name,
        **props,
    )
