"""Which account a page speaks of, and what to do when there is none."""

from collections.abc import Callable

import reflex as rx

from cabinet.services.customer_accounts import AccountRow
from cabinet.services.readings import MeterChoice, MeterRow
from cabinet.texts import accounts as texts
from cabinet.texts import payments, settings
from cabinet.ui import routes
from cabinet.ui.components import buttons
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.pill import pill
from cabinet.ui.links import link, unseen


def account_switch(accounts: rx.Var[list[AccountRow]], path: str, chosen: rx.Var[str]) -> rx.Component:
    """Links to the same page of each account; nothing when there is one."""

    def one(row: rx.Var[AccountRow]) -> rx.Component:
        return tab(row.name, path + "?account=" + row.id, row.id == chosen)

    return rx.cond(accounts.length() > 1, tabs(texts.TITLE, rx.foreach(accounts, one)), rx.fragment())


def meter_switch(meter: rx.Var[MeterRow]) -> rx.Component:
    """Links to each meter of the account; nothing when there is one."""

    def one(choice: rx.Var[MeterChoice]) -> rx.Component:
        href = routes.READINGS + "?account=" + meter.account_id + "&meter=" + choice.id
        return tab(choice.name, href, choice.id == meter.meter_id)

    return rx.cond(
        meter.choices.length() > 0, tabs(texts.METERS, rx.foreach(meter.choices, one)), rx.fragment()
    )


def tabs(name: str, links: rx.Component) -> rx.Component:
    return rx.el.nav(rx.el.ul(links), aria_label=name, class_name="tabs")


def tab(words: rx.Var[str], href: rx.Var[str], here: rx.Var[bool]) -> rx.Component:
    current = rx.cond(here, "page", rx.Var("undefined"))
    return rx.el.li(link(words, href=href, custom_attrs={"aria-current": current}, class_name="tab"))


def with_accounts(
    loaded: rx.Var[bool], accounts: rx.Var[list[AccountRow]], body: Callable[[], rx.Component]
) -> rx.Component:
    """The body once there is an account; the way to connect one while there is none; a loader before."""
    return rx.cond(loaded, rx.cond(accounts.length() > 0, body(), no_accounts()), drum_loader())


def no_accounts() -> rx.Component:
    return empty(
        texts.NO_ACCOUNTS,
        texts.NO_ACCOUNTS_NOTE,
        buttons.link_button(texts.NEW_TITLE, routes.ACCOUNTS_NEW, look="primary"),
    )


def account_card(row: rx.Var[AccountRow]) -> rx.Component:
    """An account in a list: its name, what is due, where it leads."""
    level = rx.cond(row.extended, pill("ok", texts.EXTENDED_PILL), pill("info", texts.BASIC_PILL))
    return card(
        rx.el.p(texts.ACCOUNT_NO, " ", rx.el.span(row.number, class_name="num"), class_name="note"),
        rx.el.p(row.due),
        rx.el.div(
            buttons.link_button(payments.PAY, routes.PAY + "?account=" + row.id),
            rx.cond(
                row.extended,
                rx.fragment(),
                link(texts.EXTEND, href=routes.ACCOUNTS_NEW + "?number=" + row.bare_number),
            ),
            link(
                settings.ACCOUNT_SETTINGS,
                unseen(": ", row.name),
                href=routes.SETTINGS_ACCOUNT + "?account=" + row.id,
            ),
            class_name="actions",
        ),
        title=row.name,
        aside=level,
    )
