"""Начисления: months in words, each with «Почему столько?»."""

import reflex as rx

from cabinet.services.charges import ChargeRow, MonthRow
from cabinet.texts import accounts
from cabinet.texts import charges as texts
from cabinet.ui import layout, routes
from cabinet.ui.components.accounts import account_switch, with_accounts
from cabinet.ui.components.bars import bars
from cabinet.ui.components.basic_access import unavailable
from cabinet.ui.components.card import card, fact
from cabinet.ui.components.empty import empty
from cabinet.ui.components.pill import pill
from cabinet.ui.states.charges import ChargesState as State


@layout.page(routes.CHARGES, title=texts.CHARGES_TITLE, on_load=State.load, shell="cabinet")
def charges_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.CHARGES_TITLE, rx.cond(State.account_id != "", whose(), ""), "charges.together"),
        account_switch(State.accounts, routes.CHARGES, State.account_id),
        with_accounts(State.loaded, State.accounts, charges),
    )


def whose() -> rx.Component:
    """On paper too nobody must guess."""
    number = rx.el.span(State.account.number, class_name="num")
    return rx.fragment(State.account.name, rx.el.br(), accounts.ACCOUNT_NO, " ", number)


def charges() -> rx.Component:
    shown = rx.fragment(
        card(bars(State.bars, texts.BARS)),
        rx.el.div(rx.foreach(State.months, month), class_name="stack"),
    )
    none = empty(texts.NO_CHARGES, texts.NO_CHARGES_NOTE)
    return rx.cond(
        State.account_id == "",
        unavailable(State.basic_number, State.problems),
        rx.cond(State.months.length() > 0, shown, none),
    )


def month(row: rx.Var[MonthRow]) -> rx.Component:
    return card(
        rx.el.dl(
            fact(texts.CHARGED, row.charged),
            fact(texts.PAID, row.paid),
            fact(texts.CLOSING, row.closing),
            class_name="facts",
        ),
        rx.el.details(rx.el.summary(texts.WHY), rx.foreach(row.lines, charge_line), class_name="why"),
        title=row.name,
        aside=rx.cond(row.lines[0].estimated, pill("warn", row.lines[0].method), rx.fragment()),
    )


def charge_line(row: rx.Var[ChargeRow]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(row.service, ", ", row.method),
        rx.el.p(row.formula, class_name="formula num"),
        rx.el.dl(rx.foreach(row.steps, lambda step: fact(step[0], step[1])), class_name="facts"),
        rx.el.p(row.source, class_name="note"),
    )
