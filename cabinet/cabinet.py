"""The Reflex entry: the app, its pages, the gate before its events, the plain routes beside it."""

from functools import partial

import reflex as rx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount

from cabinet import container
from cabinet.api import (
    data_export,
    demo,
    desk,
    documents,
    health,
    human,
    practice,
    reminders,
    requests,
    session,
    webhooks,
)
from cabinet.api.demo import DemoSide
from cabinet.api.requests import Caller
from cabinet.domain import cookies
from cabinet.services import health as health_service
from cabinet.services import payments
from cabinet.settings import Environment
from cabinet.ui import layout, pages
from cabinet.ui.crash import backend_fault, error_boundary, frontend_fault
from cabinet.ui.session import Gate
from cabinet.ui.sockets import guard


def plain_routes() -> list[BaseRoute]:
    """Every plain HTTP address; the demo's only with the demo's adapters."""
    deps, settings = container.current(), container.settings()
    caller = Caller(deps, settings.https, settings.origins, settings.trusted_proxies)
    asking = practice.asking(container.practice_worlds(), caller)
    routes: list[BaseRoute] = [
        *health.routes(lambda: health_service.check(deps)),
        *session.routes(deps, caller),
        *desk.routes(caller, asking),
        *data_export.routes(caller, asking),
        *human.routes(asking),
        *reminders.routes(asking),
        *documents.routes(caller, asking),
    ]
    notices = container.mail_notices()
    if notices is not None:
        routes += webhooks.resend_routes(deps, notices)
    side_of = partial(_side_of, caller, _own_side())
    routes += [*demo.bank_routes(side_of, settings.origins), *demo.inbox_routes(side_of)]
    routes += practice.routes(container.practice_worlds(), caller)
    # Last: an address or a method that none of these has.
    return [*routes, Mount("/api", requests.refusal(404, "http.unknown"))]


def _own_side() -> DemoSide:
    """The portal's own demo bank and inbox; nothing where the adapters are real."""
    deps, settings = container.current(), container.settings()
    demonstrates = settings.env is not Environment.PRODUCTION
    outbox = settings.data_dir / "outbox" if demonstrates else None
    return DemoSide(container.demo_bank(), lambda payment: payments.settle(deps, payment), lambda: outbox)


def _side_of(caller: Caller, own: DemoSide, request: Request) -> DemoSide:
    """The bank and the inbox of the world that a request means.

    Raises:
        PracticeOver: it is gone.
    """
    token = caller.cookie(request, cookies.PRACTICE)
    if not token:
        return own
    world, _ = container.practice_worlds().visit(token, caller.visitor(request))
    return DemoSide(
        world.bank,
        lambda payment: payments.settle(world.deps, payment),
        world.open_mailbox,
        lambda: practice.way_back(request, caller, world),
        practice=True,
    )


pages.load()
app = rx.App(
    html_lang="ru",
    head_components=layout.head(),
    stylesheets=layout.STYLESHEETS,
    toaster=None,
    reset_style=False,
    api_transformer=Starlette(
        routes=plain_routes(),
        exception_handlers={Exception: requests.unexpected},
    ),
    app_wraps={(55, "ErrorBoundary"): error_boundary},
    backend_exception_handler=backend_fault,
    frontend_exception_handler=frontend_fault,
)
app.add_middleware(Gate(), index=0)
guard(app)
