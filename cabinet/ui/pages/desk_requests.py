"""Заявки: the queue, the document beside what the request claims, the decision."""

import reflex as rx

from cabinet.services.request_review import Mark, QueueRow
from cabinet.texts import desk_requests as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card, fact, facts
from cabinet.ui.components.desk import choice_button, split
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import hidden, options, select_field
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.states.desk_requests import DeskRequestsState as State


@layout.page(routes.DESK_REQUESTS, title=texts.TITLE, on_load=State.load, shell="desk")
def desk_requests_page() -> rx.Component:
    told = banner(
        State.tone,
        State.told,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.times.to_string()},
    )
    nobody = empty(texts.NOT_CHOSEN, texts.NOT_CHOSEN_NOTE)
    return rx.fragment(
        layout.heading(texts.TITLE),
        error_summary(State.problems),
        rx.cond(State.told != "", told, rx.fragment()),
        rx.cond(
            State.loaded, split(queue(), rx.cond(State.review.id != "", review(), nobody)), drum_loader()
        ),
    )


def queue() -> rx.Component:
    """The server tells when it has moved; once a minute the page asks by itself what could not be told."""
    asking = rx.el.button(
        type="button", hidden=True, on_click=State.refresh, custom_attrs={"data-every": "60000"}
    )
    rows = rx.fragment(
        rx.el.p(texts.WAITING, " ", State.rows.length(), ", ", texts.OLDEST, " ", clock(State.rows[0])),
        rx.el.ul(rx.foreach(State.rows, queue_row), class_name="desk-list", custom_attrs={"data-queue": ""}),
    )
    return rx.el.section(
        rx.el.h2(texts.QUEUE),
        asking,
        rx.cond(State.rows.length() > 0, rows, empty(texts.NONE, texts.NONE_NOTE)),
        class_name="stack",
        custom_attrs={"data-waits": "|".join(texts.WAITS)},
    )


def clock(row: rx.Var[QueueRow]) -> rx.Component:
    """How long it has waited; desk.js goes on counting, and says nothing aloud."""
    return rx.el.b(row.waits, class_name="num", custom_attrs={"data-waited": row.waited})


def queue_row(row: rx.Var[QueueRow]) -> rx.Component:
    taken = rx.cond(row.claimed, pill("warn", texts.TAKEN), rx.fragment())
    return choice_button(
        rx.el.b(row.title, ", ", row.kind),
        rx.el.span(row.account, class_name="note num"),
        rx.el.span(clock(row), class_name="note"),
        rx.el.span(
            rx.cond(row.mine, pill("info", texts.MINE), taken),
            rx.cond(row.letter, pill("info", texts.LETTER), rx.fragment()),
            rx.cond(row.second, pill("info", texts.SECOND), rx.fragment()),
            class_name="pills",
        ),
        key=row.id,
        chosen=State.review.id == row.id,
        on_click=State.open(row.id),
    )


def review() -> rx.Component:
    second = banner("warn", texts.TWO, State.review.why)
    return rx.fragment(
        card(
            rx.cond(State.review.second, second, rx.fragment()),
            facts(
                rx.cond(State.review.letter, letter(), rx.fragment()),
                (texts.KIND, State.review.kind),
                (texts.OWNER, State.review.owner),
                rx.cond(State.review.card != "", fact(texts.CARD, State.review.card), rx.fragment()),
                (texts.SINCE, State.review.since),
                (texts.UNTIL, State.review.until),
            ),
            marks(),
            decision(),
            title=State.review.title,
            tab_index=-1,
            aria_label=State.review.title,
            custom_attrs={"data-take-focus": State.review.id},
        ),
        documents(),
    )


def letter() -> rx.Component:
    """Whoever a letter says it is from: what is known of that."""
    return rx.fragment(
        fact(texts.SENDER, State.review.sender), fact(texts.AUTHENTICATION, State.review.authentication)
    )


def marks() -> rx.Component:
    """What is claimed over what the register has, so that the eye compares letter by letter."""
    return rx.el.dl(rx.foreach(State.review.marks, mark), class_name="marks", aria_label=texts.MARKS)


def mark(row: rx.Var[Mark]) -> rx.Component:
    names = rx.match(row.name, *texts.NAMES.items(), row.name)
    matches = {key: pill(*words) for key, words in texts.MATCHES.items()}
    known = rx.el.dd(rx.el.span(texts.KNOWN, class_name="note"), rx.el.span(row.known, class_name="num"))
    return rx.el.div(
        rx.el.dt(names, " ", rx.match(row.match, *matches.items(), rx.fragment())),
        rx.el.dd(rx.el.span(texts.CLAIMED, class_name="note"), rx.el.span(row.claimed, class_name="num")),
        rx.cond(row.known != "", known, rx.fragment()),
        class_name="mark",
    )


def decision() -> rx.Component:
    refusing = form(
        select_field(
            "reason",
            texts.REASON,
            *options([("", ""), *texts.REASONS]),
            problem=State.problems["reason"],
        ),
        hidden("request", State.review.id),
        buttons.secondary(texts.SEND_REFUSAL, type_="submit", busy=State.busy),
        on_submit=State.turn_down,
    )
    return rx.fragment(
        rx.el.div(
            buttons.primary(
                rx.fragment(texts.APPROVE, key_hint("A")),
                type_="button",
                busy=State.busy,
                on_click=State.approve(State.review.id),
                custom_attrs={"data-key": "a", "aria-keyshortcuts": "A"},
            ),
            buttons.secondary(texts.RELEASE, on_click=State.release(State.review.id)),
            class_name="actions",
        ),
        rx.el.details(
            rx.el.summary(
                texts.REFUSE, key_hint("R"), custom_attrs={"data-key": "r", "aria-keyshortcuts": "R"}
            ),
            refusing,
        ),
    )


def key_hint(key: str) -> rx.Component:
    """The button's key, for the eye; others hear it from aria-keyshortcuts."""
    return rx.el.kbd(key, aria_hidden="true")


def documents() -> rx.Component:
    """While it is decided the pictures go: one that is still on its way would come too late and be refused."""
    shown = rx.foreach(
        State.pages,
        lambda page: rx.el.img(src=page, alt=texts.PAGE, loading="lazy", class_name="desk-page"),
    )
    return card(
        rx.cond(
            State.pages.length() > 0,
            rx.cond(State.busy, rx.fragment(), shown),
            rx.el.p(texts.NO_DOCUMENTS),
        ),
        title=texts.DOCUMENTS,
        look="desk-documents",
        tab_index=0,
        aria_label=texts.DOCUMENTS,
    )
