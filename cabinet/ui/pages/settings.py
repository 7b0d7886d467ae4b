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
from cabinet.ui.components.card import card, card_link, card_links
from cabinet.ui.components.deletion_banner import deletion_banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import radio_card
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.components.suppliers import supplier_radios
from cabinet.ui.components.theme_switch import theme_switch
from cabinet.ui.links import unseen
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
        layout.heading(texts.TITLE, lesson="connect.together"),
        deletion_banner(),
        rx.cond(
            State.loaded,
            rx.fragment(supplier(), accounts(), entrance(), devices(), notices_and_data()),
            drum_loader(),
        ),
        section(texts.LOOK, card(theme_switch(), vision_button("button secondary"))),
    )


def section(title: str, *children: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *children, class_name="section")


def supplier() -> rx.Component:
    """The form lies open until a supplier is chosen, and folded under the chosen one after that."""
    saved = banner(
        "ok",
        texts.SAVED,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.times.to_string()},
    )
    chosen = rx.el.div(
        rx.el.span(State.profile.supplier_name, class_name="card-title"), class_name="card-words"
    )
    is_chosen = State.profile.supplier_id != ""
    choosing = rx.el.details(
        rx.el.summary(texts.SUPPLIER_CHANGE, hidden=~is_chosen),
        supplier_form(),
        open=~is_chosen,
    )
    none = empty(texts.NO_SUPPLIERS, texts.NO_SUPPLIERS_NOTE)
    return section(
        texts.SUPPLIER,
        rx.cond(State.saved, saved, rx.fragment()),
        card(
            rx.cond(is_chosen, chosen, rx.fragment()),
            rx.cond(State.suppliers.length() > 0, choosing, none),
        ),
    )


def supplier_form() -> rx.Component:
    return form(
        supplier_radios(State, unseen(texts.SUPPLIER), supplier_choice, texts.SUPPLIER_HINT),
        buttons.primary(texts.SAVE, busy=State.busy),
        on_submit=State.save,
        problems=State.problems,
    )


def supplier_choice(row: rx.Var[SupplierRow]) -> rx.Component:
    chosen = row.id == State.profile.supplier_id
    return radio_card("supplier", row.id, row.name, row.region, default_checked=chosen, key=row.id)


def accounts() -> rx.Component:
    connect = buttons.link_button(texts.CONNECT, routes.ACCOUNTS_NEW)
    return section(
        texts.ACCOUNTS,
        rx.foreach(State.unlinked, unlinked_banner),
        rx.cond(
            State.accounts.length() > 0,
            rx.fragment(
                rx.foreach(State.accounts, account_card),
                rx.el.div(connect, class_name="actions"),
            ),
            empty(texts.NO_ACCOUNTS, texts.NO_ACCOUNTS_NOTE, connect),
        ),
    )


def unlinked_banner(row: rx.Var[AccountRow]) -> rx.Component:
    """What was taken out today can be brought back."""
    restore = buttons.text_button(
        texts.RESTORE,
        on_click=State.restore(row.id),
        custom_attrs={"aria-label": texts.RESTORE + ": " + row.name},
    )
    return banner("info", rx.el.span(texts.UNLINKED, " ", row.number), row.name, restore, role="status")


def entrance() -> rx.Component:
    return section(
        texts.PROFILE,
        rx.el.p(texts.SIGNED_AS, " ", rx.el.b(State.profile.login)),
        card_links(
            card_link(login.TITLE, routes.SETTINGS_LOGIN, login.LINK_NOTE),
            card_link(password.TITLE, routes.SETTINGS_PASSWORD, password.LINK_NOTE),
            card_link(second.TITLE, routes.SETTINGS_SECOND, second.LINK_NOTE),
            card_link(passkeys.TITLE, routes.SETTINGS_PASSKEYS, passkeys.LINK_NOTE),
            card_link(events.TITLE, routes.SETTINGS_HISTORY, events.OPEN_NOTE),
        ),
    )


def notices_and_data() -> rx.Component:
    return section(
        texts.NOTICES_AND_DATA,
        card_links(
            card_link(notices.TITLE, routes.SETTINGS_NOTIFICATIONS, notices.OPEN_NOTE),
            card_link(data.LINK, routes.SETTINGS_DATA, data.OPEN_NOTE),
        ),
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
    return section(
        texts.DEVICES,
        error_summary(SessionsState.problems),
        rx.cond(SessionsState.ended != "", ended, rx.fragment()),
        card(
            rx.el.ul(rx.foreach(SessionsState.rows, session_row), class_name="rows"),
            rx.cond(SessionsState.rows.length() > 1, others, rx.fragment()),
        ),
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
