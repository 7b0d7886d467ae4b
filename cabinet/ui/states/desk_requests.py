"""The queue of requests for a PIN."""

from contextlib import suppress
from typing import Any

import reflex as rx

from cabinet.domain.errors import Busy
from cabinet.domain.forms import FieldMissing, id_of, text_of
from cabinet.domain.permissions import Permission
from cabinet.domain.pin_requests import DocumentReason, RejectReason, RequestNotShown
from cabinet.services import request_review
from cabinet.services.request_review import QueueRow, ReviewRow
from cabinet.texts import desk_requests as texts
from cabinet.ui import live, routes
from cabinet.ui.session import handler, run


class DeskRequestsState(rx.State):
    """The page of the queue: what waits, and the one that is open; `pages` are addresses of pictures.

    `told` is what has just happened, `tone` how a banner shows that, `times` counts it.
    """

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    rows: list[QueueRow] = []
    review: ReviewRow = ReviewRow()
    pages: list[str] = []
    told: str = ""
    tone: str = "ok"
    times: int = 0

    @handler(Permission.REQUEST_REVIEW)
    async def load(self) -> None:
        """A page that comes back, after a lost connection or from another one, keeps the request that is open."""
        self.problems, self.told = {}, ""
        await self._list()
        self.loaded = True

    @handler(Permission.REQUEST_REVIEW, by_itself=True)
    async def refresh(self) -> None:
        """The queue has moved, or a minute has passed; a page that shows something else reads nothing.

        Nobody has asked for it, so a portal that is busy is nothing to tell of: the next minute's is enough.
        """
        if self.router.url.path.rstrip("/") == routes.DESK_REQUESTS:
            with suppress(Busy):
                await self._list()

    @handler(Permission.REQUEST_REVIEW)
    async def open(self, request_id: str) -> None:
        self.problems, self.told, self.review, self.pages = {}, "", ReviewRow(), []
        self.review = await run(self, request_review.claim, id_of(str(request_id)))
        self.pages = [
            routes.with_query(routes.API_DESK_DOCUMENT, request=self.review.id, document=x.id, page=str(page))
            for x in self.review.documents
            for page in range(x.pages)
        ]
        await self._list()

    @handler(Permission.REQUEST_REVIEW, busy=True)
    async def approve(self, request_id: str) -> None:
        if self._is_shown(request_id):
            sent = await run(self, request_review.approve, id_of(self.review.id))
            await self._close(texts.APPROVED if sent else texts.APPROVED_ONCE)

    @handler(Permission.REQUEST_REVIEW)
    async def release(self, request_id: str) -> None:
        if self._is_shown(request_id):
            await run(self, request_review.release, id_of(self.review.id))
            await self._close(texts.RELEASED)

    @handler(Permission.REQUEST_REVIEW, busy=True)
    async def turn_down(self, form: dict[str, Any]) -> None:
        if not self._is_shown(text_of(form, "request")):
            return
        kind, _, reason = text_of(form, "reason", 64).partition(".")
        request = id_of(self.review.id)
        if kind == "document" and reason in set(DocumentReason):
            await run(self, request_review.ask_other_document, request, DocumentReason(reason))
        elif kind == "reject" and reason in set(RejectReason):
            await run(self, request_review.reject, request, RejectReason(reason))
        else:
            raise FieldMissing(field="reason")
        await self._close(texts.TURNED_DOWN)

    def _is_shown(self, request_id: str) -> bool:
        """Whether the decision is about what is open; False when nothing is, as after the first of two clicks.

        What the page shows lags behind what is open here, so a decision says which request it has seen.

        Raises:
            RequestNotShown: it has seen another one.
        """
        if self.review.id and request_id != self.review.id:
            raise RequestNotShown
        return self.review.id != ""

    async def _close(self, words: str) -> None:
        self._tell("ok", words)
        await self._list()

    def _tell(self, tone: str, words: str) -> None:
        self.problems, self.review, self.pages = {}, ReviewRow(), []
        self.tone, self.told, self.times = tone, words, self.times + 1

    async def _list(self) -> None:
        """Whatever moves after the page has begun to wait for it is told; nothing falls between."""
        await live.watch_queue(self, DeskRequestsState.refresh)
        self.rows = await run(self, request_review.list_requests)
        self._let_go()

    def _let_go(self) -> None:
        """What is open and no longer this operator's goes, and the page says why."""
        mine = next((x for x in self.rows if x.id == self.review.id), None)
        if self.review.id and not (mine and mine.mine):
            why = texts.GONE if mine is None else texts.LOST if mine.claimed else texts.EXPIRED
            self._tell("warn", why)
