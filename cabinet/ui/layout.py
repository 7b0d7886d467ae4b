"""The shell of every page: header, menu, notice of a lost connection, footer; and the `@page` that wraps with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

import reflex as rx
from reflex_base.event import EventHandler
from reflex_components_core.core.banner import connection_errors_count
from reflex_components_core.el.elements.base import BaseHTML

from cabinet.domain.permissions import OF_ROLE, PUBLIC, OperatorRole
from cabinet.domain.practice import is_way_in
from cabinet.texts import shell as texts
from cabinet.texts import training as training_texts
from cabinet.ui import routes
from cabinet.ui.icons import drum_logo, icon
from cabinet.ui.keys import keys_button, keys_panel
from cabinet.ui.links import Children, link
from cabinet.ui.menus import PERMISSION_OF, MenuState
from cabinet.ui.vision import vision_button, vision_eye, vision_panel

Shell = Literal["guest", "cabinet", "either", "desk", "own"]
Body = Callable[[], rx.Component]

MENU = (
    (routes.HOME, texts.HOME, "home"),
    (routes.READINGS, texts.READINGS, "readings"),
    (routes.CHARGES, texts.CHARGES, "charges"),
    (routes.PAY, texts.PAY, "pay"),
    (routes.SETTINGS, texts.SETTINGS, "settings"),
    (routes.TRAINING, texts.TRAINING, "training"),
)
ON_BAR = (routes.HOME, routes.READINGS, routes.PAY)
DESK_MENU = (
    (routes.DESK, texts.DESK_PINS, "lock"),
    (routes.DESK_REQUESTS, texts.DESK_REQUESTS, "document"),
    (routes.DESK_REGISTERS, texts.DESK_REGISTERS, "charges"),
    (routes.DESK_POLICY, texts.DESK_POLICY, "settings"),
    (routes.DESK_MESSAGES, texts.DESK_MESSAGES, "mail"),
    (routes.DESK_AUDIT, texts.DESK_AUDIT, "document"),
    (routes.DESK_TRAINING, texts.DESK_TRAINING, "training"),
)
GUEST_MENU = ((routes.LOGIN, texts.SIGN_IN), (routes.REGISTER, texts.REGISTER))

STYLESHEETS = ["/styles/base.css", "/styles/components.css", "/styles/shell.css"]
GROUND_LIGHT, GROUND_DARK = "#FBF9F4", "#0E181E"


class PostForm(BaseHTML):
    """A form that the browser itself sends: works before and without the socket."""

    tag = "form"


def head() -> list[rx.Component]:
    """What `rx.App(head_components=…)` needs: the theme before paint, the font early, icons, colours of the bar."""
    return [
        rx.el.script(src="/cabinet.js"),
        rx.el.link(
            rel="preload",
            href="/fonts/golos.woff2",
            type="font/woff2",
            custom_attrs={"as": "font", "crossOrigin": "anonymous"},
        ),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.meta(
            name="theme-color", content=GROUND_LIGHT, custom_attrs={"media": "(prefers-color-scheme: light)"}
        ),
        rx.el.meta(
            name="theme-color", content=GROUND_DARK, custom_attrs={"media": "(prefers-color-scheme: dark)"}
        ),
        rx.el.meta(name="format-detection", content="telephone=no"),
    ]


def page(
    route: str,
    *,
    title: str,
    description: str = "",
    on_load: Any = None,
    shell: Shell = "guest",
    back: str = "",
) -> Callable[[Body], Body]:
    """Register a page at `route`, its body wrapped in the shell. The body draws one h1 (`heading`).

    A page whose shell is its own calls `frame` itself.
    """

    def register(body: Body) -> Body:
        @wraps(body)
        def whole() -> rx.Component:
            return body() if shell == "own" else frame(body(), shell=shell, here=route, back=back)

        rx.page(
            route=route,
            title=texts.TITLE.format(title=title),
            description=description or None,
            on_load=[on_load, MenuState.fill] if shell == "desk" else on_load,
        )(whole)
        return body

    return register


def frame(body: rx.Component, *, shell: Shell, here: str, back: str = "") -> rx.Component:
    """The shell around a body; `here` is the path that the menu marks as current."""
    backward = [link(icon("back"), texts.BACK, href=back, class_name="back")] if back else []
    headers = {
        "guest": guest_header,
        "cabinet": cabinet_header,
        "either": either_header,
        "desk": desk_header,
    }
    bars = {"cabinet": bottom_bar, "either": members_bar}
    below = [bars[shell](here)] if shell in bars else []
    look = [rx.el.link(rel="stylesheet", href="/styles/desk.css")] if shell == "desk" else []
    return rx.el.div(
        *look,
        link(texts.SKIP_TO_CONTENT, href="#main", class_name="skip"),
        practice_band(),
        headers[shell](here),
        connection(),
        rx.el.main(*backward, body, custom_attrs={"id": "main"}, tab_index=-1),
        footer(),
        *below,
        vision_panel(),
        *(
            [keys_panel(), rx.el.script(src="/desk.js", custom_attrs={"async": True})]
            if shell == "desk"
            else []
        ),
        class_name=f"shell {shell}",
        custom_attrs={"data-way-in": ""} if is_way_in(here) else {},
    )


def heading(
    title: Children, note: Children = "", lesson: str = "", on_leave: EventHandler | None = None
) -> rx.Component:
    """The page's one h1, which takes the focus after a change of page, a note under it, «?» that begins a lesson.

    `lesson` is «reading.together.1»: its name, the way, and the step that is taken on this page. `on_leave` forgets
    what was to be seen on this page only.
    """
    under = [] if isinstance(note, str) and not note else [rx.el.p(note, class_name="note")]
    words = rx.el.h1(title, tab_index=-1)
    first = rx.el.div(words, lesson_button(lesson), class_name="heading-row") if lesson else words
    leaving = {"on_unmount": on_leave} if on_leave else {}
    return rx.el.div(first, *under, class_name="heading", **leaving)


def lesson_button(lesson: str) -> rx.Component:
    """A plain form, as everywhere that a lesson begins."""
    button = rx.el.button(
        "?",
        type="submit",
        name="lesson",
        title=training_texts.HELP,
        class_name="lesson-button",
        custom_attrs={"value": lesson, "aria-label": training_texts.HELP},
    )
    return PostForm.create(
        button, class_name="lesson-begin", custom_attrs={"method": "post", "action": routes.API_PRACTICE}
    )


def current(here: str, href: str) -> dict[str, str]:
    """`aria-current` of the menu's link to the page that is open."""
    return {"aria-current": "page"} if here == href else {}


