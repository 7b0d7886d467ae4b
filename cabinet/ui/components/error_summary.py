"""What is wrong with a form, at its top: cabinet.js moves the focus here and marks the page's title."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.texts import shell as texts
from cabinet.ui.icons import icon
from cabinet.ui.links import document_link


def summary_item(item: Any) -> rx.Component:
    """A (name, words) pair: a link to the field; words alone when the key is «», the form as a whole."""
    name, words = item[0], item[1]
    return rx.el.li(rx.cond(name == "", words, document_link(words, href="#" + name)))


def title(words: str) -> rx.Component:
    return rx.el.h2(icon("warn"), words)


def error_summary(problems: Any) -> rx.Component:
    """Nothing while `problems`, a var of `dict[str, str]`, is empty. Keys are fields' names, or «» for a message about the whole form."""
    whole = (problems.length() == 1) & problems.contains("")
    box = rx.el.div(
        rx.el.div(
            rx.cond(whole, title(texts.FAILED), title(texts.CHECK_INPUT)),
            rx.el.ul(rx.foreach(problems, summary_item)),
            role="alert",
        ),
        class_name="error-summary",
        tab_index=-1,
        custom_attrs={"data-error-summary": ""},
    )
    return rx.cond(problems.length() > 0, box, rx.fragment())
