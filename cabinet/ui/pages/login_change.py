"""Сменить логин."""

import reflex as rx

from cabinet.texts import entrance
from cabinet.texts import login_change as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.entering import login_field
from cabinet.ui.components.field import code_field
from cabinet.ui.components.form import form
from cabinet.ui.components.resending import resending
from cabinet.ui.states.login_change import LoginChangeState as State


@layout.page(
    routes.SETTINGS_LOGIN, title=texts.TITLE, on_load=State.load, shell="cabinet", back=routes.SETTINGS
)
def login_change_page() -> rx.Component:
    entering = rx.cond(State.sent_words == "", login_form(), code_form())
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        rx.cond(State.changed, changed(), rx.cond(State.loaded, entering, drum_loader())),
    )


def login_form() -> rx.Component:
    return rx.fragment(
        rx.el.p(texts.NOW, " ", rx.el.b(State.now)),
        form(
            login_field(State.problems["login"], texts.NEW),
            buttons.primary(texts.ASK, busy=State.busy),
            on_submit=State.ask,
            problems=State.problems,
        ),
    )


def code_form() -> rx.Component:
    return rx.fragment(
        rx.el.p(State.sent_words, tab_index=-1, custom_attrs={"data-take-focus": State.sent_words}),
        form(
            code_field("code", entrance.CODE, hint=entrance.CODE_HINT, problem=State.problems["code"]),
            buttons.primary(texts.SAVE, busy=State.busy),
            on_submit=State.save,
            problems=State.problems,
        ),
        resending(State, buttons.text_button(texts.ANOTHER, on_click=State.restart)),
    )


def changed() -> rx.Component:
    done = banner(
        "ok",
        texts.CHANGED,
        rx.el.span(texts.CHANGED_NOTE, " ", rx.el.b(State.now), ". ", texts.OTHERS_OUT),
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": "1"},
    )
    return rx.fragment(done, buttons.link_button(texts.BACK, routes.SETTINGS))
