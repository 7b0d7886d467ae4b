"""Вход с подтверждением."""

import reflex as rx

from cabinet.texts import second_factors as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import code_field
from cabinet.ui.components.form import form
from cabinet.ui.components.qr import qr_code
from cabinet.ui.links import document_link
from cabinet.ui.states.second_factors import SecondFactorsState as State


@layout.page(
    routes.SETTINGS_SECOND, title=texts.TITLE, on_load=State.load, shell="cabinet", back=routes.SETTINGS
)
def second_factors_page() -> rx.Component:
    settled = rx.fragment(app_card(), rx.cond(State.row.totp_on != "", recovery_card(), rx.fragment()))
    shown = rx.cond(
        State.codes.length() > 0, new_codes(), rx.cond(State.app.secret != "", enrolment(), settled)
    )
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE, on_leave=State.leave),
        rx.cond(State.done != "", done(), rx.fragment()),
        rx.cond(State.app.secret == "", error_summary(State.problems), rx.fragment()),
        rx.cond(State.loaded, shown, drum_loader()),
    )


def done() -> rx.Component:
    return banner(
        "ok",
        State.done,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.times.to_string()},
    )


def app_card() -> rx.Component:
    kept = rx.fragment(
        rx.el.p(texts.ON, " ", State.row.totp_on),
        rx.el.p(rx.cond(State.row.required, texts.ON_ALWAYS, texts.ON_NOTE), class_name="note"),
        buttons.danger(texts.TURN_OFF, on_click=State.turn_off),
    )
    offered = rx.fragment(
        rx.el.p(texts.OFF), buttons.primary(texts.BEGIN, type_="button", on_click=State.begin)
    )
    return card(rx.cond(State.row.totp_on != "", kept, offered), title=texts.APP)


def recovery_card() -> rx.Component:
    return card(
        rx.el.p(texts.RECOVERY_LEFT, " ", rx.el.b(State.row.recovery_left)),
        rx.el.p(texts.RECOVERY_NOTE, class_name="note"),
        rx.el.p(texts.RENEW_NOTE, class_name="note"),
        buttons.secondary(texts.RENEW, on_click=State.renew),
        title=texts.RECOVERY,
    )


def enrolment() -> rx.Component:
    return rx.el.section(
        rx.el.p(texts.APPS, " ", texts.SCAN),
        qr_code(State.app.side, State.app.path, texts.QR),
        rx.el.p(document_link(texts.OPEN_APP, href=State.app.link), class_name="stack-links"),
        rx.el.details(
            rx.el.summary(texts.BY_HAND),
            rx.el.p(State.app.secret, class_name="secret"),
            rx.el.p(texts.BY_HAND_NOTE, class_name="note"),
        ),
        form(
            code_field("code", texts.CODE, hint=texts.CODE_HINT, problem=State.problems["code"]),
            buttons.primary(texts.ENABLE, busy=State.busy),
            on_submit=State.confirm,
            problems=State.problems,
        ),
        class_name="stack",
    )


def new_codes() -> rx.Component:
    return card(
        rx.el.p(texts.SAVE_CODES_NOTE),
        rx.el.ol(rx.foreach(State.codes, rx.el.li), class_name="codes"),
        rx.el.div(
            document_link(
                texts.DOWNLOAD,
                href=State.file,
                class_name="button secondary",
                custom_attrs={"download": texts.FILE},
            ),
            buttons.secondary(texts.PRINT, on_click=rx.call_script("window.print()")),
            class_name="actions",
        ),
        buttons.primary(texts.SAVED, type_="button", on_click=State.saved),
        title=texts.SAVE_CODES,
    )
