"""Подтверждение."""

import reflex as rx

from cabinet.texts import entrance as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.entering import entering
from cabinet.ui.components.field import code_field
from cabinet.ui.components.form import form
from cabinet.ui.components.resending import resending
from cabinet.ui.links import link
from cabinet.ui.states.confirmation import ConfirmationState as State


@layout.page(routes.CONFIRM, title=texts.CONFIRM_TITLE, on_load=State.load)
def confirm_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.CONFIRM_TITLE),
        rx.cond(
            State.done_elsewhere,
            banner("ok", texts.LINK_DONE, link(texts.SIGN_IN, href=routes.LOGIN), role="status"),
            rx.cond(State.by_link, link_form(), rx.cond(waiting(), code_form(), nothing_awaited())),
        ),
        entering(State.ticket, State.after),
    )


def waiting() -> rx.Var[bool]:
    """The form is drawn before the socket speaks, and stays when a code is awaited."""
    return (State.sent_words != "") | ~State.loaded


def code_form() -> rx.Component:
    return rx.fragment(
        rx.el.p(State.sent_words),
        form(
            code_field("code", texts.CODE, hint=texts.CODE_HINT, problem=State.problems["code"]),
            buttons.primary(texts.CONFIRM, busy=State.busy),
            on_submit=State.submit,
            problems=State.problems,
        ),
        resending(State, another_login()),
    )


def another_login() -> rx.Component:
    return rx.cond(
        State.entering,
        link(texts.OTHER_LOGIN, href=routes.LOGIN),
        link(texts.CHANGE_LOGIN, href=routes.REGISTER),
    )


def link_form() -> rx.Component:
    return rx.fragment(
        form(
            rx.el.p(texts.LINK_NOTE),
            buttons.primary(texts.CONFIRM, busy=State.busy),
            on_submit=State.submit,
            problems=State.problems,
        ),
        rx.cond(
            State.sent_words != "",
            rx.el.p(link(texts.BY_CODE, href=routes.CONFIRM)),
            ways_in(),
        ),
    )


def nothing_awaited() -> rx.Component:
    return rx.fragment(rx.el.p(texts.NOTHING_AWAITED), ways_in())


def ways_in() -> rx.Component:
    return rx.el.div(
        link(texts.NO_CABINET, href=routes.REGISTER),
        link(texts.SIGN_IN, href=routes.LOGIN),
        class_name="stack-links",
    )
