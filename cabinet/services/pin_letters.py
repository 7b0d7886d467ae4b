"""Requests for a PIN by letter: once per letter, out of the supplier's mailbox, answered by a letter.

From is whatever a sender likes to write there. So a letter opens nothing: it makes the same request as the page
does, the desk decides with four eyes unless the address is the owner's own, and the answer tells
nothing of the account and repeats nothing of the letter.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from cabinet.domain import documents as rules
from cabinet.domain import limits
from cabinet.domain.codes import digest, new_token
from cabinet.domain.documents import DocumentRefused, by_magic, format_of
from cabinet.domain.errors import InputError, NotFound, TooMany
from cabinet.domain.identity import Login
from cabinet.domain.period import local_day
from cabinet.domain.permissions import Actor
from cabinet.domain.pin_letters import Lack, PinLetter, find_card_date, understand
from cabinet.domain.pin_requests import (
    CardTooOld,
    DocumentKind,
    RequestOrigin,
    RequestStatus,
    check_card_date,
    moved,
    parse_card_date,
    parse_email,
)
from cabinet.domain.received_letters import (
    HEAD_BYTES,
    MOST_BYTES,
    Attached,
    Fault,
    LetterHead,
    ReceivedLetter,
    read_head,
    read_letter,
)
from cabinet.persistence.pin_letters import LetterOutcome
from cabinet.persistence.pin_letters import PinLetter as KnownLetter
from cabinet.persistence.pin_requests import PinRequest, RequestDocument
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import Mailbox, MailboxUnavailable, OpenMailbox
from cabinet.services import documents
from cabinet.services.deps import Deps
from cabinet.services.documents import LINK
from cabinet.services.notifications import queue_message
from cabinet.services.pin_requests import tell, token_of
from cabinet.texts import pin_letters as texts

_log = logging.getLogger(__name__)

RECENT: Final = timedelta(days=30)
"""Older letters are for people: their documents would not be kept any longer either."""
LEASE: Final = timedelta(minutes=5)
MOST_TRIES: Final = 3
MOST_OF_ROUND: Final = 50
"""New letters of one look, a minute apart: the worker has other work, too."""
_REMEMBERED: Final = timedelta(days=90)
_EVERYBODY: Final = "all"
_MOST_AUTHENTICATION: Final = 80
_LACKS: Final[dict[type[InputError], str]] = {
    rules.DocumentTooLarge: Lack.FILE_LARGE,
    rules.DocumentFormatUnknown: Lack.KIND,
    rules.DocumentFormatDiffers: Lack.KIND,
    rules.DocumentLocked: "locked",
    rules.DocumentTooLong: "long",
    rules.DocumentTooDetailed: "detailed",
    CardTooOld: "card",
}


class MailboxSupplierUnknown(NotFound):
    """Whom the mailbox's letters are for is not known."""

    code = "mailbox.supplier_unknown"


@dataclass(frozen=True, slots=True)
class _Round:
    """What one look at the mailbox shares."""

    deps: Deps
    folder: OpenMailbox
    mailbox: str
    supplier: Supplier


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A document that is kept, and not yet a request's."""

    name: str
    wrapped_key: bytes
    pages: int
    size: int


def read_letters(deps: Deps, stopping: Callable[[], bool] = lambda: False) -> int:
    """Look at every unread letter that was not looked at; how many were answered.

    A letter is begun, read, understood and cleaned outside any transaction; the request, its answer and the
    memory of the letter are one transaction; then the mailbox is told. A worker that is killed in
    between goes on where that transaction stands: never a second request, never a letter forgotten.

    Raises:
        MailboxUnavailable: the server does not answer; nothing is lost.
        MailboxSupplierUnknown: it is not said whose letters they are.
    """
    if deps.mailbox is None:
        return 0
    with deps.snapshot() as tx:
        supplier = find_supplier(tx, deps.mailbox)
    since = (deps.clock.now() - RECENT).date()
    answered = 0
    with deps.mailbox.open(stopping) as folder:
        name = hashlib.sha256(deps.mailbox.name.encode()).hexdigest()
        this = _Round(deps, folder, name, supplier)
        for uid, known in _waiting(this, folder.list_unread(since)):
            if stopping():
                break
            answered += _look(this, uid, known)
    return answered


