"""Запрос пин-кода."""

import reflex as rx

from cabinet.services.pin_requests import StatusRow
from cabinet.texts import access_pins as desk_texts
from cabinet.texts import pin_requests as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.captcha import captcha
from cabinet.ui.components.card import card
from cabinet.ui.components.field import field, radio_card, radio_group
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.components.suppliers import supplier_radios
from cabinet.ui.components.upload import upload
from cabinet.ui.states.pin_requests import PinRequestState as State

KEEP = "import('/upload.js').then(m => m.keep('pin-request')).catch(() => '')"


@layout.page(routes.PIN, title=texts.TITLE, on_load=State.load, shell="either")
def pin_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE, lesson="pin.together"),
        rx.cond(State.own.length() > 0, own_requests(), rx.fragment()),
        form(
            who(),
            account(),
            document(),
            sending(),
            on_submit=State.submit,
            on_mount=rx.call_script(KEEP),
            problems=State.problems,
            custom_attrs={"id": "pin-request"},
        ),
        other_ways(),
    )


def own_requests() -> rx.Component:
    return card(rx.el.ul(rx.foreach(State.own, own_row), class_name="files"), title=texts.OWN)


def own_row(row: rx.Var[StatusRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.el.span(row.title), pill(row.pill, row.status), class_name="file-words"),
        buttons.text_button(
            texts.OPEN, on_click=State.open_own(row.id), aria_label=f"{texts.OPEN}: {row.title}"
        ),
        key=row.id,
        class_name="file",
    )


def part(title: str, *children: rx.Component) -> rx.Component:
    return rx.el.section(rx.el.h2(title), *children, class_name="stack part")


def who() -> rx.Component:
    return part(
        texts.WHO,
        field(
            "phone",
            texts.PHONE,
            hint=texts.PHONE_HINT,
            problem=State.problems["phone"],
            default_value=State.known.phone,
            kind="tel",
            auto_complete="tel",
        ),
        field(
            "email",
            texts.EMAIL,
            hint=texts.EMAIL_HINT,
            problem=State.problems["email"],
            default_value=State.known.email,
            kind="email",
            input_mode="email",
            auto_complete="email",
            auto_capitalize="none",
            spell_check=False,
        ),
    )


def account() -> rx.Component:
    suppliers = supplier_radios(
        State, texts.SUPPLIER, lambda x: radio_card("supplier", x.id, x.name, key=x.id)
    )
    return part(
        texts.ACCOUNT,
        rx.cond(State.suppliers.length() > 1, suppliers, rx.fragment()),
        field(
            "number",
            texts.NUMBER,
            hint=texts.NUMBER_HINT,
            problem=State.problems["number"],
            default_value=State.known.number,
            input_mode="numeric",
            auto_complete="off",
        ),
        field(
            "address",
            texts.ADDRESS,
            hint=texts.ADDRESS_HINT,
            problem=State.problems["address"],
            auto_complete="street-address",
            max_length=240,
        ),
    )


def document() -> rx.Component:
    card_date = field(
        "card_date",
        texts.CARD_DATE,
        hint=texts.CARD_DATE_HINT,
        problem=State.problems["card_date"],
        kind="date",
    )
    return part(
        texts.DOCUMENT_PART,
        radio_group(
            texts.KIND,
            *(radio_card("kind", kind, *words) for kind, words in texts.KINDS.items()),
            name="kind",
            problem=State.problems["kind"],
        ),
        rx.el.div(card_date, class_name="card-date"),
        upload(State),
    )


def sending() -> rx.Component:
    return part(
        texts.CHECK_PART,
        rx.el.p(texts.PRIVACY),
        rx.cond(
            State.loaded & State.visitor,
            captcha("pin_request", problem=State.problems["human"]),
            rx.fragment(),
        ),
        rx.el.p(texts.CONSENT, class_name="note"),
        buttons.primary(texts.SEND, busy=State.busy),
    )


def other_ways() -> rx.Component:
    return card(
        rx.foreach(
            State.suppliers, lambda x: rx.cond(x.desk != "", rx.el.p(x.name, ": ", x.desk), rx.fragment())
        ),
        rx.el.ul(*(rx.el.li(x) for x in desk_texts.PIN_DESK_STEPS), class_name="list"),
        rx.el.p(desk_texts.PIN_FORMER, class_name="note"),
        title=texts.OTHER_WAY,
    )
