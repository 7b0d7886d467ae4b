"""Регистрация."""

import reflex as rx

from cabinet.texts import consent as consent_texts
from cabinet.texts import entrance as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.captcha import captcha
from cabinet.ui.components.entering import login_field
from cabinet.ui.components.field import checkbox, password_field
from cabinet.ui.components.form import form
from cabinet.ui.links import document_link, link
from cabinet.ui.states.registration import RegistrationState as State


@layout.page(routes.REGISTER, title=texts.REGISTER_TITLE, on_load=State.load)
def register_page() -> rx.Component:
    return rx.fragment(
        layout.heading(texts.REGISTER_TITLE),
        form(
            login_field(State.problems["login"]),
            password_field(
                "password",
                texts.PASSWORD,
                hint=texts.NEW_PASSWORD_HINT,
                problem=State.problems["password"],
                auto_complete="new-password",
            ),
            captcha("register", problem=State.problems["human"]),
            consent(),
            buttons.primary(texts.REGISTER, busy=State.busy),
            on_submit=State.submit,
            problems=State.problems,
        ),
        rx.el.div(
            link(texts.HAVE_CABINET, href=routes.LOGIN),
            link(texts.TRY_TRAINING, href=routes.TRAINING),
            class_name="stack-links",
        ),
    )


def consent() -> rx.Component:
    return rx.el.div(
        checkbox("consent", texts.CONSENT, State.problems["consent"]),
        rx.el.details(
            rx.el.summary(texts.CONSENT_READ),
            *(rx.el.p(x, class_name="note") for x in consent_texts.PARAGRAPHS),
            rx.el.p(
                document_link(consent_texts.READ, href=routes.CONSENT, target="_blank"),
                class_name="stack-links",
            ),
        ),
    )