def find_supplier(tx: UnitOfWork, mailbox: Mailbox) -> Supplier:
    """The supplier that the mailbox names, or the only one there is.

    Raises:
        MailboxSupplierUnknown: neither.
    """
    known = tx.suppliers.list_all()
    found = [x for x in known if x.code == mailbox.supplier] if mailbox.supplier else known
    if len(found) != 1:
        raise MailboxSupplierUnknown
    return found[0]


def forget_old(deps: Deps) -> None:
    """Delete the memory of letters that no mailbox lists any more."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        tx.pin_letters.forget_before(now - _REMEMBERED)
        for limit in (limits.LETTER_SENDER, limits.LETTER_ALL):
            tx.attempts.forget_before(limit, now)


def _waiting(this: _Round, uids: list[int]) -> list[tuple[int, KnownLetter | None]]:
    """Those that nobody has settled, and those that the mailbox has not been told of; so many in a round.

    New ones first: one that the server does not give, or lets nobody mark, holds no other.
    """
    if not uids:
        return []
    with this.deps.snapshot() as tx:
        settled = tx.pin_letters.list_settled(this.mailbox, this.folder.validity, min(uids))
        begun = tx.pin_letters.list_open(this.mailbox, this.folder.validity)
    now = this.deps.clock.now()
    listed = set(uids)
    new: list[tuple[int, KnownLetter | None]] = [
        (uid, None) for uid in uids if uid not in settled | begun.keys()
    ]
    again = [
        (uid, letter)
        for uid, letter in begun.items()
        if uid in listed and (letter.outcome != LetterOutcome.BEGUN or letter.due_at <= now)
    ]
    return [*new[:MOST_OF_ROUND], *again[:MOST_OF_ROUND]]


def _look(this: _Round, uid: int, known: KnownLetter | None) -> bool:
    """One letter; whether it was answered now."""
    if (
        known and known.outcome != LetterOutcome.BEGUN
    ):  # a worker was stopped before it could tell the mailbox
        _mark(this, known)
        return False
    with this.deps.transaction() as tx:
        begun = tx.pin_letters.begin(this.mailbox, this.folder.validity, uid, this.deps.clock.now(), LEASE)
    if begun is None:
        return False
    settled = _settle_safely(this, begun)
    _mark(this, settled)
    return settled.outcome in {LetterOutcome.TAKEN, LetterOutcome.LACKING}


def _settle_safely(this: _Round, known: KnownLetter) -> KnownLetter:
    """Settle the letter; one that always fails is left to people in the end."""
    if known.tries > MOST_TRIES:
        _log.error("letter %s of the mailbox failed %s times and is left unread", known.uid, MOST_TRIES)
        return _leave(this, known, LetterOutcome.FAILED)
    try:
        return _settle(this, known)
    except TooMany:
        with this.deps.transaction() as tx:
            tx.pin_letters.give_back(known)
        raise
    except (MailboxUnavailable, OSError):
        _postpone(this, known)
        raise
    except Exception:  # noqa: BLE001 - one letter must not hold the others
        _log.exception("letter %s of the mailbox could not be handled", known.uid)
        return known


def _settle(this: _Round, known: KnownLetter) -> KnownLetter:
    letter = _read(this, known.uid)
    sender = _sender(this, letter.head) if letter else None
    asked = understand(letter, this.supplier.account_pattern) if letter and sender else None
    if letter is None or sender is None or asked is None:
        return _leave(this, known, LetterOutcome.LEFT)
    if _is_copy(this, _fingerprint(this, letter)):
        return _leave(this, known, LetterOutcome.REPEATED)
    if not _may_answer(this, sender, asked):
        return _leave(this, known, LetterOutcome.LEFT)
    return _answer(this, known, letter, sender, _counted(this, asked))


def _read(this: _Round, uid: int) -> ReceivedLetter | None:
    """The letter; of one that is too large, only its head crosses the network."""
    size = this.folder.size(uid)
    if size is None:
        return None
    if size > MOST_BYTES:
        head = this.folder.read(uid, HEAD_BYTES)
        return None if head is None else ReceivedLetter(read_head(head), "", (), frozenset({Fault.LARGE}))
    raw = this.folder.read(uid, MOST_BYTES + 1)
    return None if raw is None else read_letter(raw)


def _sender(this: _Round, head: LetterHead) -> Login | None:
    """Whom to answer; nobody when a machine wrote, or we ourselves."""
    if head.automatic:
        return None
    try:
        sender = parse_email(head.sender)
    except InputError:
        return None
    own = (this.deps.mailbox.name if this.deps.mailbox else "").lower()
    ours = own.startswith(f"{sender.value}@") or sender.value == this.supplier.desk_email.lower()
    return None if ours else sender


def _fingerprint(this: _Round, letter: ReceivedLetter) -> str:
    """Of the sender and the Message-ID; of all that it says, when it has none."""
    head = letter.head
    parts = [head.message_id] if head.message_id else [letter.said]
    parts += [] if head.message_id else [hashlib.sha256(file.content).hexdigest() for file in letter.files]
    said = "\0".join([this.mailbox, head.sender.casefold(), *parts])
    return digest(this.deps.secret_key, "pin_letter", said)


def _is_copy(this: _Round, fingerprint: str) -> bool:
    with this.deps.snapshot() as tx:
        return tx.pin_letters.find_by_fingerprint(fingerprint) is not None


def _may_answer(this: _Round, sender: Login, asked: PinLetter) -> bool:
    """Count the answer before it is made; a sender who writes too often is left to people, and closes nothing to others.

    Raises:
        TooMany: the portal has answered too many letters in an hour; the rest wait.
    """
    now = this.deps.clock.now()
    with this.deps.transaction() as tx:
        try:
            tx.attempts.reserve(limits.LETTER_SENDER, sender.value, now)
            if not asked.lacks:
                tx.attempts.reserve(limits.PIN_REQUEST_EMAIL, sender.value, now)
        except TooMany as closed:
            _log.warning("a letter is left unread: the limit %s is reached", closed.facts["bucket"])
            return False
        tx.attempts.reserve(limits.LETTER_ALL, _EVERYBODY, now)
    return True


def _counted(this: _Round, asked: PinLetter) -> PinLetter:
    """A whole request counts for its account; whom others have closed it to is told so."""
    if asked.lacks:
        return asked
    try:
        with this.deps.transaction() as tx:
            account = f"{this.supplier.id}:{asked.account}"
            tx.attempts.reserve(limits.PIN_REQUEST_ACCOUNT, account, this.deps.clock.now())
    except TooMany:
        return replace(asked, lacks=(Lack.OFTEN,))
    return asked


def _answer(
    this: _Round, known: KnownLetter, letter: ReceivedLetter, sender: Login, asked: PinLetter
) -> KnownLetter:
    """The request with its documents, or what it lacks; either with its answer, once."""
    draft = _draft(this, letter, sender, asked)
    lacks, sealed = _documents(this, draft, asked)
    words = texts.lacks(list(dict.fromkeys(lacks)))
    outcome = LetterOutcome.LACKING if lacks else LetterOutcome.TAKEN
    try:
        with this.deps.transaction() as tx:
            settled = _begin_answer(this, tx, known, letter, outcome)
            if lacks:
                queue_message(this.deps, tx, sender, "pin_letter_lacks", lacks=words)
            else:
                settled.request_id = _store(this, tx, draft, sealed)
            return settled
    except BaseException as exc:
        documents.shred(this.deps, [one.name for one in sealed])
        if isinstance(exc, _Overtaken):
            return _leave(this, known, LetterOutcome.REPEATED)
        raise


def _begin_answer(
    this: _Round, tx: UnitOfWork, known: KnownLetter, letter: ReceivedLetter, outcome: LetterOutcome
) -> KnownLetter:
    settled = tx.pin_letters.get(known.id)
    if not tx.pin_letters.settle(settled, outcome, _fingerprint(this, letter)):
        raise _Overtaken
    return settled


def _documents(this: _Round, draft: PinRequest, asked: PinLetter) -> tuple[list[str], list[_Sealed]]:
    """What the letter lacks, or its documents, sealed."""
    if asked.lacks:
        return list(asked.lacks), []
    try:
        if draft.card_issued_on:
            check_card_date(draft.card_issued_on, local_day(this.deps.clock.now(), this.supplier.timezone))
        return [], _seal(this, draft.name, asked.files)
    except (DocumentRefused, CardTooOld) as refusal:
        return [_LACKS.get(type(refusal), "broken")], []


class _Overtaken(Exception):
    """Another worker has settled the letter."""


def _card_date(asked: PinLetter, text: str) -> date | None:
    if asked.document is not DocumentKind.HOUSEHOLD_CARD:
        return None
    try:
        return parse_card_date(find_card_date(text))
    except InputError:
        return None


def _seal(this: _Round, request: str, files: tuple[Attached, ...]) -> list[_Sealed]:
    """Clean the files and keep them sealed, all or none.

    Raises:
        DocumentRefused: one of them is not taken.
    """
    sealed: list[_Sealed] = []
    try:
        for file in files:
            pages = this.deps.cleaner.clean(file.content, format_of(_named(file), file.content))
            name = new_token()
            wrapped = this.deps.vault.seal(name, request, pages)
            sealed.append(_Sealed(name, wrapped, len(pages), sum(map(len, pages))))
    except BaseException:
        documents.shred(this.deps, [one.name for one in sealed])
        raise
    return sealed


def _named(file: Attached) -> str:
    """Its name, or one by its bytes where mailers gave none that promises anything."""
    extension = file.name.rpartition(".")[2].lower()
    kind = by_magic(file.content)
    return file.name if extension in rules.EXTENSIONS or kind is None else f"scan.{kind.value}"


def _draft(this: _Round, letter: ReceivedLetter, sender: Login, asked: PinLetter) -> PinRequest:
    now = this.deps.clock.now()
    return PinRequest(
        name=new_token(),
        status=RequestStatus.DRAFT,
        device="",
        supplier_id=this.supplier.id,
        number=asked.account,
        claimed_address=asked.address,
        phone=asked.phone,
        email=sender.value,
        document_kind=asked.document or "",
        card_issued_on=_card_date(asked, letter.said),
        consent_version=RequestOrigin.LETTER,
        origin=RequestOrigin.LETTER,
        authentication=_believed(this, letter.head)[:_MOST_AUTHENTICATION],
        created_at=now,
        sent_at=now,
        waiting_since=now,
    )


def _believed(this: _Round, head: LetterHead) -> str:
    """What the mailbox's own server has found out about the sender; whatever else is written there the sender may have."""
    own = this.deps.mailbox.authenticator if this.deps.mailbox else ""
    return head.authentication if own and own.casefold() == head.authenticator else ""


