"""Documents of requests: taken from the upload, kept sealed, deleted in time. They are never in a backup."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cabinet.domain import limits
from cabinet.domain.codes import digest, new_token
from cabinet.domain.documents import MOST_FILES, DocumentsTooMany, format_of
from cabinet.domain.errors import NotFound
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.permissions import PUBLIC, Actor
from cabinet.domain.pin_requests import DRAFT, KEPT, UPLOADABLE, RequestMoved, RequestStatus
from cabinet.persistence.pin_requests import PinRequest, RequestDocument
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.texts import pin_requests as texts

LINK: Final = "pin_request"
_ORPHAN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as its sender sees it; `id` is of use to nobody else."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and the name it came under; `token` is of the link of a request that waits for another document."""

    name: str
    data: bytes
    token: str = ""


def attach_document(deps: Deps, actor: Actor, upload: Upload) -> DocumentRow:
    """Clean a file and keep it sealed, for the form that is being filled in or the request of a link.

    Raises:
        DocumentRefused: one of its kinds: what is wrong with the file.
        DocumentsTooMany: three are there.
        BrowserUnknown: a visitor without a device cookie.
        NotFound, RequestMoved: the link's request is unknown, or waits for no document.
        TooMany: too many files from this browser or address.
    """
    with deps.transaction() as tx:
        _count(deps, tx, actor)
        request = _request(deps, tx, actor, upload.token)
        request_id, bound = request.id or 0, request.name
        _refuse_more(tx, request_id)
    kind = format_of(upload.name, upload.data)
    pages = deps.cleaner.clean(upload.data, kind)
    name = new_token()
    wrapped = deps.vault.seal(name, bound, pages)
    document = RequestDocument(
        request_id=request_id,
        name=name,
        wrapped_key=wrapped,
        pages=len(pages),
        size=sum(map(len, pages)),
        added_at=deps.clock.now(),
    )
    try:
        _keep(deps, actor, upload.token, document)
    except BaseException:
        deps.vault.shred(name)
        raise
    return row_of(document)


def _keep(deps: Deps, actor: Actor, token: str, document: RequestDocument) -> None:
    """Store the key, unless the request has gone on while the file was cleaned."""
    with deps.transaction() as tx:
        if _request(deps, tx, actor, token).id != document.request_id:
            raise RequestMoved
        _refuse_more(tx, document.request_id)
        tx.documents.add(document)
        tx.audit.record(actor, document.added_at, "document.added", document.request_id, pages=document.pages)


def _count(deps: Deps, tx: UnitOfWork, actor: Actor) -> None:
    actor.require(PUBLIC)
    if actor.user_id is None and not actor.visitor.device:
        raise BrowserUnknown
    now = deps.clock.now()
    tx.attempts.reserve(limits.UPLOAD_ADDRESS, actor.visitor.network, now)
    tx.attempts.reserve(limits.UPLOAD_DEVICE, actor.user_id or actor.visitor.device, now)


def _request(deps: Deps, tx: UnitOfWork, actor: Actor, token: str) -> PinRequest:
    """The request of the link, or the draft, which the first file begins."""
    if token:
        found = tx.pin_requests.get_by_token(digest(deps.secret_key, LINK, token), lock=True)
        if found.status not in UPLOADABLE:
            raise RequestMoved
        return found
    return tx.pin_requests.find_draft(actor, lock=True) or tx.pin_requests.add(
        PinRequest(
            name=new_token(),
            status=RequestStatus.DRAFT,
            user_id=actor.user_id,
            device=actor.visitor.device,
            created_at=deps.clock.now(),
        )
    )


def _refuse_more(tx: UnitOfWork, request_id: int) -> None:
    if len(tx.documents.list_of(request_id)) >= MOST_FILES:
        raise DocumentsTooMany


def list_attached(deps: Deps, actor: Actor, token: str = "") -> list[DocumentRow]:
    """The files of the form that is being filled in, or of the request of a link."""
    actor.require(PUBLIC)
    with deps.snapshot() as tx:
        request = _find(deps, tx, actor, token)
        return [row_of(x) for x in tx.documents.list_of(request.id)] if request else []


def detach_document(deps: Deps, actor: Actor, document_id: str, token: str = "") -> list[DocumentRow]:
    """Take a file away again, for good; those that are left.

    Raises:
        NotFound: it is not there, or another's.
    """
    actor.require(PUBLIC)
    with deps.transaction() as tx:
        request = _find(deps, tx, actor, token, lock=True)
        documents = tx.documents.list_of(request.id) if request else []
        found = [x for x in documents if str(x.id) == document_id]
        if not found or not request or request.status not in UPLOADABLE:
            raise NotFound
        names = tx.documents.forget(found)
        tx.audit.record(actor, deps.clock.now(), "document.deleted", request.id, documents=1)
        left = [row_of(x) for x in documents if x not in found]
    shred(deps, names)
    return left


def _find(deps: Deps, tx: UnitOfWork, actor: Actor, token: str, *, lock: bool = False) -> PinRequest | None:
    if token:
        return tx.pin_requests.get_by_token(digest(deps.secret_key, LINK, token), lock=lock)
    return tx.pin_requests.find_draft(actor, lock=lock) if actor.user_id or actor.visitor.device else None


def row_of(document: RequestDocument) -> DocumentRow:
    """As its sender sees it."""
    return DocumentRow(str(document.id), texts.pages(document.pages))


def forget_documents(deps: Deps, tx: UnitOfWork, actor: Actor, request: PinRequest) -> list[str]:
    """Delete the keys of a request's documents in the transaction of its decision; names for `shred` after it."""
    names = tx.documents.forget(tx.documents.list_of(request.id))
    if names:
        now = deps.clock.now()
        tx.audit.record(actor, now, "document.deleted", request.id, documents=len(names))
    return names


def shred(deps: Deps, names: list[str]) -> None:
    """Delete files whose keys are gone; what a crash leaves here the next sweep finds."""
    for name in names:
        deps.vault.shred(name)


def sweep_documents(deps: Deps) -> int:
    """Delete what has been kept too long, and files that no key opens; how many of both.

    At most 30 days for any document, nothing after a decision, a day for a form that nobody sent.
    """
    now = deps.clock.now()
    with deps.transaction() as tx:
        overdue = tx.documents.list_overdue(now - KEPT, now - DRAFT)
        for request_id in sorted({x.request_id for x in overdue}):
            count = sum(x.request_id == request_id for x in overdue)
            tx.audit.record(Actor.system(), now, "document.deleted", request_id, documents=count)
        names = tx.documents.forget(overdue)
        tx.pin_requests.forget_drafts(now - DRAFT)
        for limit in (limits.UPLOAD_ADDRESS, limits.UPLOAD_DEVICE):
            tx.attempts.forget_before(limit, now)
    written = deps.vault.list_before(now - _ORPHAN)
    with deps.snapshot() as tx:
        orphans = sorted(set(written) - tx.documents.known(written) - set(names))
    shred(deps, names + orphans)
    return len(names) + len(orphans)
