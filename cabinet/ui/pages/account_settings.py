"""Название и отключение лицевого счёта."""

import reflex as rx

from cabinet.texts import settings as texts
from cabinet.texts.accounts import ACCOUNT_NO
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import field
from cabinet.ui.components.form import form
from cabinet.ui.states.account_settings import AccountSettingsState as State


@layout.page(
    routes.SETTINGS_ACCOUNT,
    title=texts.ACCOUNT_TITLE,
    on_load=State.load,
    shell="cabinet",
    back=routes.SETTINGS,
)
def account_settings_page() -> rx.Component:
    missing = rx.cond(State.problems.length() > 0, error_summary(State.problems), drum_loader())
    return rx.fragment(
        layout.heading(texts.ACCOUNT_TITLE),
        rx.cond(State.account.id != "", rx.fragment(which(), alias_form(), unlinking()), missing),
    )


def which() -> rx.Component:
    number = rx.el.span(State.account.number, class_name="num")
    return rx.el.p(ACCOUNT_NO, " ", number, rx.el.br(), State.account.address)


def alias_form() -> rx.Component:
    saved = banner(
        "ok",
        texts.ALIAS_SAVED,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.saved.to_string()},
    )
    entering = form(
        field(
            "alias",
            texts.ALIAS,
            hint=texts.ALIAS_HINT,
            problem=State.problems["alias"],
            default_value=State.account.alias,
            auto_complete="off",
            enter_key_hint="done",
        ),
        buttons.primary(texts.SAVE, busy=State.busy),
        on_submit=State.save,
        problems=State.problems,
    )
    return card(rx.cond(State.saved > 0, saved, rx.fragment()), entering)


def unlinking() -> rx.Component:
    return card(
        rx.el.p(texts.UNLINK_NOTE),
        buttons.danger(texts.UNLINK, on_click=State.unlink),
        title=texts.UNLINK_TITLE,
    )
