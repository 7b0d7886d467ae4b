"""Правила: what holds from when, and what is added."""

from typing import Any

import reflex as rx

from cabinet.texts import desk_policy as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import buttons
from cabinet.ui.components.banner import banner
from cabinet.ui.components.card import card
from cabinet.ui.components.desk import split, table
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
        rx.cond(
            State.loaded, split(rx.fragment(new_rules(), new_price(), new_value()), in_force()), drum_loader()
        ),
    )


def new_rules() -> rx.Component:
    return card(
        form(
            day_field("valid_from"),
            number_field("window_from_day", texts.FROM_DAY, texts.DAYS_HINT),
            number_field("window_to_day", texts.TO_DAY),
            number_field("due_day", texts.DUE, texts.DUE_HINT),
            number_field("max_consumption_m3", texts.MOST, texts.MOST_HINT, suffix="м³"),
            checkbox("basic_shows_due", texts.BASIC),
            buttons.secondary(texts.SAVE_RULES, type_="submit", busy=State.busy),
            on_submit=State.add_rules,
        ),
        title=texts.ADD_RULES,
    )


def new_price() -> rx.Component:
    return card(
        form(
            select_field(
                "usage",
                texts.USAGE,
                *options([("", ""), *texts.USAGES.items()]),
                problem=State.problems["usage"],
            ),
            field(
                "price",
                texts.PRICE,
                hint=texts.PRICE_HINT,
                problem=State.problems["price"],
                input_mode="decimal",
                auto_complete="off",
                suffix=texts.PER_M3,
            ),
            day_field("price_from"),
            buttons.secondary(texts.SAVE_PRICE, type_="submit", busy=State.busy),
            on_submit=State.add_price,
        ),
        title=texts.ADD_PRICE,
    )


def new_value() -> rx.Component:
    return card(
        form(
            select_field(
                "kind_of_value",
                texts.VALUE_KIND,
                *options([("", ""), *texts.VALUES.items()]),
                problem=State.problems["kind_of_value"],
            ),
            field(
                "value",
                texts.VALUE,
                hint=texts.VALUE_HINT,
                problem=State.problems["value"],
                input_mode="decimal",
                auto_complete="off",
            ),
            day_field("value_from"),
            buttons.secondary(texts.SAVE_VALUE, type_="submit", busy=State.busy),
            on_submit=State.add_value,
        ),
        title=texts.ADD_VALUE,
    )


def day_field(name: str) -> rx.Component:
    return field(
        name,
        texts.SINCE,
        hint=texts.SINCE_HINT,
        problem=State.problems[name],
        kind="date",
        min=State.policy.today,
    )


def number_field(name: str, label: str, hint: str = "", suffix: str | None = None) -> rx.Component:
    return field(
        name,
        label,
        hint=hint,
        problem=State.problems[name],
        input_mode="numeric",
        auto_complete="off",
        suffix=suffix,
    )


def in_force() -> rx.Component:
    coming, past = (parts("coming"), parts("past"))
    return rx.fragment(
        card(tables(texts.NOW, *parts("now")), title=texts.NOW),
        rx.cond(any_of(coming), card(tables(texts.COMING, *coming), title=texts.COMING), rx.fragment()),
        rx.cond(
            any_of(past),
            rx.el.details(rx.el.summary(texts.PAST), tables(texts.PAST, *past)),
            rx.fragment(),
        ),
    )


def parts(when: str) -> list[Rows]:
    """Rules, prices and norms of one time."""
    policy = State.policy
    return [getattr(x, when) for x in (policy.rules, policy.prices, policy.norms)]


def any_of(found: list[Rows]) -> rx.Var[bool]:
    return sum((x.length() for x in found[1:]), found[0].length()) > 0


def tables(title: str, rules: Rows, prices: Rows, values: Rows) -> rx.Component:
    return rx.el.div(
        one_table(f"{title}: {texts.RULES}", texts.RULE_COLUMNS, rules),
        one_table(f"{title}: {texts.PRICES}", texts.PRICE_COLUMNS, prices),
        one_table(f"{title}: {texts.NORMS}", texts.VALUE_COLUMNS, values),
        class_name="stack",
    )


def one_table(caption: str, columns: tuple[str, ...], rows: Rows) -> rx.Component:
    return rx.cond(rows.length() > 0, table(caption, columns, rows), rx.fragment())
