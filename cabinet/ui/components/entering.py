"""The last step of every way in: the ticket goes by a plain form, and a full page load brings the cookie."""

import reflex as rx

from cabinet.ui.layout import PostForm


def entering(ticket: rx.Var[str], after: rx.Var[str] | str = "/") -> rx.Component:
    """Nothing until there is a ticket; then a form that cabinet.js sends at once."""
    form = PostForm.create(
        rx.el.input(type="hidden", name="ticket", value=ticket, read_only=True),
        rx.el.input(type="hidden", name="next", value=after, read_only=True),
        custom_attrs={"method": "post", "action": "/api/session", "data-send-at-once": ""},
    )
    return rx.cond(ticket != "", form, rx.fragment())