def brand(name: str = texts.BRAND, href: str = routes.HOME) -> rx.Component:
    return link(drum_logo(), rx.el.span(name), href=href, class_name="brand")


def guest_header(here: str) -> rx.Component:
    """Brand, training, and the two ways in."""
    ways = [
        link(words, href=href, class_name="nav-link", custom_attrs=current(here, href))
        for href, words in GUEST_MENU
    ]
    training = link(
        texts.TRAINING,
        href=routes.TRAINING,
        class_name="nav-link nav-training",
        custom_attrs=current(here, routes.TRAINING),
    )
    return rx.el.header(
        rx.el.div(
            brand(),
            rx.el.nav(*ways, training, class_name="guest-nav", aria_label=texts.MAIN_MENU),
            vision_eye(),
            class_name="bar-inner",
        ),
        class_name="top top-guest",
    )


def cabinet_header(here: str) -> rx.Component:
    """Brand, and on a desk the whole menu; phones have the bar below."""
    return rx.el.header(
        rx.el.div(brand(), menu(MENU, here), vision_eye(), class_name="bar-inner"),
        class_name="top top-cabinet",
    )


def either_header(here: str) -> rx.Component:
    """For pages that both read: the visitor's header or the member's, by the mark that cabinet.js sets."""
    return rx.fragment(
        rx.el.div(guest_header(here), class_name="for-visitors"),
        rx.el.div(cabinet_header(here), class_name="for-members"),
    )


def members_bar(here: str) -> rx.Component:
    return rx.el.div(bottom_bar(here), class_name="for-members")


def desk_header(here: str) -> rx.Component:
    """The settlement centre's header: its own name and menu at every width."""
    return rx.el.header(
        rx.el.div(
            brand(texts.DESK_BRAND, routes.DESK),
            menu(DESK_MENU, here),
            keys_button(),
            vision_eye(),
            class_name="bar-inner",
        ),
        class_name="top top-desk",
    )


def menu(items: tuple[tuple[str, str, str], ...], here: str) -> rx.Component:
    """The header's menu with «Выйти» at its end."""
    links = [
        wherever_opens(
            href, rx.el.li(link(words, href=href, class_name="nav-link", custom_attrs=current(here, href)))
        )
        for href, words, _ in items
    ]
    return rx.el.nav(
        rx.el.ul(*links, rx.el.li(sign_out("nav-link"))),
        class_name="top-menu",
        aria_label=texts.MAIN_MENU,
    )


