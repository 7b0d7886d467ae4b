"""Главная: the landing for visitors, the cabinet for those who are signed in."""

import reflex as rx

from cabinet.texts import accounts, charges, payments, readings, shell
from cabinet.texts import home as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.accounts import account_switch
from cabinet.ui.components.bars import bars
from cabinet.ui.components.basic_access import basic_card
from cabinet.ui.components.card import card, card_link
from cabinet.ui.components.deletion_banner import deletion_banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.pill import pill
from cabinet.ui.links import link
from cabinet.ui.states.home import HomeState as State
from cabinet.ui.states.own_data import DeletionState


@layout.page(routes.HOME, title=texts.HOME_TITLE, on_load=[State.load, DeletionState.load], shell="own")
def home_page() -> rx.Component:
    """Until the socket speaks, CSS shows the landing or, by the `member` cookie's mark, the loader."""
    waiting = rx.el.div(
        layout.frame(drum_loader(), shell="cabinet", here=routes.HOME), class_name="for-members"
    )
    visitor = rx.el.div(layout.frame(landing(), shell="guest", here=routes.HOME), class_name="for-visitors")
    return rx.cond(
        State.member,
        layout.frame(cabinet(), shell="cabinet", here=routes.HOME),
        rx.cond(
            State.loaded,
            layout.frame(landing(), shell="guest", here=routes.HOME),
            rx.fragment(waiting, visitor),
        ),
    )


def landing() -> rx.Component:
    steps = [
        rx.el.li(rx.el.h2(title), rx.el.p(note, class_name="note"), class_name="card")
        for title, note in texts.LANDING_STEPS
    ]
    words = rx.el.div(
        layout.heading(texts.LANDING_TITLE),
        rx.el.p(texts.LANDING_NOTE),
        rx.el.div(
            buttons.link_button(shell.REGISTER, routes.REGISTER, look="primary"),
            buttons.link_button(shell.SIGN_IN, routes.LOGIN),
            class_name="actions",
        ),
        class_name="stack",
    )
    return rx.el.div(
        rx.el.div(words, meter_drawing(), class_name="landing-head"),
        rx.el.ol(*steps, class_name="steps"),
        class_name="landing",
    )


def meter_drawing() -> rx.Component:
    """A gas meter in thin lines around its counter."""
    pipe = rx.el.svg(
        rx.el.svg.path(
            d="M70 0V30M210 0V30M50 30H90V50H50ZM190 30H230V50H190ZM20 170V70A20 20 0 0 1 40 50H240A20 20 0 0 1 260 70V170A20 20 0 0 1 240 190H40A20 20 0 0 1 20 170ZM120 170H160"
        ),
        view_box="0 0 280 192",
        class_name="meter-lines",
    )
    wheels = [rx.el.span(digit, class_name="wheel") for digit in "06921"]
    return rx.el.div(
        pipe,
        rx.el.div(
            *wheels,
            rx.el.span(",", class_name="comma"),
            rx.el.span("4", class_name="wheel red"),
            class_name="wheels",
        ),
        class_name="meter-drawing",
        aria_hidden="true",
    )


def cabinet() -> rx.Component:
    return rx.fragment(
        deletion_banner(),
        error_summary(State.problems),
        rx.cond(State.home.account_id != "", account_home(), first_steps()),
    )


def first_steps() -> rx.Component:
    steps = rx.el.div(
        rx.cond(
            State.has_supplier,
            card_link(texts.STEP_ACCOUNT, routes.ACCOUNTS_NEW, texts.STEP_ACCOUNT_NOTE),
            card_link(texts.STEP_SUPPLIER, routes.SETTINGS, texts.STEP_SUPPLIER_NOTE),
        ),
        card_link(texts.STEP_TRAINING, routes.TRAINING, texts.STEP_TRAINING_NOTE),
        class_name="stack",
    )
    return rx.fragment(layout.heading(texts.HOME_TITLE, texts.FIRST_STEPS, lesson="connect.together"), steps)


def account_home() -> rx.Component:
    return rx.fragment(
        layout.heading(
            State.home.title,
            rx.fragment(accounts.ACCOUNT_NO, " ", rx.el.span(State.home.number, class_name="num")),
            lesson="reading.together",
        ),
        account_switch(State.accounts, routes.HOME, State.home.account_id),
        rx.el.div(
            due_card(),
            rx.cond(State.home.extended, reading_card(), basic_card(State.home.bare_number)),
            class_name="columns",
        ),
        use_card(),
    )


def due_card() -> rx.Component:
    """Whoever owes nothing is not called on to pay, but may."""
    account = "?account=" + State.home.account_id
    sum_ = rx.el.p(
        State.home.roubles, rx.el.small(",", State.home.kopecks, "\u00a0₽"), class_name="amount num"
    )
    return card(
        rx.cond(State.home.roubles != "", sum_, rx.fragment()),
        buttons.link_button(
            payments.PAY,
            routes.PAY + account,
            look=rx.cond(State.home.owed | State.home.hidden, "primary", "secondary"),
        ),
        rx.cond(State.home.extended, link(charges.WHY, href=routes.CHARGES + account), rx.fragment()),
        title=State.home.due_title,
        aside=rx.cond(State.home.due_note != "", pill("warn", State.home.due_note), rx.fragment()),
    )


def reading_card() -> rx.Component:
    """Where there is no meter, nobody is called on to read it."""
    none = card(rx.el.p(readings.NO_METER_SHORT), title=readings.READING)
    return rx.cond(State.home.metered, meter_card(), none)


def meter_card() -> rx.Component:
    window = rx.cond(State.home.window_open, "ok", "info")
    return card(
        rx.cond(
            State.home.previous != "",
            rx.el.p(
                rx.el.span(readings.PREVIOUS, ", ", State.home.previous_on),
                rx.el.b(State.home.previous, class_name="num"),
                class_name="row",
            ),
            rx.el.p(readings.NO_READINGS, class_name="note"),
        ),
        buttons.link_button(
            readings.SEND_READING,
            routes.READINGS + "?account=" + State.home.account_id,
            look=rx.cond(State.home.owed, "secondary", "primary"),
        ),
        title=readings.READING,
        aside=rx.cond(State.home.window_note != "", pill(window, State.home.window_note), rx.fragment()),
    )


def use_card() -> rx.Component:
    return rx.cond(State.home.bars.length() > 0, card(bars(State.home.bars, texts.USE)), rx.fragment())
