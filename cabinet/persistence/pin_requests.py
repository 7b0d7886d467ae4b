"""Requests for PINs and the keys of their documents. Deleting a document's row shreds it: nothing else opens the file."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import LargeBinary, case, delete, event, func, or_, update
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from cabinet.domain.errors import NotFound
from cabinet.domain.permissions import Actor
from cabinet.domain.pin_requests import OVER, QUEUE, UPLOADABLE, RequestOrigin, RequestStatus
from cabinet.persistence.types import instant, key, refers

_WRITTEN: Final = "suppliers whose requests were written"


class PinRequest(SQLModel, table=True):
    """Заявка на пин-код.

    Attributes:
        name: random; what its documents are bound to.
        device: the browser of a draft; nothing else is known of a visitor.
        token_digest: of the link in the letters; "" while it is a draft.
        origin: the page or a letter.
        authentication: what the supplier's mail server wrote of a letter's SPF, DKIM and DMARC.
        claimed_by: the operator who looks at it until `claimed_until`.
        approved_by: the operator who has approved it where two must.
    """

    __tablename__ = "pin_requests"

    id: int | None = key()
    name: str = Field(max_length=64, unique=True)
    status: str = Field(max_length=16, index=True)
    user_id: int | None = refers("users.id", default=None)
    device: str = Field(max_length=64, index=True)
    token_digest: str = Field(default="", max_length=64, index=True)
    supplier_id: int | None = refers("suppliers.id", default=None)
    number: str = Field(default="", max_length=32)
    claimed_address: str = Field(default="", max_length=240)
    phone: str = Field(default="", max_length=16)
    email: str = Field(default="", max_length=254)
    document_kind: str = Field(default="", max_length=16)
    card_issued_on: date | None = None
    reason: str = Field(default="", max_length=24)
    consent_version: str = Field(default="", max_length=32)
    address: str = Field(default="", max_length=64)
    origin: str = Field(default=RequestOrigin.WEB, max_length=8, sa_column_kwargs={"server_default": "web"})
    authentication: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})
    created_at: datetime = instant()
    sent_at: datetime | None = instant(default=None)
    waiting_since: datetime | None = instant(default=None)
    claimed_by: int | None = refers("users.id", index=False, default=None)
    claimed_until: datetime | None = instant(default=None)
    approved_by: int | None = refers("users.id", index=False, default=None)
    decided_at: datetime | None = instant(default=None)


class RequestDocument(SQLModel, table=True):
    """A document of a request: the wrapped key of the file of that name."""

    __tablename__ = "request_documents"

    id: int | None = key()
    request_id: int = refers("pin_requests.id")
    name: str = Field(max_length=64, unique=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)
    pages: int
    size: int
    added_at: datetime = instant(index=True)


class PinRequests:
    """The repository of requests. An applicant's are found by user, browser or link; an operator's by supplier."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, request: PinRequest) -> PinRequest:
        """Store and number it."""
        self._session.add(request)
        self._session.flush()
        return request

    def find_draft(self, actor: Actor, *, lock: bool = False) -> PinRequest | None:
        """The newest draft of a signed-in user, or of a visitor's browser."""
        mine = (
            col(PinRequest.user_id).is_(None) & (col(PinRequest.device) == actor.visitor.device)
            if actor.user_id is None
            else col(PinRequest.user_id) == actor.user_id
        )
        drafts = select(PinRequest).where(mine, PinRequest.status == RequestStatus.DRAFT)
        return self._find(drafts.order_by(col(PinRequest.id).desc()).limit(1), lock=lock)

    def get_by_token(self, digest: str, *, lock: bool = False) -> PinRequest:
        """The request of a link.

        Raises:
            NotFound: none.
        """
        if not digest:
            raise NotFound
        return self._get(select(PinRequest).where(PinRequest.token_digest == digest), lock=lock)

    def get_own(self, actor: Actor, request_id: int) -> PinRequest:
        """A signed-in user's own request that was sent.

        Raises:
            NotFound: none.
        """
        mine = select(PinRequest).where(PinRequest.id == request_id, PinRequest.user_id == actor.user)
        return self._get(mine.where(PinRequest.status != RequestStatus.DRAFT))

    def list_own(self, actor: Actor, most: int) -> list[PinRequest]:
        """A signed-in user's requests that were sent, newest first."""
        return list(
            self._session.exec(
                select(PinRequest)
                .where(PinRequest.user_id == actor.user, PinRequest.status != RequestStatus.DRAFT)
                .order_by(col(PinRequest.id).desc())
                .limit(most)
            )
        )

    def get_for(self, actor: Actor, request_id: int, *, lock: bool = False) -> PinRequest:
        """A request to the operator's supplier.

        Raises:
            NotFound: none, or another supplier's.
        """
        ours = select(PinRequest).where(PinRequest.id == request_id, PinRequest.supplier_id == actor.supplier)
        return self._get(ours.where(PinRequest.status != RequestStatus.DRAFT), lock=lock)

    def _get(self, statement: SelectOfScalar[PinRequest], *, lock: bool = False) -> PinRequest:
        found = self._find(statement, lock=lock)
        if found is None:
            raise NotFound
        return found

    def _find(self, statement: SelectOfScalar[PinRequest], *, lock: bool) -> PinRequest | None:
        """With `lock`, kept from other writers until the transaction ends."""
        return self._session.exec(statement.with_for_update() if lock else statement).one_or_none()

    def list_queue(self, actor: Actor, most: int) -> list[PinRequest]:
        """What waits for the operators of a supplier, oldest first."""
        return list(
            self._session.exec(
                select(PinRequest)
                .where(PinRequest.supplier_id == actor.supplier, col(PinRequest.status).in_(QUEUE))
                .order_by(col(PinRequest.waiting_since), col(PinRequest.id))
                .limit(most)
            )
        )

    def list_claimed(self, actor: Actor, now: datetime) -> list[PinRequest]:
        """What an operator has claimed and still holds, kept from other writers."""
        return list(
            self._session.exec(
                select(PinRequest)
                .where(
                    PinRequest.claimed_by == actor.user,
                    PinRequest.status == RequestStatus.IN_REVIEW,
                    col(PinRequest.claimed_until) > now,
                )
                .with_for_update()
            )
        )

    def forget_claims(self, decided_before: datetime) -> int:
        """Blank what decided requests told of people, so that the row tells of the decision only; how many.

        Another document that was asked for then and never came is taken as withdrawn.
        """
        answered = col(PinRequest.status).in_([RequestStatus.DOCUMENT_NEEDED, *OVER])
        blank = dict.fromkeys(
            ("claimed_address", "phone", "email", "address", "device", "token_digest", "authentication"), ""
        )
        waiting = col(PinRequest.status) == RequestStatus.DOCUMENT_NEEDED
        return self._session.exec(
            update(PinRequest)
            .where(answered, col(PinRequest.decided_at) < decided_before, col(PinRequest.email) != "")
            .values(status=case((waiting, RequestStatus.WITHDRAWN.value), else_=PinRequest.status), **blank)
        ).rowcount

    def forget_drafts(self, moment: datetime) -> int:
        """Delete drafts older than that, which no document holds any more."""
        held = select(RequestDocument.request_id)
        gone = self._session.exec(
            delete(PinRequest).where(
                col(PinRequest.status) == RequestStatus.DRAFT,
                col(PinRequest.created_at) < moment,
                col(PinRequest.id).not_in(held),
            )
        )
        return gone.rowcount


