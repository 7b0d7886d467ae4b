"""Новый пароль."""

import reflex as rx

from cabinet.texts import entrance as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.captcha import captcha
from cabinet.ui.components.entering import entering, login_field
from cabinet.ui.components.field import code_field, password_field
from cabinet.ui.components.form import form
from cabinet.ui.components.resending import resending
from cabinet.ui.links import link
from cabinet.ui.states.password_reset import ResetState as State


@layout.page(routes.RESET, title=texts.RESET_TITLE, on_load=State.load, back=routes.LOGIN)
def reset_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.RESET_TITLE, texts.RESET_NOTE),
        rx.cond((State.sent_words == "") | State.again, login_form(), password_form()),
        entering(State.ticket),
    )


def login_form() -> rx.Component:
    return form(
        login_field(State.problems["login"], again=State.again),
        captcha("reset", problem=State.problems["human"]),
        buttons.primary(texts.RESET_ASK, busy=State.busy),
        on_submit=State.ask,
        problems=State.problems,
    )


def password_form() -> rx.Component:
    return rx.fragment(
        rx.el.p(State.sent_words, tab_index=-1, custom_attrs={"data-take-focus": State.sent_words}),
        form(
            code_field("code", texts.CODE, hint=texts.CODE_HINT, problem=State.problems["code"]),
            password_field(
                "password",
                texts.NEW_PASSWORD,
                hint=texts.NEW_PASSWORD_HINT,
                problem=State.problems["password"],
                auto_complete="new-password",
            ),
            buttons.primary(texts.RESET_SAVE, busy=State.busy),
            on_submit=State.save,
            problems=State.problems,
        ),
        resending(State, buttons.text_button(texts.CHANGE_LOGIN, on_click=State.restart)),
        rx.el.p(texts.RESET_NONE, " ", link(texts.NO_CABINET, href=routes.REGISTER), class_name="note"),
    )
