"""Лицевые счета."""

import reflex as rx

from cabinet.texts import accounts as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.accounts import account_card, with_accounts
from cabinet.ui.states.customer_accounts import AccountsState as State


@layout.page(routes.ACCOUNTS, title=texts.TITLE, on_load=State.load, shell="cabinet")
def accounts_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE, lesson="connect.together.1"),
        with_accounts(State.loaded, State.accounts, account_list),
    )


def account_list() -> rx.Component:
    return rx.el.div(
        rx.foreach(State.accounts, account_card),
        buttons.link_button(texts.ADD, routes.ACCOUNTS_NEW),
        class_name="stack",
    )
