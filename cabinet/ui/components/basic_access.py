"""What a page of extended access shows when the account is connected for paying only, or is somebody else's."""

import reflex as rx

from cabinet.texts import accounts, home
from cabinet.ui import routes
from cabinet.ui.components import buttons
from cabinet.ui.components.card import card
from cabinet.ui.components.error_summary import error_summary


def basic_card(number: rx.Var[str]) -> rx.Component:
    """Why there is no more, and the way to it; `number` is the account's, without spaces."""
    return card(
        rx.el.p(home.BASIC_NOTE),
        buttons.link_button(accounts.EXTEND, routes.ACCOUNTS_NEW + "?number=" + number),
        title=home.BASIC_TITLE,
    )


def unavailable(number: rx.Var[str], problems: rx.Var[dict[str, str]]) -> rx.Component:
    """The card of basic access when there is a number; else what is wrong, and the way to one's accounts."""
    wrong = rx.el.div(
        error_summary(problems),
        buttons.link_button(accounts.TITLE, routes.ACCOUNTS),
        class_name="stack",
    )
    return rx.cond(number != "", basic_card(number), wrong)
