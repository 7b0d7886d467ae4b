"""Подтвердите, что это вы."""

import reflex as rx

from cabinet.texts import reauthentication as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.field import field, password_field
from cabinet.ui.components.form import form
from cabinet.ui.components.passkeys import passkey_confirm
from cabinet.ui.links import link
from cabinet.ui.states.passkeys import PasskeyConfirmState
from cabinet.ui.states.reauthentication import ReauthenticationState as State


@layout.page(
    routes.SETTINGS_CONFIRM,
    title=texts.TITLE,
    on_load=[State.load, PasskeyConfirmState.load],
    shell="cabinet",
    back=routes.SETTINGS,
)
def reauthentication_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        form(
            password_field("current", texts.PASSWORD, problem=State.problems["current"]),
            rx.cond(State.asks_code, any_code(), rx.fragment()),
            buttons.primary(texts.CONFIRM, busy=State.busy),
            on_submit=State.confirm,
            problems=State.problems,
        ),
        passkey_confirm(),
        rx.el.p(link(texts.FORGOT, href=routes.RESET), class_name="stack-links"),
    )


def any_code() -> rx.Component:
    """Of the app, or from the sheet of recovery codes when the telephone is not at hand."""
    return field(
        "code",
        texts.CODE,
        hint=texts.CODE_HINT,
        problem=State.problems["code"],
        auto_complete="one-time-code",
        auto_capitalize="characters",
        spell_check=False,
    )
