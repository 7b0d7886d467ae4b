"""Оплата: a sum, the bank, and the truth of what the bank said."""

import reflex as rx

from cabinet.services.payments import PaymentRow
from cabinet.texts import accounts
from cabinet.texts import payments as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.accounts import account_switch, with_accounts
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import hidden, money_field
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.links import document_link
from cabinet.ui.states.payments import PayState as State


@layout.page(routes.PAY, title=texts.PAY_TITLE, on_load=State.load, shell="cabinet")
def pay_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.PAY_TITLE, lesson="pay.together.1"),
        account_switch(State.accounts, routes.PAY, State.form.account_id),
        with_accounts(State.loaded, State.accounts, payment),
    )


def payment() -> rx.Component:
    shown = rx.fragment(rx.cond(State.payment.id != "", outcome(), rx.fragment()), pay_form(), history())
    return rx.cond(State.form.account_id != "", shown, error_summary(State.problems))


def outcome() -> rx.Component:
    amount = rx.el.span(State.payment.amount, class_name="num")
    look = buttons.secondary(texts.CHECK_AGAIN, busy=State.busy, on_click=State.refresh)
    return rx.match(
        State.payment.status,
        (
            "succeeded",
            banner("ok", texts.SUCCEEDED_TITLE, amount, texts.SUCCEEDED_NOTE, role="status"),
        ),
        (
            "failed",
            banner("error", texts.FAILED_TITLE, amount, texts.FAILED_NOTE, role="alert"),
        ),
        banner("warn", texts.PENDING_TITLE, amount, texts.PENDING_NOTE, look, role="status"),
    )


def pay_form() -> rx.Component:
    return card(
        rx.el.p(accounts.ACCOUNT_NO, " ", rx.el.span(State.form.number, class_name="num"), class_name="note"),
        rx.el.p(State.form.title),
        rx.cond(State.form.due != "", rx.el.p(rx.el.b(State.form.due)), rx.fragment()),
        rx.match(
            State.payment.status,
            ("succeeded", again(texts.PAY_MORE)),
            ("created", again(texts.PAY_OTHER)),
            ("pending", again(texts.PAY_OTHER)),
            amount_form(),
        ),
        to_the_bank(),
    )


def again(words: str) -> rx.Component:
    """After a payment another one is asked for, never offered."""
    return rx.el.details(rx.el.summary(words), amount_form())


def amount_form() -> rx.Component:
    return form(
        money_field(
            "amount",
            texts.AMOUNT,
            hint=texts.AMOUNT_HINT,
            problem=State.problems["amount"],
            default_value=State.form.amount,
            enter_key_hint="go",
            key=State.key,
        ),
        hidden("account", State.form.account_id),
        hidden("key", State.key),
        buttons.primary(texts.PAY, busy=State.busy),
        on_submit=State.submit,
        problems=State.problems,
    )


def to_the_bank() -> rx.Component:
    """The bank is another site: cabinet.js follows the link as soon as it is there."""
    link = document_link(texts.TO_BANK, href=State.leave_to, custom_attrs={"data-follow-at-once": ""})
    return rx.cond(
        State.leave_to != "", rx.el.p(link, role="status", class_name="stack-links"), rx.fragment()
    )


def history() -> rx.Component:
    rows = rx.el.ul(rx.foreach(State.form.history, payment_row), class_name="rows")
    none = empty(texts.NO_PAYMENTS, texts.NO_PAYMENTS_NOTE)
    return rx.el.section(
        rx.el.h2(texts.PAY_HISTORY),
        rx.cond(State.form.history.length() > 0, rows, none),
        class_name="stack",
    )


def payment_row(row: rx.Var[PaymentRow]) -> rx.Component:
    """A payment that went through needs no mark; the others say how they stand."""
    kind = rx.cond(row.status == "failed", "error", "warn")
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.amount, class_name="num"),
            rx.el.span(row.at, ", ", row.channel, class_name="note"),
            class_name="row-words",
        ),
        rx.cond(row.status == "succeeded", rx.fragment(), pill(kind, row.status_words)),
    )
