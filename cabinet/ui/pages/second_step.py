"""Подтвердите вход."""

import reflex as rx

from cabinet.texts import second_factors as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.entering import entering
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import code_field, field
from cabinet.ui.components.form import form
from cabinet.ui.components.passkeys import passkey_step
from cabinet.ui.links import link
from cabinet.ui.states.passkeys import PasskeyStepState
from cabinet.ui.states.second_step import SecondStepState as State


@layout.page(
    routes.LOGIN_SECOND,
    title=texts.STEP_TITLE,
    on_load=[State.load, PasskeyStepState.load],
    back=routes.LOGIN,
)
def second_step_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.STEP_TITLE),
        rx.cond(State.gone, rx.el.p(texts.GONE), step()),
        rx.el.div(
            rx.cond(State.gone, rx.fragment(), other_ways()),
            link(texts.START_OVER, href=routes.LOGIN),
            class_name="stack-links",
        ),
        entering(State.ticket, State.after),
    )


def step() -> rx.Component:
    return rx.fragment(
        rx.el.p(texts.STEP_NOTE),
        rx.cond(State.row.totp | State.by_recovery, code_form(), error_summary(State.problems)),
        rx.cond(State.row.passkey, passkey_step(), rx.fragment()),
    )


def other_ways() -> rx.Component:
    by_message = buttons.text_button(texts.SEND_CODE, on_click=State.send_code)
    return rx.fragment(
        rx.cond(State.row.recovery, other_code(), rx.fragment()),
        rx.cond(State.row.message, by_message, rx.fragment()),
    )


def code_form() -> rx.Component:
    return form(
        rx.cond(State.by_recovery, recovery_field(), app_field()),
        buttons.primary(texts.CONFIRM, busy=State.busy),
        on_submit=State.submit,
        problems=State.problems,
    )


def app_field() -> rx.Component:
    return code_field("code", texts.CODE, hint=texts.CODE_HINT, problem=State.problems["code"])


def recovery_field() -> rx.Component:
    return field(
        "recovery",
        texts.RECOVERY_CODE,
        hint=texts.RECOVERY_HINT,
        problem=State.problems["recovery"],
        auto_complete="off",
        auto_capitalize="characters",
        spell_check=False,
    )


def other_code() -> rx.Component:
    words = rx.cond(State.by_recovery, texts.USE_APP, texts.USE_RECOVERY)
    return buttons.text_button(words, on_click=State.switch)
