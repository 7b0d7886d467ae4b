"""Сменить пароль."""

import reflex as rx

from cabinet.texts import password_change as texts
from cabinet.texts.entrance import NEW_PASSWORD_HINT
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.field import password_field
from cabinet.ui.components.form import form
from cabinet.ui.states.password_change import PasswordChangeState as State


@layout.page(
    routes.SETTINGS_PASSWORD,
    title=texts.TITLE,
    on_load=State.load,
    shell="cabinet",
    back=routes.SETTINGS,
)
def password_change_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        rx.cond(State.changed, changed(), password_form()),
    )


def password_form() -> rx.Component:
    return form(
        password_field("current", texts.CURRENT, problem=State.problems["current"]),
        password_field(
            "password",
            texts.NEW,
            hint=NEW_PASSWORD_HINT,
            problem=State.problems["password"],
            auto_complete="new-password",
        ),
        buttons.primary(texts.SAVE, busy=State.busy),
        on_submit=State.save,
        problems=State.problems,
    )


def changed() -> rx.Component:
    done = banner(
        "ok",
        texts.CHANGED,
        texts.CHANGED_NOTE,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": "1"},
    )
    return rx.fragment(done, buttons.link_button(texts.BACK, routes.SETTINGS))
