"""Вход."""

import reflex as rx

from cabinet.texts import entrance as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.captcha import captcha
from cabinet.ui.components.entering import entering, login_field
from cabinet.ui.components.field import checkbox, password_field
from cabinet.ui.components.form import form
from cabinet.ui.components.passkeys import passkey_sign_in
from cabinet.ui.links import link
from cabinet.ui.states.passkeys import PasskeySignInState
from cabinet.ui.states.sign_in import SignInState as State


@layout.page(routes.LOGIN, title=texts.LOGIN_TITLE, on_load=[State.load, PasskeySignInState.load])
def login_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.LOGIN_TITLE),
        form(
            login_field(State.problems["login"], auto_complete="username webauthn"),
            password_field("password", texts.PASSWORD, problem=State.problems["password"]),
            checkbox("remember", texts.REMEMBER),
            rx.cond(State.human, captcha("sign_in", problem=State.problems["human"]), rx.fragment()),
            buttons.primary(texts.SIGN_IN, busy=State.busy),
            on_submit=State.submit,
            problems=State.problems,
        ),
        entering(State.ticket, State.after),
        passkey_sign_in(),
        rx.el.div(
            link(texts.FORGOT, href=routes.RESET),
            link(texts.NO_CABINET, href=routes.REGISTER),
            link(texts.TRY_TRAINING, href=routes.TRAINING),
            class_name="stack-links",
        ),
    )
