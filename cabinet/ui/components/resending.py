"""«Отправить код ещё раз» with its countdown, wherever a code is awaited."""

from typing import Any

import reflex as rx

from cabinet.texts import entrance as texts
from cabinet.ui.components import buttons
from cabinet.ui.components.live import live


def resending(state: Any, instead: rx.Component) -> rx.Component:
    """The button stays pressable: before its time the server says how long to wait.

    `state` has `resend`, `resend_in` in seconds and `resent`; `instead` leads to another address.
    """
    return rx.el.div(
        buttons.secondary(texts.RESEND, on_click=state.resend),
        rx.cond(
            state.resend_in > 0,
            rx.el.p(
                texts.RESEND_WAIT.partition("{")[0],
                rx.el.span(state.resend_in, custom_attrs={"data-countdown": state.resend_in}),
                texts.RESEND_WAIT.partition("}")[2],
                class_name="note",
            ),
        ),
        live(rx.cond(state.resent, texts.RESENT, "")),
        instead,
        class_name="stack-links",
    )
