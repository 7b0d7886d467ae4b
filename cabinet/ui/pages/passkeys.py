"""Ключи доступа."""

import reflex as rx

from cabinet.services.passkeys import PasskeyRow
from cabinet.texts import passkeys as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.empty import empty
from cabinet.ui.components.passkeys import asking, trouble
from cabinet.ui.links import link, unseen
from cabinet.ui.states.passkeys import PasskeysState as State


@layout.page(
    routes.SETTINGS_PASSKEYS, title=texts.TITLE, on_load=State.load, shell="cabinet", back=routes.SETTINGS
)
def passkeys_page() -> rx.Component:
    rows = rx.el.ul(rx.foreach(State.rows, passkey_row), class_name="rows")
    none = empty(texts.NONE, texts.NONE_NOTE)
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        trouble(State.problems[""], State.times),
        done(State.added > 0, texts.ADDED, texts.ADDED_NOTE),
        done(State.removed, texts.REMOVED, texts.REMOVED_NOTE),
        rx.cond(State.loaded, rx.cond(State.rows.length() > 0, rows, none), drum_loader()),
        adding(),
    )


def done(when: rx.Var[bool], *words: str) -> rx.Component:
    told = banner("ok", *words, role="status", tab_index=-1, custom_attrs={"data-take-focus": "1"})
    return rx.cond(when, told, rx.fragment())


def passkey_row(row: rx.Var[PasskeyRow]) -> rx.Component:
    used = rx.cond(row.used != "", rx.fragment(texts.USED, " ", row.used), texts.NEVER_USED)
    return rx.el.li(
        rx.el.span(
            rx.el.b(row.name),
            rx.el.span(texts.CREATED, " ", row.added, class_name="note"),
            rx.el.span(used, class_name="note"),
            rx.cond(row.synced, rx.el.span(texts.SYNCED, class_name="note"), rx.fragment()),
            class_name="row-words",
        ),
        link(
            texts.CHANGE,
            unseen(": ", row.name),
            href=routes.SETTINGS_PASSKEY + "?id=" + row.id,
            class_name="text-button",
        ),
    )


def adding() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            buttons.primary(texts.ADD, busy=State.busy, type_="button", on_click=State.add),
            class_name="stack with-passkeys",
            custom_attrs=asking(State.options),
        ),
        rx.el.p(texts.NO_PASSKEYS, class_name="without-passkeys"),
    )