def wherever_opens(href: str, item: rx.Component) -> rx.Component:
    """An item of the desk's menu that not every operator may open stands there once it is known who looks."""
    if PERMISSION_OF.get(href, PUBLIC) in {PUBLIC, *OF_ROLE[OperatorRole.CLERK]}:
        return item
    return rx.cond(MenuState.places.contains(href), item, rx.fragment())


def bottom_bar(here: str) -> rx.Component:
    """The phone's bar: three labelled places and «Ещё» with the rest."""
    items = [item for item in MENU if item[0] in ON_BAR]
    rest = [item for item in MENU if item[0] not in ON_BAR]
    return rx.el.nav(
        rx.el.ul(*(rx.el.li(bar_link(item, here)) for item in items), rx.el.li(more(rest, here))),
        class_name="bottom-bar",
        aria_label=texts.MAIN_MENU,
    )


def bar_link(item: tuple[str, str, str], here: str) -> rx.Component:
    href, words, drawing = item
    return link(
        icon(drawing), rx.el.span(words), href=href, class_name="bar-link", custom_attrs=current(here, href)
    )


def more(items: list[tuple[str, str, str]], here: str) -> rx.Component:
    """«Ещё»: a native disclosure whose sheet rises over the bar."""
    inside = any(item[0] == here for item in items)
    rows = [
        rx.el.li(
            link(
                icon(drawing),
                rx.el.span(words),
                href=href,
                class_name="sheet-link",
                custom_attrs=current(here, href),
            )
        )
        for href, words, drawing in items
    ]
    return rx.el.details(
        rx.el.summary(
            icon("more", class_name="icon icon-dots"),
            rx.el.span(texts.MORE),
            class_name="bar-link bar-link-here" if inside else "bar-link",
        ),
        rx.el.ul(
            *rows,
            rx.el.li(vision_button("sheet-link", icon("eye"))),
            rx.el.li(sign_out("sheet-link", icon("sign_out"))),
            class_name="sheet",
        ),
        class_name="more",
        custom_attrs={"data-sheet": ""},
    )


def sign_out(class_name: str, *before: rx.Component) -> rx.Component:
    """«Выйти» as a plain POST: it works when the socket does not."""
    return PostForm.create(
        rx.el.button(*before, rx.el.span(texts.SIGN_OUT), type="submit", class_name=class_name),
        custom_attrs={"method": "post", "action": routes.API_SESSION_END},
    )


def practice_band() -> rx.Component:
    """Over every page of a practice world, by the mark that cabinet.js sets: nothing here is real."""
    again = PostForm.create(
        rx.el.button(texts.PRACTICE_AGAIN, type="submit"),
        custom_attrs={"method": "post", "action": routes.API_PRACTICE},
    )
    leave = PostForm.create(
        rx.el.button(texts.PRACTICE_LEAVE, type="submit"),
        custom_attrs={"method": "post", "action": routes.API_PRACTICE_END},
    )
    return rx.el.aside(
        rx.el.div(rx.el.p(texts.PRACTICE_BAND), again, leave, class_name="bar-inner"),
        class_name="practice-band",
        aria_label=texts.PRACTICE_LABEL,
    )


def connection() -> rx.Component:
    """Our own words when the socket is not there.

    cabinet.js watches the socket and `data-errors`; `data-live` is "1" once the page's first data came, for tests.
    """
    words = {
        "error-prefix": texts.ERROR_PREFIX,
        "practice-prefix": texts.PRACTICE_PREFIX,
        "new-build": texts.NEW_BUILD,
        "reload": texts.RELOAD,
    }
    watched = {
        "data-connection": "",
        "data-live": rx.cond(rx.State.is_hydrated, "1", "0"),
        "data-errors": connection_errors_count.to_string(),
        **{f"data-{name}": value for name, value in words.items()},
    }
    notice = rx.el.div(
        icon("warn"),
        rx.el.span(texts.OFFLINE),
        rx.el.button(texts.RELOAD, type="button", custom_attrs={"data-reload": ""}),
        class_name="offline",
    )
    return rx.fragment(
        rx.el.noscript(texts.NO_SCRIPT, class_name="no-script"),
        rx.el.div(notice, role="status", class_name="connection", custom_attrs=watched),
    )


def footer() -> rx.Component:
    return rx.el.footer(
        rx.el.p(texts.FOOTER),
        vision_button("text-button"),
        rx.el.p(link(texts.EMERGENCY, href="tel:104")),
        class_name="foot",
    )
