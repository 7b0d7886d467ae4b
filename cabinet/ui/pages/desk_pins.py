"""Пин-коды: the counter of the settlement centre."""

import reflex as rx

from cabinet.services.desk_pins import FoundAccount
from cabinet.texts import desk_pins as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card, facts
from cabinet.ui.components.desk import choice_button, search, split
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import checkbox, field, hidden, radio_card, radio_group
from cabinet.ui.components.form import form
from cabinet.ui.layout import PostForm
from cabinet.ui.states.desk_pins import DeskPinsState as State


@layout.page(routes.DESK, title=texts.TITLE, on_load=State.load, shell="desk")
def desk_pins_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE, on_leave=State.leave),
        error_summary(State.problems),
        split(finding(), rx.cond(State.account.id != "", account(), nobody())),
    )


def nobody() -> rx.Component:
    return empty(texts.NOBODY, texts.NOBODY_NOTE)


def finding() -> rx.Component:
    nothing = rx.cond(State.searched, empty(texts.NOTHING, texts.NOTHING_NOTE), rx.fragment())
    rows = rx.fragment(
        rx.el.h2(texts.RESULTS),
        rx.el.ul(rx.foreach(State.found, found_row), class_name="desk-list"),
        rx.cond(State.found.length() == texts.MOST, rx.el.p(texts.MORE, class_name="note"), rx.fragment()),
    )
    return rx.fragment(
        search(
            "query",
            texts.QUERY,
            texts.FIND,
            hint=texts.QUERY_HINT,
            on_submit=State.search,
            problem=State.problems["query"],
            busy=State.busy,
        ),
        rx.el.div(rx.cond(State.found.length() > 0, rows, nothing), role="status", class_name="stack"),
    )


def found_row(row: rx.Var[FoundAccount]) -> rx.Component:
    return choice_button(
        rx.el.b(row.owner),
        rx.el.span(row.address, class_name="note"),
        rx.el.span(row.number, class_name="note num"),
        key=row.id,
        chosen=State.account.id == row.id,
        on_click=State.open(row.id),
    )


def account() -> rx.Component:
    about = card(
        facts(
            (texts.NUMBER, rx.el.span(State.account.number, class_name="num")),
            (texts.ADDRESS, State.account.address),
            (texts.LAST_PIN, State.account.last_pin),
            (texts.LINKS, State.account.links),
        ),
        title=State.account.owner,
        tab_index=-1,
        aria_label=State.account.owner,
        custom_attrs={"data-take-focus": State.account.id},
    )
    done = (State.issued.pin != "") | (State.issued.sent_to != "") | State.issued.again
    return rx.fragment(about, rx.cond(done, outcome(), checklist()))


def checklist() -> rx.Component:
    return card(
        form(
            radio_group(
                texts.SHOWN,
                *(radio_card("shown", *choice) for choice in texts.SHOWN_CHOICES),
                name="shown",
                problem=State.problems["shown"],
            ),
            checkbox("checked", texts.CHECKED, State.problems["checked"]),
            radio_group(
                texts.DELIVERY,
                radio_card("delivery", "print", texts.PRINT, texts.PRINT_NOTE),
                radio_card("delivery", "mail", texts.MAIL, texts.MAIL_NOTE),
                name="delivery",
                problem=State.problems["delivery"],
                columns=2,
            ),
            field(
                "email",
                texts.EMAIL,
                hint=texts.EMAIL_HINT,
                problem=State.problems["email"],
                kind="email",
                auto_complete="off",
                enter_key_hint="done",
            ),
            hidden("key", State.key),
            buttons.primary(texts.ISSUE, busy=State.busy),
            on_submit=State.issue,
            key=State.key,
        )
    )


def outcome() -> rx.Component:
    focused = {"role": "status", "tab_index": -1, "custom_attrs": {"data-take-focus": State.key}}
    again = banner("warn", texts.ALREADY, texts.ALREADY_NOTE, **focused)
    sent = banner("ok", texts.SENT, State.issued.sent_to, texts.SENT_NOTE, **focused)
    return rx.cond(
        State.issued.pin != "",
        printed(focused),
        rx.cond(State.issued.again, again, sent),
    )


def printed(focused: dict[str, object]) -> rx.Component:
    slip = PostForm.create(
        hidden("account", State.issued.account_id),
        hidden("pin", State.issued.pin),
        rx.el.button(texts.PRINT_SLIP, type="submit", class_name="button primary"),
        custom_attrs={"method": "post", "action": routes.API_DESK_SLIP, "target": "_blank"},
    )
    return card(
        banner("ok", texts.ISSUED, texts.ISSUED_NOTE, **focused),
        rx.el.p(State.issued.pin, class_name="desk-pin", custom_attrs={"translate": "no"}),
        slip,
    )
