"""The box «Я не робот» and, once ticked, its task; it sits inside a form and sends nothing with it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cabinet.texts import human_check as texts
from cabinet.ui.components import buttons
from cabinet.ui.components.field import Words, checkbox, field
from cabinet.ui.components.live import live
from cabinet.ui.icons import icon
from cabinet.ui.states.human_check import HumanCheckState, script

PICTURE = "/api/human/picture?id="
SOUND = "/api/human/sound?id="
# An id that no form has: the fields here belong to no form, so Enter does not send the one around.
NO_FORM = "human-no-form"
TICKED = "!!document.getElementById('human')?.checked"
READ = "document.getElementById('human-answer')?.value ?? ''"


def captcha(purpose: str, problem: Words = "") -> rx.Component:
    """The whole check for a form of this `Purpose`; `problem` is the form's own complaint about it."""
    return rx.el.div(
        checkbox(
            "human",
            texts.TICK,
            problem,
            key=HumanCheckState.turn.to_string(),
            form=NO_FORM,
            on_change=lambda ticked: HumanCheckState.begin(ticked, purpose),
        ),
        live(
            rx.cond(HumanCheckState.passed, icon("check"), rx.fragment()),
            HumanCheckState.said,
            HumanCheckState.problems.values().join(" "),
        ),
        rx.cond(HumanCheckState.picture + HumanCheckState.sound != "", task(), rx.fragment()),
        on_mount=[
            HumanCheckState.arrive,
            rx.call_script(TICKED, callback=lambda ticked: HumanCheckState.wake(ticked, purpose)),
        ],
        class_name="captcha",
        custom_attrs={"data-human": HumanCheckState.challenge},
    )


def task() -> rx.Component:
    """The picture or the sound, the answer, and the way without either once it is open."""
    return rx.el.div(
        rx.cond(HumanCheckState.sound != "", heard(), seen()),
        answer_field(),
        buttons.secondary(texts.CHECK, on_click=check()),
        rx.cond(HumanCheckState.waivable, waiver(), rx.fragment()),
        class_name="captcha__task",
        role="group",
        aria_label=texts.TASK,
    )


def seen() -> rx.Component:
    return rx.fragment(
        rx.el.img(
            src=PICTURE + HumanCheckState.picture,
            alt=texts.TASK,
            class_name="captcha__picture",
            custom_attrs={"width": "320", "height": "112", "aria-describedby": "human-answer-hint"},
        ),
        rx.el.div(
            buttons.secondary(texts.CHANGE, on_click=HumanCheckState.change_picture),
            buttons.secondary(texts.LISTEN, on_click=HumanCheckState.change_sound),
            class_name="captcha__row",
        ),
    )


def heard() -> rx.Component:
    """The browser's own player too: it works where a page may not start a sound by itself."""
    return rx.el.div(
        rx.el.audio(
            src=SOUND + HumanCheckState.sound,
            controls=True,
            preload="auto",
            class_name="captcha__sound",
            custom_attrs={"id": "human-sound", "aria-label": texts.SOUND},
        ),
        rx.el.div(
            buttons.secondary(texts.AGAIN, on_click=script("play(1)")),
            buttons.secondary(texts.SLOWER, on_click=script("play(0.7)")),
            buttons.secondary(texts.OTHER_WORDS, on_click=HumanCheckState.change_sound),
            buttons.secondary(texts.TO_PICTURE, on_click=HumanCheckState.change_picture),
            class_name="captcha__row",
        ),
        class_name="captcha__task",
    )


def waiver() -> rx.Component:
    return rx.el.div(
        buttons.secondary(
            texts.WAIVE,
            on_click=HumanCheckState.waive,
            custom_attrs={"aria-describedby": "human-waiver"},
        ),
        rx.el.p(texts.WAIVE_NOTE, class_name="hint", custom_attrs={"id": "human-waiver"}),
        class_name="captcha__task",
    )


def answer_field() -> rx.Component:
    """A fresh task draws it anew, so it is empty; changing the task empties no other field."""
    task_id = HumanCheckState.picture + HumanCheckState.sound
    return field(
        "human-answer",
        texts.ANSWER,
        key=task_id,
        custom_attrs={"data-take-focus": rx.cond(HumanCheckState.answering, task_id, rx.Var("undefined"))},
        hint=rx.el.span(rx.cond(HumanCheckState.sound != "", texts.WORDS_HINT, texts.ANSWER_HINT)),
        auto_complete="off",
        enter_key_hint="done",
        auto_capitalize="off",
        spell_check=False,
        max_length=64,
        form=NO_FORM,
        on_key_down=lambda key, _: rx.cond(key == "Enter", check(), rx.noop()),
    )


def check() -> Any:
    return rx.call_script(READ, callback=HumanCheckState.check)
