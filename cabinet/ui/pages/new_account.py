"""Подключить лицевой счёт."""

import reflex as rx

from cabinet.texts import accounts as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.card import card, facts
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import field, radio_card, radio_group
from cabinet.ui.components.form import form
from cabinet.ui.links import link
from cabinet.ui.states.customer_accounts import NewAccountState as State

_PROOFS = {"serial": (texts.SERIAL, texts.SERIAL_HINT), "pin": (texts.PIN, texts.PIN_HINT)}


@layout.page(
    routes.ACCOUNTS_NEW, title=texts.NEW_TITLE, on_load=State.load, shell="cabinet", back=routes.ACCOUNTS
)
def new_account_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.NEW_TITLE, lesson="connect.together.2"),
        rx.cond(
            State.preview.number == "",
            number_form(),
            rx.fragment(found(), rx.cond(State.mine, access_form(), is_it_mine())),
        ),
    )


def number_form() -> rx.Component:
    return rx.fragment(
        form(
            field(
                "number",
                texts.NUMBER,
                hint=texts.NUMBER_HINT,
                problem=State.problems["number"],
                input_mode="numeric",
                auto_complete="off",
                enter_key_hint="search",
                custom_attrs={"data-take-focus": rx.cond(State.again, "again", rx.Var("undefined"))},
            ),
            buttons.primary(texts.FIND, busy=State.busy),
            on_submit=State.find,
            problems=State.problems,
        ),
        rx.el.details(
            rx.el.summary(texts.WHERE), rx.el.p(texts.WHERE_TEXT, class_name="note"), bill_drawing()
        ),
        rx.cond(State.problems.contains(""), link(texts.TO_SETTINGS, href=routes.SETTINGS), rx.fragment()),
    )


def bill_drawing() -> rx.Component:
    """A bill in thin lines, the number of the account in an amber frame; the words beside it say the same."""
    return rx.el.svg(
        rx.el.svg.path(d="M8 4H312V188" + "l-8-8-8 8" * 19 + "Z"),
        rx.el.svg.path(d="M28 28H112M28 48H96M180 24H292M28 100H292M28 124H292M28 148H204"),
        rx.el.svg.path(d="M136 38H300V76H136Z", class_name="bill-frame"),
        rx.el.svg.text(
            texts.WHERE_NUMBER,
            x="218",
            y="63",
            font_size="18",
            text_anchor="middle",
            class_name="bill-number",
        ),
        view_box="0 0 320 192",
        class_name="bill-lines",
        aria_hidden="true",
    )


def found() -> rx.Component:
    return card(
        facts(
            (texts.SUPPLIER, State.preview.supplier),
            (texts.NUMBER, State.preview.shown_number),
            (texts.ADDRESS, State.preview.masked_address),
        ),
        rx.el.p(State.preview.due),
        rx.el.p(texts.ADDRESS_NOTE, class_name="note"),
        title=texts.FOUND,
        tab_index=-1,
        custom_attrs={"data-take-focus": rx.cond(State.mine, rx.Var("undefined"), State.preview.number)},
    )


def is_it_mine() -> rx.Component:
    return rx.el.div(
        error_summary(State.problems),
        buttons.primary(texts.MINE, type_="button", on_click=State.accept),
        buttons.text_button(texts.NOT_MINE, on_click=State.restart),
        class_name="stack",
    )


def access_form() -> rx.Component:
    return form(
        radio_group(
            texts.ACCESS,
            radio_card(
                "access",
                "basic",
                texts.BASIC,
                texts.BASIC_NOTE,
                on_change=State.choose_access("basic"),
                default_checked=State.access == "basic",
                custom_attrs={
                    "data-take-focus": rx.cond(State.access == "", "accepted", rx.Var("undefined"))
                },
            ),
            radio_card(
                "access",
                "extended",
                texts.EXTENDED,
                texts.EXTENDED_NOTE,
                on_change=State.choose_access("extended"),
                default_checked=State.access == "extended",
            ),
            name="access",
            problem=State.problems["access"],
        ),
        rx.cond(State.access == "extended", proof_fields(), rx.fragment()),
        buttons.primary(texts.OPEN, busy=State.busy),
        buttons.text_button(texts.NOT_MINE, on_click=State.restart),
        on_submit=State.submit,
        problems=State.problems,
    )


def proof_fields() -> rx.Component:
    return rx.fragment(
        radio_group(
            texts.PROOF,
            *(
                radio_card(
                    "proof_kind",
                    kind,
                    words,
                    on_change=State.choose_proof(kind),
                    default_checked=State.proof_kind == kind,
                )
                for kind, (words, _) in _PROOFS.items()
            ),
            name="proof_kind",
            problem=State.problems["proof_kind"],
            columns=2,
        ),
        rx.cond(State.proof_kind == "pin", proof_field("pin"), proof_field("serial")),
        link(texts.NO_PIN, href=routes.PIN + "?number=" + State.preview.number),
    )


def proof_field(kind: str) -> rx.Component:
    words, hint = _PROOFS[kind]
    return field(
        kind,
        words,
        hint=hint,
        problem=State.problems[kind],
        auto_complete="off",
        auto_capitalize="none",
        spell_check=False,
        key=kind,
    )
