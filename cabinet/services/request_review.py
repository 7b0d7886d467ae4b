"""The desk's side of requests for a PIN: the queue, the claim, the document, the decision. All of it is audited.

An operator sees the requests to the own supplier only, opens documents of requests that are claimed, and
never sees the PIN: it goes to the address that the request gave.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from cabinet.domain.errors import NotFound
from cabinet.domain.identity import Login, LoginKind, spaced_number
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.pin_requests import (
    CLAIM,
    QUEUE,
    DocumentKind,
    DocumentReason,
    Match,
    RejectReason,
    RequestAccountUnknown,
    RequestClaimed,
    RequestDocumentGone,
    RequestDocumentUnseen,
    RequestMoved,
    RequestOrigin,
    RequestSecondLook,
    RequestStatus,
    compare_address,
    compare_login,
    moved,
)
from cabinet.domain.pins import new_pin
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.pin_requests import PinRequest
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import documents
from cabinet.services.access_pins import replace_pin
from cabinet.services.deps import Deps, hashing
from cabinet.services.notifications import queue_message
from cabinet.services.pin_requests import tell
from cabinet.texts import dates
from cabinet.texts import desk_requests as words
from cabinet.texts import pin_requests as texts

_MOST: Final = 200
_VIEWED: Final = "document.viewed"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A request in the queue.

    Attributes:
        waited: seconds for which it has waited; `waits`, that in words.
        claimed: whether somebody looks at it now; `mine`, whether it is the operator who asks.
        second: it has been approved once and needs another operator.
        letter: it came by a letter.
    """

    id: str
    title: str
    account: str
    kind: str
    waited: int
    waits: str
    claimed: bool
    mine: bool
    second: bool
    letter: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim beside the register: `match` is same, differs or unknown; `name` is account, address, phone or email."""

    name: str
    claimed: str
    known: str
    match: str


@dataclass(frozen=True, slots=True)
class ReviewDocument:
    """A document to open: `open_document(request, id, page)`, pages from 0."""

    id: str
    pages: int


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A claimed request: what it claims and how that compares.

    Attributes:
        owner: the register's name, to be compared with the document's; "" when it has none.
        card: the day on which a household card was issued, or that nobody has said it; "" for other documents.
        since: when it began to wait, in the supplier's zone; `until`, when the claim runs out.
        second: another operator must approve, too: the telephone or the address is not the register's, or the
            request came by a letter, whose sender is whoever the letter says, and not from the owner's own address.
        why: of a request that two must decide, the words of why and who.
        letter: it came by a letter; `sender` says from whom, `authentication` what the supplier's mail server found out
            about it, a hint.
    """

    id: str = ""
    title: str = ""
    kind: str = ""
    card: str = ""
    owner: str = ""
    since: str = ""
    until: str = ""
    second: bool = False
    why: str = ""
    letter: bool = False
    sender: str = ""
    authentication: str = ""
    marks: list[Mark] = field(default_factory=list)
    documents: list[ReviewDocument] = field(default_factory=list)


def list_requests(deps: Deps, actor: Actor) -> list[QueueRow]:
    """What waits for the operator's supplier, oldest first; at most 200."""
    actor.require(Permission.REQUEST_REVIEW)
    now = deps.clock.now()
    with deps.snapshot() as tx:
        return [_queue_row(x, actor, now) for x in tx.pin_requests.list_queue(actor, _MOST)]


def _queue_row(request: PinRequest, actor: Actor, now: datetime) -> QueueRow:
    claimed = _claimed(request, now)
    waited = max(0, int((now - (request.waiting_since or now)).total_seconds()))
    return QueueRow(
        id=str(request.id),
        title=texts.number(request.id or 0),
        account=spaced_number(request.number),
        kind=texts.kind_name(request.document_kind),
        waited=waited,
        waits=words.waits(waited),
        claimed=claimed,
        mine=claimed and request.claimed_by == actor.user_id,
        second=request.approved_by is not None,
        letter=request.origin == RequestOrigin.LETTER,
    )


