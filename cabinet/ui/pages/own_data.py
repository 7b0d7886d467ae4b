"""Мои данные."""

import reflex as rx

from cabinet.texts import personal_data as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.card import card, facts
from cabinet.ui.components.deletion_banner import deletion_banner
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.links import link
from cabinet.ui.states.own_data import DeletionState
from cabinet.ui.states.own_data import OwnDataState as State


@layout.page(
    routes.SETTINGS_DATA,
    title=texts.TITLE,
    on_load=[State.load, DeletionState.load],
    shell="cabinet",
    back=routes.SETTINGS,
)
def own_data_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.TITLE),
        error_summary(State.problems),
        deletion_banner(),
        rx.cond(State.loaded, rx.fragment(export(), consent(), deletion()), drum_loader()),
    )


def export() -> rx.Component:
    """The browser's own form: it downloads, shows the progress and leaves the page as it is."""
    download = layout.PostForm.create(
        buttons.secondary(texts.EXPORT, type_="submit"),
        custom_attrs={"method": "post", "action": routes.API_OWN_DATA},
    )
    return card(
        rx.el.p(texts.EXPORT_NOTE),
        rx.el.p(texts.EXPORT_HOW, class_name="note"),
        download,
        title=texts.EXPORT_TITLE,
    )


def consent() -> rx.Component:
    newer = rx.el.p(texts.CONSENT_NEWER, class_name="note")
    return card(
        facts((texts.CONSENT_VERSION, State.consent.version), (texts.CONSENT_AT, State.consent.at)),
        rx.cond(State.consent.current, rx.fragment(), newer),
        rx.el.p(
            link(texts.CONSENT_READ, href=routes.CONSENT + "#" + State.consent.version),
            class_name="stack-links",
        ),
        title=texts.CONSENT_TITLE,
    )


def deletion() -> rx.Component:
    ask = buttons.danger(texts.DELETE, busy=DeletionState.busy, on_click=DeletionState.ask)
    return card(
        rx.el.p(texts.DELETION_NOTE),
        rx.el.h3(texts.GOES),
        rx.el.ul(*map(rx.el.li, texts.GOES_ITEMS), class_name="list"),
        rx.el.h3(texts.STAYS),
        rx.el.ul(*map(rx.el.li, texts.STAYS_ITEMS), class_name="list"),
        rx.el.p(texts.DELETION_SESSIONS, class_name="note"),
        rx.cond(DeletionState.day == "", ask, rx.fragment()),
        title=texts.DELETION_TITLE,
    )