@event.listens_for(Session, "after_flush")
def _note_suppliers(session: Session, _context: UOWTransaction) -> None:
    """Whoever writes a request, by whatever way: nobody has to remember to tell the queue's pages."""
    rows = (*session.new, *session.dirty, *session.deleted)
    found = {x.supplier_id for x in rows if isinstance(x, PinRequest) and x.supplier_id is not None}
    if found:
        session.info.setdefault(_WRITTEN, set()).update(found)


def written_suppliers(session: Session) -> frozenset[int]:
    """The suppliers to whom requests have come or changed in a session; drafts are nobody's yet."""
    return frozenset(session.info.get(_WRITTEN, ()))


class Documents:
    """The repository of documents' keys."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, document: RequestDocument) -> RequestDocument:
        """Store and number it."""
        self._session.add(document)
        self._session.flush()
        return document

    def list_of(self, request_id: int | None) -> list[RequestDocument]:
        """The documents of a request, first added first."""
        return list(
            self._session.exec(
                select(RequestDocument)
                .where(RequestDocument.request_id == request_id)
                .order_by(col(RequestDocument.id))
            )
        )

    def forget(self, documents: Sequence[RequestDocument]) -> list[str]:
        """Delete their keys; their names, for the vault."""
        names = [document.name for document in documents]
        for document in documents:
            self._session.delete(document)
        self._session.flush()
        return names

    def list_overdue(self, kept_since: datetime, drafts_since: datetime) -> list[RequestDocument]:
        """What has been kept too long: any, of a draft that nobody sent, or of a request that is over."""
        return list(
            self._session.exec(
                select(RequestDocument)
                .join(PinRequest, col(PinRequest.id) == col(RequestDocument.request_id))
                .where(
                    or_(
                        col(RequestDocument.added_at) < kept_since,
                        col(PinRequest.status).not_in([*QUEUE, *UPLOADABLE]),
                        (col(PinRequest.status) == RequestStatus.DRAFT)
                        & (col(RequestDocument.added_at) < drafts_since),
                    )
                )
            )
        )

    def known(self, names: Collection[str]) -> set[str]:
        """Which of the names have a key."""
        return set(
            self._session.exec(select(RequestDocument.name).where(col(RequestDocument.name).in_(list(names))))
        )

    def count(self) -> int:
        """How many documents are kept."""
        return self._session.exec(select(func.count()).select_from(RequestDocument)).one()