def _claimed(request: PinRequest, now: datetime) -> bool:
    return request.claimed_until is not None and request.claimed_until > now


def claim(deps: Deps, actor: Actor, request_id: int) -> ReviewRow:
    """Take a request for fifteen minutes, or longer if it is the operator's own already; what they held goes back.

    Raises:
        NotFound: none to the operator's supplier.
        RequestClaimed: a colleague has it.
        RequestMoved: it is decided.
    """
    actor.require(Permission.REQUEST_REVIEW)
    now = deps.clock.now()
    with deps.transaction() as tx:
        request = tx.pin_requests.get_for(actor, request_id, lock=True)
        if request.status not in QUEUE:
            raise RequestMoved
        if _claimed(request, now) and request.claimed_by != actor.user_id:
            raise RequestClaimed
        for other in tx.pin_requests.list_claimed(actor, now):
            if other.id != request.id:
                _release(deps, tx, actor, other)
        request.status = moved(RequestStatus(request.status), RequestStatus.IN_REVIEW)
        request.claimed_by, request.claimed_until = actor.user, now + CLAIM
        _record(deps, tx, actor, "pin_request.claimed", request)
        return _review_row(tx, request, _account(tx, request))


def release(deps: Deps, actor: Actor, request_id: int) -> None:
    """Put a claimed request back into the queue.

    Raises:
        NotFound, RequestClaimed: it is not the operator's.
    """
    actor.require(Permission.REQUEST_REVIEW)
    with deps.transaction() as tx:
        _release(deps, tx, actor, _own(deps, tx, actor, request_id))


def _release(deps: Deps, tx: UnitOfWork, actor: Actor, request: PinRequest) -> None:
    request.status = moved(RequestStatus(request.status), RequestStatus.RECEIVED)
    _let_go(request)
    _record(deps, tx, actor, "pin_request.released", request)


def open_document(deps: Deps, actor: Actor, request_id: int, document_id: int, page: int) -> bytes:
    """One page of a document of a request that the operator has claimed, as JPEG; after its audit row.

    A page that does not open is not in the audit as seen.

    Raises:
        NotFound: no such page of a request to the operator's supplier.
        RequestClaimed: it is not claimed by this operator.
        DocumentUnreadable: deleted meanwhile.
    """
    actor.require(Permission.REQUEST_REVIEW)
    with deps.snapshot() as tx:
        request = _own(deps, tx, actor, request_id, lock=False)
        found = next((x for x in tx.documents.list_of(request.id) if x.id == document_id), None)
        if found is None or not 0 <= page < found.pages:
            raise NotFound
    picture = deps.vault.open(found.name, request.name, found.wrapped_key)[page]
    with deps.transaction() as tx:
        request = _own(deps, tx, actor, request_id)
        _record(deps, tx, actor, _VIEWED, request, document=document_id, page=page)
    return picture


@hashing
def approve(deps: Deps, actor: Actor, request_id: int) -> bool:
    """Issue the PIN and send it; False when a second operator must approve, too.

    The former PIN is revoked, the account's owners are told, the documents are deleted at once.

    Raises:
        NotFound, RequestClaimed: it is not the operator's.
        RequestAccountUnknown: there is no such account.
        RequestDocumentGone: it has waited for so long that its documents are deleted.
        RequestDocumentUnseen: this operator has not opened each of them.
        RequestSecondLook: this operator has approved it before.
        Denied: the second approval needs a senior operator.
    """
    actor.require(Permission.REQUEST_REVIEW)
    pin = new_pin()
    hashed = deps.passwords.hash_plain(pin)
    with deps.transaction() as tx:
        request = _own(deps, tx, actor, request_id)
        account = _account(tx, request)
        if account is None:
            raise RequestAccountUnknown
        _check_seen(tx, actor, request, account)
        if _needs_second(tx, request, account) and not _seconded(deps, tx, actor, request):
            return False
        _send(deps, tx, request, pin)
        replace_pin(deps, tx, account, hashed)
        names = _decide(deps, tx, actor, request, RequestStatus.SENT)
        _record(deps, tx, actor, "pin_request.approved", request)
    documents.shred(deps, names)
    return True


