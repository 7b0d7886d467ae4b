"""НАСТРОЙКИ."""

import reflex as rx

from cabinet.services.profile import SupplierRow
from cabinet.texts import settings as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.accounts import account_card
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.field import radio_card, radio_group
from cabinet.ui.components.form import form
from cabinet.ui.components.theme_switch import theme_switch
from cabinet.ui.states.settings import SettingsState as State


@layout.page(routes.SETTINGS, title=texts.TITLE, on_load=State.load, shell="cabinet")
def settings_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE),
        rx.cond(
            State.loaded,
            rx.fragment(supplier_form(), accounts(), profile_card()),
            drum_loader(),
        ),
        card(theme_switch()),
    )


def supplier_form() -> rx.Component:
    chosen = rx.cond(State.saved, banner("ok", texts.SAVED, role="status"), rx.fragment())
    choice = form(
        radio_group(
            texts.SUPPLIER,
            rx.foreach(State.suppliers, supplier_choice),
            name="supplier",
            hint=texts.SUPPLIER_HINT,
            problem=State.problems["supplier"],
        ),
        buttons.primary(texts.SAVE, busy=State.busy),
        on_submit=State.save,
        problems=State.problems,
    )
    none = empty(texts.NO_SUPPLIERS, texts.NO_SUPPLIERS_NOTE)
    return card(rx.cond(State.suppliers.length() > 0, choice, none), chosen)


def supplier_choice(row: rx.Var[SupplierRow]) -> rx.Component:
    return radio_card(
        "supplier", row.id, row.name, row.region, default_checked=row.id == State.profile.supplier_id
    )


def accounts() -> rx.Component:
    connect = buttons.link_button(texts.CONNECT, routes.ACCOUNTS_NEW)
    return rx.el.section(
        rx.el.h2(texts.ACCOUNTS),
        rx.cond(
            State.accounts.length() > 0,
            rx.foreach(State.accounts, account_card),
            empty(texts.NO_ACCOUNTS, texts.NO_ACCOUNTS_NOTE),
        ),
        connect,
        class_name="stack",
    )


def profile_card() -> rx.Component:
    return card(rx.el.p(texts.SIGNED_AS, " ", rx.el.b(State.profile.login)), title=texts.PROFILE)
