"""Заявка на пин-код: where it stands, by the link of the letter."""

import reflex as rx

from cabinet.texts import pin_requests as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.card import card, facts
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.pill import pill
from cabinet.ui.components.upload import upload
from cabinet.ui.states.pin_requests import PinStatusState as State


@layout.page(routes.PIN_STATUS, title=texts.STATUS_TITLE, on_load=State.load, shell="either", back=routes.PIN)
def pin_status_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.STATUS_TITLE, lesson="pin.together.2"),
        error_summary(State.problems),
        rx.cond(State.loaded, rx.cond(State.row.id != "", found(), unknown()), rx.fragment()),
    )


def unknown() -> rx.Component:
    return empty(texts.UNKNOWN, texts.UNKNOWN_NOTE, buttons.link_button(texts.NEW, routes.PIN))


def found() -> rx.Component:
    return rx.fragment(
        card(
            facts((texts.NUMBER, State.row.account), (texts.SENT_ON, State.row.sent_on)),
            rx.el.p(State.row.note),
            rx.cond(State.row.withdrawable, rx.el.p(texts.FOLLOW, class_name="note"), rx.fragment()),
            rx.cond(State.row.withdrawable, rx.fragment(), after_the_end()),
            title=State.row.title,
            aside=pill(State.row.pill, State.row.status, role="status"),
        ),
        rx.cond(State.row.replaceable, replacing(), rx.fragment()),
        rx.cond(State.row.withdrawable, withdrawing(), rx.fragment()),
    )


def after_the_end() -> rx.Component:
    """Where a request that has ended leads: to the PIN's field, or to another request."""
    return rx.cond(
        State.row.pill == "ok",
        buttons.link_button(texts.ENTER_PIN, routes.ACCOUNTS_NEW, look="primary"),
        buttons.link_button(texts.NEW, routes.PIN),
    )


def replacing() -> rx.Component:
    return card(
        upload(State, State.token),
        rx.el.p(texts.PRIVACY, class_name="note"),
        buttons.primary(texts.SEND_AGAIN, type_="button", busy=State.busy, on_click=State.send),
        title=texts.REPLACE,
    )


def withdrawing() -> rx.Component:
    return rx.el.details(
        rx.el.summary(texts.WITHDRAW_OPEN),
        rx.el.div(
            rx.el.p(texts.WITHDRAW_NOTE, class_name="note"),
            buttons.danger(texts.WITHDRAW, on_click=State.withdraw),
            class_name="stack",
        ),
    )