def _check_seen(tx: UnitOfWork, actor: Actor, request: PinRequest, account: CustomerAccount) -> None:
    """The audit itself is what counts: who approves has opened every document, whatever their page showed."""
    kept = tx.documents.list_of(request.id)
    if not kept:
        raise RequestDocumentGone
    views = tx.audit.list_about(actor, _VIEWED, request.id, account.id)
    # SQLite gives the number of a deleted document to the next one.
    seen = [x for x in kept if any(v.details["document"] == x.id and v.at >= x.added_at for v in views)]
    if seen != kept:
        raise RequestDocumentUnseen


def _seconded(deps: Deps, tx: UnitOfWork, actor: Actor, request: PinRequest) -> bool:
    """Whether this approval is the second one; the first is remembered and the request goes back."""
    if request.approved_by is None:
        request.approved_by = actor.user
        request.status = moved(RequestStatus(request.status), RequestStatus.RECEIVED)
        _let_go(request)
        _record(deps, tx, actor, "pin_request.approved_once", request)
        return False
    if request.approved_by == actor.user_id:
        raise RequestSecondLook
    actor.require(Permission.REQUEST_CONFIRM)
    return True


def _send(deps: Deps, tx: UnitOfWork, request: PinRequest, pin: str) -> None:
    number = spaced_number(request.number)
    email = Login(LoginKind.EMAIL, request.email)
    queue_message(deps, tx, email, "access_pin", supplier_id=request.supplier_id, pin=pin, account=number)


def ask_other_document(deps: Deps, actor: Actor, request_id: int, reason: DocumentReason) -> None:
    """Ask for another document; those that are there are deleted at once.

    Raises:
        NotFound, RequestClaimed: it is not the operator's.
    """
    _turn_down(deps, actor, request_id, RequestStatus.DOCUMENT_NEEDED, reason)


def reject(deps: Deps, actor: Actor, request_id: int, reason: RejectReason) -> None:
    """End a request without a PIN; its documents are deleted at once.

    Raises:
        NotFound, RequestClaimed: it is not the operator's.
    """
    _turn_down(deps, actor, request_id, RequestStatus.REJECTED, reason)


def _turn_down(
    deps: Deps, actor: Actor, request_id: int, to: RequestStatus, reason: DocumentReason | RejectReason
) -> None:
    actor.require(Permission.REQUEST_REVIEW)
    with deps.transaction() as tx:
        request = _own(deps, tx, actor, request_id)
        names = _decide(deps, tx, actor, request, to)
        request.reason = reason
        told = texts.status(to, reason, "")[2]
        tell(deps, tx, request, f"pin_request_{to.value}", reason=told)
        _record(deps, tx, actor, f"pin_request.{to.value}", request, reason=reason.value)
    documents.shred(deps, names)


def _decide(deps: Deps, tx: UnitOfWork, actor: Actor, request: PinRequest, to: RequestStatus) -> list[str]:
    request.status = moved(RequestStatus(request.status), to)
    request.decided_at = deps.clock.now()
    _let_go(request)
    return documents.forget_documents(deps, tx, actor, request)


def _let_go(request: PinRequest) -> None:
    request.claimed_by = request.claimed_until = None


def _own(deps: Deps, tx: UnitOfWork, actor: Actor, request_id: int, *, lock: bool = True) -> PinRequest:
    """A request that this operator has claimed."""
    request = tx.pin_requests.get_for(actor, request_id, lock=lock)
    if request.status != RequestStatus.IN_REVIEW:
        raise RequestMoved
    if not _claimed(request, deps.clock.now()) or request.claimed_by != actor.user_id:
        raise RequestClaimed
    return request


def _record(
    deps: Deps, tx: UnitOfWork, actor: Actor, action: str, request: PinRequest, **details: str | int
) -> None:
    """Whatever is done with a request is found by its account, too."""
    account = _account(tx, request)
    account_id = account.id if account else None
    tx.audit.record(actor, deps.clock.now(), action, request.id, account_id=account_id, **details)


