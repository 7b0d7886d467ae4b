"""What a plain HTTP request says of its sender."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

from cabinet.api.socket_gate import client_address
from cabinet.domain import cookies
from cabinet.domain.permissions import Visitor
from cabinet.services import sessions
from cabinet.services.deps import Deps


@dataclass(frozen=True, slots=True)
class Caller:
    """How to read a request.

    Attributes:
        https: whether cookies carry the `__Host-` prefix.
        origins: our own origins, from which forms may be posted.
        trusted_proxies: hops whose forwarded address is believed.
    """

    deps: Deps
    https: bool
    origins: Collection[str]
    trusted_proxies: int

    def cookie(self, request: Request, noun: str) -> str:
        """A cookie of ours; "" without it."""
        return request.cookies.get(cookies.cookie_name(noun, https=self.https), "")

    def visitor(self, request: Request) -> Visitor:
        """The browser that asks."""
        return sessions.make_visitor(
            self.deps,
            self.cookie(request, cookies.DEVICE),
            client_address(request.scope, self.trusted_proxies),
            request.headers.get("user-agent", ""),
        )


def same_origin(request: Request, origins: Collection[str]) -> bool:
    """Whether a form was posted by a page of ours (Fetch standard: POST carries `Origin`)."""
    return request.headers.get("origin", "") in origins
