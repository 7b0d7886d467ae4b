"""Уведомления."""

import reflex as rx

from cabinet.domain.notices import NoticeKind
from cabinet.texts import notices as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.field import checkbox
from cabinet.ui.components.form import form
from cabinet.ui.components.pill import pill
from cabinet.ui.states.notices import NoticesState as State


@layout.page(
    routes.SETTINGS_NOTIFICATIONS,
    title=texts.TITLE,
    on_load=State.load,
    shell="cabinet",
    back=routes.SETTINGS,
)
def notices_page() -> rx.Component:
    where = rx.cond(State.row.channel == "phone", texts.NOTE_SMS, texts.NOTE_MAIL)
    return rx.fragment(
        layout.heading(texts.TITLE),
        rx.cond(
            State.loaded,
            rx.fragment(rx.el.p(where, " ", rx.el.b(State.row.login)), choices(), safety()),
            drum_loader(),
        ),
    )


def choices() -> rx.Component:
    saved = banner(
        "ok",
        texts.SAVED,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.saved.to_string()},
    )
    ticks = [
        checkbox(
            kind, texts.KINDS[kind][0], hint=texts.KINDS[kind][1], default_checked=State.row.wanted[kind]
        )
        for kind in NoticeKind
    ]
    entering = form(
        rx.el.fieldset(rx.el.legend(texts.LEGEND, class_name="label"), *ticks, class_name="stack-tight"),
        buttons.primary(texts.SAVE, busy=State.busy),
        on_submit=State.save,
        problems=State.problems,
    )
    return card(rx.cond(State.saved > 0, saved, rx.fragment()), entering)


def safety() -> rx.Component:
    return card(rx.el.p(texts.SAFETY_NOTE), title=texts.SAFETY, aside=pill("ok", texts.ALWAYS))