def _store(this: _Round, tx: UnitOfWork, request: PinRequest, sealed: list[_Sealed]) -> int | None:
    """The request is received, with its documents, its answer and the audit of both; its id."""
    now = this.deps.clock.now()
    request.status = moved(RequestStatus(request.status), RequestStatus.RECEIVED)
    request.token_digest = digest(this.deps.secret_key, LINK, token_of(this.deps, request))
    tx.pin_requests.add(request)
    tell(this.deps, tx, request, "pin_request_received")
    tx.audit.record(Actor.system(), now, "pin_request.sent", request.id, origin=RequestOrigin.LETTER.value)
    for one in sealed:
        tx.documents.add(
            RequestDocument(
                request_id=request.id or 0,
                name=one.name,
                wrapped_key=one.wrapped_key,
                pages=one.pages,
                size=one.size,
                added_at=now,
            )
        )
        tx.audit.record(Actor.system(), now, "document.added", request.id, pages=one.pages)
    return request.id


def _leave(this: _Round, known: KnownLetter, outcome: LetterOutcome) -> KnownLetter:
    """Remember that there is nothing more to do; a letter that people are to read is not touched."""
    with this.deps.transaction() as tx:
        settled = tx.pin_letters.get(known.id)
        if settled.outcome == LetterOutcome.BEGUN:
            settled.outcome, settled.marked = outcome, outcome != LetterOutcome.REPEATED
        return settled


def _postpone(this: _Round, known: KnownLetter) -> None:
    """The letter was not the reason: it may be begun again at once, and the try does not count."""
    with this.deps.transaction() as tx:
        kept = tx.pin_letters.get(known.id)
        kept.due_at, kept.tries = this.deps.clock.now(), kept.tries - 1


def _mark(this: _Round, known: KnownLetter) -> None:
    """Tell the mailbox: answered; and read, unless people should look at what was missing."""
    if known.marked or known.outcome == LetterOutcome.BEGUN:
        return
    this.folder.mark(known.uid, read=known.outcome != LetterOutcome.LACKING)
    with this.deps.transaction() as tx:
        tx.pin_letters.get(known.id).marked = True
