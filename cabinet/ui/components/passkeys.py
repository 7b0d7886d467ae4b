"""What pages with passkeys share: the button, and what the browser is asked for."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.texts import passkeys as texts
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.entering import entering
from cabinet.ui.components.field import Words
from cabinet.ui.states.passkeys import PasskeyConfirmState as Confirm
from cabinet.ui.states.passkeys import PasskeySignInState as State
from cabinet.ui.states.passkeys import PasskeyStepState as Step


def asking(options: rx.Var[str]) -> dict[str, Any]:
    """The attribute that passkeys.js reads what to ask the device for from."""
    return {"data-passkey": options}


def trouble(words: Words, times: rx.Var[int]) -> rx.Component:
    """Why it did not come to it; it takes the focus, anew each of the `times`."""
    said = banner(
        "warn",
        words,
        role="alert",
        tab_index=-1,
        custom_attrs={"data-take-focus": times.to_string()},
    )
    return rx.cond(words, said, rx.fragment())


def passkey_sign_in() -> rx.Component:
    """«Войти с ключом доступа», where the browser knows passkeys; it offers them in the login's field too."""
    return rx.el.div(
        buttons.secondary(texts.SIGN_IN, busy=State.busy, on_click=State.begin),
        trouble(State.problems[""], State.times),
        entering(State.ticket, State.after),
        class_name="stack with-passkeys",
        custom_attrs=asking(State.options),
    )


def passkey_confirm() -> rx.Component:
    """A passkey instead of the password, for who has one in a browser that knows them."""
    asked = rx.el.div(
        buttons.secondary(texts.CONFIRM, busy=Confirm.busy, on_click=Confirm.begin),
        trouble(Confirm.problems[""], Confirm.times),
        class_name="stack with-passkeys",
        custom_attrs=asking(Confirm.options),
    )
    return rx.cond(Confirm.offered, asked, rx.fragment())


def passkey_step() -> rx.Component:
    """The second step by a passkey; a browser that knows none says so."""
    return rx.fragment(
        rx.el.div(
            buttons.secondary(texts.CONFIRM, busy=Step.busy, on_click=Step.begin),
            trouble(Step.problems[""], Step.times),
            entering(Step.ticket, Step.after),
            class_name="stack with-passkeys",
            custom_attrs=asking(Step.options),
        ),
        rx.el.p(texts.STEP_ELSEWHERE, class_name="without-passkeys"),
    )
