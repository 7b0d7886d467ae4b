"""Название и удаление ключа доступа."""

import reflex as rx

from cabinet.texts import passkeys as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import field
from cabinet.ui.components.form import form
from cabinet.ui.states.passkeys import PasskeyState as State


@layout.page(
    routes.SETTINGS_PASSKEY,
    title=texts.ONE_TITLE,
    on_load=State.load,
    shell="cabinet",
    back=routes.SETTINGS_PASSKEYS,
)
def passkey_page() -> rx.Component:
    missing = rx.cond(State.problems.length() > 0, error_summary(State.problems), drum_loader())
    return rx.fragment(
        layout.heading(texts.ONE_TITLE),
        rx.cond(State.row.id != "", rx.fragment(name_form(), removing()), missing),
    )


def name_form() -> rx.Component:
    saved = banner(
        "ok",
        texts.SAVED,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.saved.to_string()},
    )
    entering = form(
        field(
            "name",
            texts.NAME,
            hint=texts.NAME_HINT,
            problem=State.problems["name"],
            default_value=State.row.name,
            auto_complete="off",
            enter_key_hint="done",
        ),
        buttons.primary(texts.SAVE, busy=State.busy),
        on_submit=State.save,
        problems=State.problems,
    )
    return card(rx.cond(State.saved > 0, saved, rx.fragment()), entering)


def removing() -> rx.Component:
    return card(
        rx.el.p(texts.REMOVE_NOTE),
        buttons.danger(texts.REMOVE, on_click=State.remove),
        title=texts.REMOVE_TITLE,
    )
