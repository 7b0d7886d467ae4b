"""Requests for PINs as people send them."""

from typing import Any

from cabinet.domain.permissions import Actor
from cabinet.services import pin_requests, request_review
from cabinet.services.deps import Deps
from cabinet.services.documents import DocumentRow, Upload, attach_document
from cabinet.services.pin_requests import SendRequest, Sent
from tests.factories import ACCOUNT, pass_for
from tests.fakes import VISITOR, World

PHOTO = b"\xff\xd8\xff a photograph KANAREJKA-7f3a"
EMAIL, PHONE = "zoya@example.ru", "+79127451020"
FORM = {
    "number": ACCOUNT,
    "address": "Шаркан, Труда 117-9",
    "phone": "8 912 745-10-20",
    "email": "Zoya@example.ru",
    "kind": "passport",
}


def attach(
    world: World, actor: Actor, data: bytes = PHOTO, name: str = "скан.jpg", token: str = ""
) -> DocumentRow:
    """Upload a file."""
    return attach_document(world.deps, actor, Upload(name, data, token))


def send(world: World, actor: Actor | None = None, **changed: Any) -> Sent:
    """Send the form with a photograph; by default of a visitor who has passed the check."""
    actor = actor or Actor.anonymous(VISITOR)
    attach(world, actor)
    visitor = actor.user_id is None
    human = pass_for(world, actor.visitor, pin_requests.PURPOSE) if visitor else ""
    command = SendRequest.parse(FORM | changed, human, visitor=visitor)
    return pin_requests.send_request(world.deps, actor, command)


def approve(deps: Deps, actor: Actor, number: int) -> bool:
    """Claim a request, look at each of its documents and approve it, as an operator does."""
    look_at(deps, actor, number)
    return request_review.approve(deps, actor, number)


def look_at(deps: Deps, actor: Actor, number: int) -> None:
    """Claim a request and open each of its documents."""
    for document in request_review.claim(deps, actor, number).documents:
        request_review.open_document(deps, actor, number, int(document.id), 0)