def _account(tx: UnitOfWork, request: PinRequest) -> CustomerAccount | None:
    return tx.customer_accounts.find_by_number(request.supplier_id or 0, request.number)


def _review_row(tx: UnitOfWork, request: PinRequest, account: CustomerAccount | None) -> ReviewRow:
    zone = ZoneInfo(tx.suppliers.get(request.supplier_id or 0).timezone)
    since, until = request.waiting_since, request.claimed_until
    claimed = {x.name: x for x in _marks(tx, request, account)}
    reasons = _second_reasons(request, claimed)
    by_letter = request.origin == RequestOrigin.LETTER
    own = claimed["email"].match == Match.SAME
    return ReviewRow(
        id=str(request.id),
        title=texts.number(request.id or 0),
        kind=texts.kind_name(request.document_kind),
        card=_card(request),
        owner=account.owner if account else "",
        since=dates.moment(since.astimezone(zone)) if since else "",
        until=f"{until.astimezone(zone):%H:%M}" if until else "",
        second=bool(reasons),
        why=words.two_decide(reasons, approved=request.approved_by is not None) if reasons else "",
        letter=by_letter,
        sender=words.sender(claimed["email"].claimed, own=own) if by_letter else "",
        authentication=words.authentication(request.authentication) if by_letter else "",
        marks=list(claimed.values()),
        documents=[ReviewDocument(str(x.id), x.pages) for x in tx.documents.list_of(request.id)],
    )


def _card(request: PinRequest) -> str:
    if request.card_issued_on:
        return dates.day_year(request.card_issued_on)
    return words.CARD_UNSAID if request.document_kind == DocumentKind.HOUSEHOLD_CARD else ""


def _needs_second(tx: UnitOfWork, request: PinRequest, account: CustomerAccount | None) -> bool:
    return bool(_second_reasons(request, {x.name: x for x in _marks(tx, request, account)}))


def _second_reasons(request: PinRequest, marks: dict[str, Mark]) -> list[str]:
    """Why two operators must decide: letter, phone, email, email_unknown, nothing_known; nothing when one is enough.

    Who knows the owner's telephone only is not known by it: the PIN goes to the address. Where nobody has linked the
    account yet there is neither, and the address of the house is all that the document and the register share.
    """
    reasons = [name for name in ("phone", "email") if marks[name].match == Match.DIFFERS]
    known = (marks["phone"].match, marks["email"].match)
    if known == (Match.SAME, Match.UNKNOWN):
        reasons.append("email_unknown")
    if known == (Match.UNKNOWN, Match.UNKNOWN) and marks["address"].match != Match.SAME:
        reasons.append("nothing_known")
    if request.origin == RequestOrigin.LETTER and marks["email"].match != Match.SAME:
        return ["letter", *reasons]
    return reasons


def _marks(tx: UnitOfWork, request: PinRequest, account: CustomerAccount | None) -> list[Mark]:
    """The four claims; the register has no telephones: those of whoever has linked the account are compared."""
    owners = tx.customer_accounts.list_owners(account.id or 0) if account else []
    logins = [tx.users.get(x).as_login for x in owners]
    address = account.address if account else ""
    parts = (account.locality, account.street, account.house, account.flat) if account else ()
    phone, email = Login(LoginKind.PHONE, request.phone), Login(LoginKind.EMAIL, request.email)
    number = spaced_number(request.number)
    return [
        Mark("account", number, number if account else "", Match.SAME if account else Match.DIFFERS),
        Mark("address", request.claimed_address, address, compare_address(request.claimed_address, *parts)),
        *(_login_mark(claimed, [x for x in logins if x.kind is claimed.kind]) for claimed in (phone, email)),
    ]


def _login_mark(claimed: Login, known: list[Login]) -> Mark:
    shown = ", ".join(x.shown for x in known)
    return Mark(claimed.kind, claimed.shown, shown, compare_login(claimed.value, [x.value for x in known]))
