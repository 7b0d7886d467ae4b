"""What every way in shares: the login's field, and the last step, which brings the cookie by a full page load."""

import reflex as rx

from cabinet.texts import entrance as texts
from cabinet.ui.components.field import field, hidden
from cabinet.ui.layout import PostForm


def entering(ticket: rx.Var[str], after: rx.Var[str] | str = "/") -> rx.Component:
    """Nothing until there is a ticket; then a form that cabinet.js sends at once."""
    form = PostForm.create(
        hidden("ticket", ticket),
        hidden("next", after),
        custom_attrs={"method": "post", "action": "/api/session", "data-send-at-once": ""},
    )
    return rx.cond(ticket != "", form, rx.fragment())


def login_field(
    problem: rx.Var[str],
    label: str = texts.LOGIN,
    auto_complete: str = "username",
    again: rx.Var[bool] | None = None,
) -> rx.Component:
    """A phone or an e-mail, as password managers know it; it takes the focus once another is wanted, `again`."""
    focus = {} if again is None else {"data-take-focus": rx.cond(again, "again", rx.Var("undefined"))}
    return field(
        "login",
        label,
        hint=texts.LOGIN_HINT,
        problem=problem,
        input_mode="email",
        auto_complete=auto_complete,
        enter_key_hint="next",
        auto_capitalize="none",
        spell_check=False,
        custom_attrs=focus,
    )
