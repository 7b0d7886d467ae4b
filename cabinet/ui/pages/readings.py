"""Показания: the drum, what it means in roubles, a receipt, the history."""

import reflex as rx

from cabinet.services.readings import ReadingRow
from cabinet.texts import payments
from cabinet.texts import readings as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.accounts import account_switch, meter_switch, with_accounts
from cabinet.ui.components.banner import banner
from cabinet.ui.components.basic_access import unavailable
from cabinet.ui.components.card import card, facts
from cabinet.ui.components.drum import drum
from cabinet.ui.components.empty import empty
from cabinet.ui.components.field import checkbox, hidden, radio_card, radio_group
from cabinet.ui.components.form import form
from cabinet.ui.components.live import live
from cabinet.ui.components.pill import pill
from cabinet.ui.icons import icon
from cabinet.ui.links import document_link
from cabinet.ui.states.readings import ReadingsState as State


@layout.page(routes.READINGS, title=texts.READINGS_TITLE, on_load=State.load, shell="cabinet")
def readings_page() -> rx.Component:
    return rx.fragment(
        layout.heading(
            texts.READINGS_TITLE,
            rx.cond(State.meter.window_shut == "", State.meter.window, ""),
            lesson="reading.together.1",
        ),
        account_switch(State.accounts, routes.READINGS, State.meter.account_id),
        with_accounts(State.loaded, State.accounts, meter),
    )


def meter() -> rx.Component:
    shown = rx.fragment(
        meter_switch(State.meter),
        warnings(),
        rx.cond(State.cancelled != "", cancelled(), rx.fragment()),
        rx.cond(State.receipt.number != "", receipt(), reading_form()),
        history(),
    )
    none = rx.cond(
        State.meter.no_meter != "",
        empty(texts.NO_METER, State.meter.no_meter),
        unavailable(State.basic_number, State.problems),
    )
    return rx.cond(State.meter.meter_id != "", shown, none)


def warnings() -> rx.Component:
    once = rx.cond(State.receipt.number == "", remind(), rx.fragment())
    return rx.fragment(
        rx.cond(
            State.meter.verification != "",
            banner("warn", texts.VERIFICATION, State.meter.verification),
            rx.fragment(),
        ),
        rx.cond(
            State.meter.window_shut != "",
            banner("info", State.meter.window_shut, State.meter.window, once),
            rx.fragment(),
        ),
    )


def remind() -> rx.Component:
    """The opening of every window, as a file that the telephone's calendar takes."""
    address = routes.API_REMINDER + "?account=" + State.meter.account_id
    return document_link(texts.REMIND, href=address, download=True, class_name="text-button")


def reading_form() -> rx.Component:
    return form(
        card(
            drum(
                "value",
                capacity=State.meter.capacity,
                fraction=1,
                previous=State.meter.ghost,
                hint=texts.READINGS_NOTE,
                problem=State.problems["value"],
                on_change=State.estimate_value.debounce(350),
                custom_attrs={"data-draft": "reading-" + State.meter.meter_id},
            ),
            rx.cond(State.meter.previous != "", previous(), rx.fragment()),
            rx.el.p(
                texts.METER,
                " ",
                State.meter.model,
                " № ",
                State.meter.serial_number,
                class_name="note",
            ),
        ),
        live(estimate()),
        rx.cond(State.fallen, why_less(), rx.fragment()),
        rx.cond(State.unusual, checkbox("confirmed", texts.CONFIRM_UNUSUAL), rx.fragment()),
        hidden("account", State.meter.account_id),
        hidden("meter", State.meter.meter_id),
        hidden("key", State.key),
        buttons.primary(texts.SEND_READING, busy=State.busy),
        rx.cond(State.meter.unsent != "", rx.el.p(State.meter.unsent, class_name="note"), rx.fragment()),
        on_submit=State.submit,
        problems=State.problems,
    )


def why_less() -> rx.Component:
    return radio_group(
        texts.WHY_LESS,
        *(
            radio_card("fall", value, title, note, on_change=State.declare_fall)
            for value, title, note in texts.WHY_LESS_CHOICES
        ),
        name="fall",
        hint=texts.WHY_LESS_NOTE,
    )


def previous() -> rx.Component:
    return rx.el.p(
        rx.el.span(texts.PREVIOUS, ", ", State.meter.previous_on),
        rx.el.b(State.meter.previous, class_name="num"),
        class_name="row",
    )


def estimate() -> rx.Component:
    row = State.estimate
    volume = rx.el.p(
        rx.el.b(texts.VOLUME, " ", row.volume, " м³"),
        rx.cond(row.cost != "", rx.el.b("≈ ", row.cost, class_name="num"), rx.fragment()),
        class_name="row",
    )
    known = card(
        rx.cond(row.volume != "", volume, rx.fragment()),
        rx.cond(row.formula != "", rx.el.p(row.formula, class_name="note"), rx.fragment()),
        rx.cond(row.uncounted != "", rx.el.p(row.uncounted, " ", row.instead), rx.fragment()),
        look="tint",
    )
    return rx.cond((row.volume != "") | (row.uncounted != ""), known, rx.fragment())


def receipt() -> rx.Component:
    cost = rx.cond(State.receipt.cost != "", ", ≈ " + State.receipt.cost, "")
    volume = rx.fragment(State.receipt.volume, " м³", cost)
    return card(
        facts(
            (texts.RECEIPT_NO, State.receipt.number),
            (texts.RECEIPT_VALUE, State.receipt.value),
            (texts.RECEIPT_AT, State.receipt.received_at),
            (texts.RECEIPT_PERIOD, State.receipt.period),
            (texts.VOLUME, rx.cond(State.receipt.volume != "", volume, texts.COUNT_BEGINS)),
        ),
        rx.el.p(State.receipt.formula, class_name="note"),
        rx.cond(
            State.receipt.uncounted != "",
            banner("warn", State.receipt.uncounted, State.receipt.instead),
            rx.fragment(),
        ),
        buttons.link_button(payments.PAY, routes.PAY + "?account=" + State.meter.account_id, look="primary"),
        remind(),
        title=rx.fragment(icon("check"), texts.RECEIPT),
        look="done",
        role="status",
        tab_index=-1,
        custom_attrs={
            "data-draft-done": "reading-" + State.meter.meter_id,
            "data-take-focus": State.receipt.number,
        },
    )


def cancelled() -> rx.Component:
    """The button that cancelled is gone: these words take the focus instead."""
    return banner(
        "ok",
        texts.CANCELLED_TITLE,
        texts.CANCELLED_NOTE,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.cancelled},
    )


def history() -> rx.Component:
    rows = rx.el.ul(rx.foreach(State.meter.history, reading_row), class_name="rows")
    none = empty(texts.NO_READINGS, texts.NO_READINGS_NOTE)
    return rx.el.section(
        rx.el.h2(texts.HISTORY),
        rx.cond(State.meter.history.length() > 0, rows, none),
        class_name="stack",
    )


def reading_row(row: rx.Var[ReadingRow]) -> rx.Component:
    note = rx.cond(row.cancelled, texts.CANCELLED, row.kind)
    undo = buttons.text_button(texts.CANCEL, on_click=State.cancel(row.id))
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.value, class_name=rx.cond(row.cancelled, "num struck", "num")),
            rx.el.span(row.taken_on, ", ", note, class_name="note"),
            rx.cond(row.counted, rx.fragment(), pill("warn", texts.UNCOUNTED)),
            class_name="row-words",
        ),
        rx.cond(row.cancellable, undo, rx.fragment()),
    )
