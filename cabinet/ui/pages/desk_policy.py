"""Правила: what holds from when, and what is added."""

from typing import Any

import reflex as rx

from cabinet.texts import desk_policy as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.desk import table
from cabinet.ui.components.drum import drum_loader
from cabinet.ui.components.error_summary import error_summary
from cabinet.ui.components.field import checkbox, field, options, select_field
from cabinet.ui.components.form import form
from cabinet.ui.states.desk_policy import DeskPolicyState as State

Rows = Any


@layout.page(routes.DESK_POLICY, title=texts.TITLE, on_load=State.load, shell="desk")
def desk_policy_page() -> rx.Component:
    told = banner(
        "ok",
        texts.ADDED,
        role="status",
        tab_index=-1,
        custom_attrs={"data-take-focus": State.times.to_string()},
    )
    return rx.fragment(
        layout.heading(texts.TITLE, texts.NOTE),
        error_summary(State.problems),
        rx.cond(State.times > 0, told, rx.fragment()),
        rx.cond(State.loaded, rules(), drum_loader()),
    )


def rules() -> rx.Component:
    """What holds goes first; each form waits behind its name, one open at a time."""
    empty = (State.policy.prices, texts.NO_PRICES), (State.policy.norms, texts.NO_NORMS)
    notes = [rx.cond(x.now.length() > 0, rx.fragment(), rx.el.p(why, class_name="note")) for x, why in empty]
    past = rx.el.details(rx.el.summary(texts.PAST), standing(texts.PAST, "past"))
    return rx.el.div(
        standing(texts.NOW, "now", *notes),
        rx.cond(any_of("coming"), standing(texts.COMING, "coming"), rx.fragment()),
        adding(),
        rx.cond(any_of("past"), past, rx.fragment()),
        class_name="stack",
    )


def adding() -> rx.Component:
    """The forms; a new `key` after each addition empties and closes them."""
    return card(
        adder(
            texts.ADD_RULES,
            number_field("window_from_day", texts.FROM_DAY, texts.FROM_DAY_HINT),
            number_field("window_to_day", texts.TO_DAY, texts.TO_DAY_HINT),
            number_field("due_day", texts.DUE, texts.DUE_HINT),
            number_field("max_consumption_m3", texts.MOST, texts.MOST_HINT, suffix="м³"),
            day_field("valid_from"),
            below=checkbox("basic_shows_due", texts.BASIC),
            save=texts.SAVE_RULES,
            on_submit=State.add_rules,
        ),
        adder(
            texts.ADD_PRICE,
            choice_field("usage", texts.USAGE, *options([("", ""), *texts.USAGES.items()])),
            number_field("price", texts.PRICE, texts.PRICE_HINT, suffix=texts.PER_M3),
            day_field("price_from"),
            save=texts.SAVE_PRICE,
            on_submit=State.add_price,
        ),
        adder(
            texts.ADD_VALUE,
            choice_field("kind_of_value", texts.VALUE_KIND, *options([("", ""), *texts.VALUES.items()])),
            choice_field(
                "region",
                texts.REGION,
                rx.el.option(texts.EVERYWHERE, value=""),
                rx.foreach(State.policy.regions, lambda region: rx.el.option(region, value=region)),
                hint=texts.REGION_HINT,
            ),
            number_field("value", texts.VALUE, texts.VALUE_HINT),
            day_field("value_from", texts.VALUE_SINCE_HINT),
            save=texts.SAVE_VALUE,
            on_submit=State.add_value,
        ),
        title=texts.ADD,
        key=State.times.to_string(),
    )


def adder(
    title: str, *fields: rx.Component, save: str, on_submit: Any, below: rx.Component | None = None
) -> rx.Component:
    """A form behind its name: fields side by side where there is room, then what stands below them."""
    return rx.el.details(
        rx.el.summary(title),
        form(
            rx.el.div(*fields, class_name="desk-filters"),
            below or rx.fragment(),
            buttons.secondary(save, type_="submit", busy=State.busy),
            on_submit=on_submit,
        ),
        custom_attrs={"name": "adding"},
    )


def day_field(name: str, hint: str = texts.SINCE_HINT) -> rx.Component:
    return field(
        name, texts.SINCE, hint=hint, problem=State.problems[name], kind="date", min=State.policy.today
    )


def choice_field(name: str, label: str, *choices: rx.Component, hint: str = "") -> rx.Component:
    return select_field(name, label, *choices, hint=hint, problem=State.problems[name])


def number_field(name: str, label: str, hint: str, suffix: str | None = None) -> rx.Component:
    return field(
        name,
        label,
        hint=hint,
        problem=State.problems[name],
        input_mode="decimal",
        auto_complete="off",
        suffix=suffix,
    )


def any_of(when: str) -> rx.Var[bool]:
    policy = State.policy
    rules, prices, norms = (getattr(x, when).length() for x in (policy.rules, policy.prices, policy.norms))
    return rules + prices + norms > 0


def standing(title: str, when: str, *notes: rx.Component) -> rx.Component:
    """Rules, prices and norms of one time."""
    policy = State.policy
    return card(
        one_table(f"{title}: {texts.RULES}", texts.RULE_COLUMNS, getattr(policy.rules, when)),
        one_table(f"{title}: {texts.PRICES}", texts.PRICE_COLUMNS, getattr(policy.prices, when)),
        one_table(f"{title}: {texts.NORMS}", texts.VALUE_COLUMNS, getattr(policy.norms, when)),
        *notes,
        title=title,
    )


def one_table(caption: str, columns: tuple[str, ...], rows: Rows) -> rx.Component:
    return rx.cond(rows.length() > 0, table(caption, columns, rows), rx.fragment())
