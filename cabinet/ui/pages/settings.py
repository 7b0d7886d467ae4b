"""НАСТРОЙКИ."""

import reflex as rx

from cabinet.services.customer_accounts import AccountRow
from cabinet.services.profile import SupplierRow
from cabinet.services.sessions import SessionRow
from cabinet.texts import login_change as login
from cabinet.texts import notices, passkeys
from cabinet.texts import password_change as password
from cabinet.texts import personal_data as data
from cabinet.texts import second_factors as second
from cabinet.texts import security_events as events
from cabinet.texts import settings as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.accounts import account_card
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card, card_link
from cabinet.ui.components.deletion_banner import deletion_banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import radio_card, radio_group
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.components.theme_switch import theme_switch
from cabinet.ui.states.own_data import DeletionState
from cabinet.ui.states.sessions import SessionsState
from cabinet.ui.states.settings import SettingsState as State
from cabinet.ui.vision import vision_button


@layout.page(
    routes.SETTINGS,
    title=texts.TITLE,
    on_load=[State.load, SessionsState.load, DeletionState.load],
    shell="cabinet",
)
def settings_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE),
        deletion_banner(),
        rx.cond(
            State.loaded,
            rx.fragment(supplier_form(), accounts(), profile_card(), own_data(), devices()),
            drum_loader(),
        ),
        card(theme_switch(), vision_button("button secondary")),
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
        rx.foreach(State.unlinked, unlinked_banner),
        rx.cond(
            State.accounts.length() > 0,
            rx.foreach(State.accounts, account_card),
            empty(texts.NO_ACCOUNTS, texts.NO_ACCOUNTS_NOTE),
        ),
        connect,
        class_name="stack",
    )


def unlinked_banner(row: rx.Var[AccountRow]) -> rx.Component:
    """What was taken out today can be brought back."""
    restore = buttons.text_button(
        texts.RESTORE,
        on_click=State.restore(row.id),
        custom_attrs={"aria-label": texts.RESTORE + ": " + row.name},
    )
    return banner("info", rx.el.span(texts.UNLINKED, " ", row.number), row.name, restore, role="status")


def profile_card() -> rx.Component:
    return rx.el.section(
        rx.el.h2(texts.PROFILE),
        rx.el.p(texts.SIGNED_AS, " ", rx.el.b(State.profile.login)),
        card_link(login.TITLE, routes.SETTINGS_LOGIN, login.LINK_NOTE),
        card_link(password.TITLE, routes.SETTINGS_PASSWORD, password.LINK_NOTE),
        card_link(second.TITLE, routes.SETTINGS_SECOND, second.LINK_NOTE),
        card_link(passkeys.TITLE, routes.SETTINGS_PASSKEYS, passkeys.LINK_NOTE),
        card_link(notices.TITLE, routes.SETTINGS_NOTIFICATIONS, notices.OPEN_NOTE),
        card_link(events.TITLE, routes.SETTINGS_HISTORY, events.OPEN_NOTE),
        class_name="stack",
    )


def own_data() -> rx.Component:
    return rx.el.section(
        rx.el.h2(data.SECTION),
        card_link(data.LINK, routes.SETTINGS_DATA, data.OPEN_NOTE),
        class_name="stack",
    )


def devices() -> rx.Component:
    others = buttons.secondary(texts.END_OTHERS, on_click=SessionsState.end_others)
    ended = banner(
        "ok",
        SessionsState.ended,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": SessionsState.times.to_string()},
    )
    return card(
        error_summary(SessionsState.problems),
        rx.cond(SessionsState.ended != "", ended, rx.fragment()),
        rx.el.ul(rx.foreach(SessionsState.rows, session_row), class_name="rows"),
        rx.cond(SessionsState.rows.length() > 1, others, rx.fragment()),
        title=texts.DEVICES,
    )


def session_row(row: rx.Var[SessionRow]) -> rx.Component:
    end = buttons.text_button(
        texts.END_SESSION,
        on_click=SessionsState.end(row.id),
        custom_attrs={"aria-label": texts.END_SESSION + ": " + row.device + ", " + row.seen},
    )
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.device),
            rx.el.span(texts.LAST_SEEN, " ", row.seen, class_name="note"),
            rx.el.span(texts.IP_ADDRESS, " ", row.address, class_name="note"),
            class_name="row-words",
        ),
        rx.cond(row.here, pill("ok", texts.THIS_DEVICE), end),
        class_name="session",
    )
