"""Links: inside the portal they keep the socket open, outside they are the browser's own."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router.dom import ReactRouterLink

Children = rx.Component | rx.Var[Any] | str


def link(*children: Children, href: rx.Var[str] | str, **props: Any) -> rx.Component:
    """A link to another page; `/api/…`, `#…`, `tel:`, `mailto:` and foreign addresses load as documents.

    An address in a var counts as a page: for a file use `document_link`.
    """
    if isinstance(href, str) and (not href.startswith("/") or href.startswith("/api/")):
        return document_link(*children, href=href, **props)
    return ReactRouterLink.create(*children, to=href, **props)


def document_link(*children: Children, href: rx.Var[str] | str, **props: Any) -> rx.Component:
    """The browser's own link: files, `/api/…`, other sites. (`rx.el.a` would ask the router for a page.)"""
    return A.create(*children, href=href, **props)


def unseen(*children: Children, **props: Any) -> rx.Component:
    """Words for screen readers only."""
    return rx.el.span(*children, class_name="unseen", **props)
