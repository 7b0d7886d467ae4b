"""With the demo adapters, and in practice: the bank's page and the inbox where letters and messages arrive."""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Final, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cabinet.api.practice import PRACTICE, PRACTICE_END
from cabinet.api.requests import foreign, same_origin, small_form
from cabinet.domain.errors import CabinetError, PracticeOver
from cabinet.domain.payments import PaymentStatus
from cabinet.ports import AcquirerUnclear, PaymentOrder
from cabinet.texts import demo as texts
from cabinet.texts import not_found, shell

BANK: Final = "/demo/bank"
INBOX: Final = "/demo/inbox"
_SEE_OTHER: Final = 303
_SHOWN: Final = 30
_DECISIONS: Final = {"confirm": PaymentStatus.SUCCEEDED, "refuse": PaymentStatus.FAILED}
_POLICY: Final = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'"


class DemoBank(Protocol):
    """What the bank's page needs of the demo bank."""

    def order_of(self, acquirer_payment_id: str) -> PaymentOrder:
        """What is to be paid."""
        ...

    def decide(self, acquirer_payment_id: str, status: PaymentStatus) -> None:
        """The payer's click."""
        ...


@dataclass(frozen=True, slots=True)
class DemoSide:
    """The demo's side of one world, the portal's own or a practice one.

    Attributes:
        bank: its books.
        notify: how the bank tells the portal that a payment has ended.
        inbox: the folder of the letters and messages that have arrived; None where they go out for real.
        back: where its pages lead back to a lesson; "" nowhere.
        practice: it is a practice world's.
    """

    bank: DemoBank | None
    notify: Callable[[str], object]
    inbox: Callable[[], Path | None]
    back: Callable[[], str] = str
    practice: bool = False


# It may read a database. Raises PracticeOver when the world is gone.
SideOf = Callable[[Request], DemoSide]


def bank_routes(side_of: SideOf, origins: tuple[str, ...]) -> list[Route]:
    """The bank's page: it shows the order and takes the payer's decision.

    Args:
        side_of: whose bank a request means.
        origins: ours, from which its form may be posted.
    """

    def show(request: Request) -> Response:
        return _shown(side_of, request, lambda side: _order(side, request.query_params.get("payment", "")))

    async def decide(request: Request) -> Response:
        if not same_origin(request, origins):
            return foreign()
        form = await small_form(request)
        payment, decision = form.get("payment", ""), _DECISIONS.get(form.get("decision", ""))
        return await run_in_threadpool(
            _shown, side_of, request, lambda side: _decided(side, payment, decision)
        )

    return [Route(BANK, show, methods=["GET"]), Route(BANK, decide, methods=["POST"])]


def inbox_routes(side_of: SideOf) -> list[Route]:
    """The letters and messages of the outbox adapters, newest first."""

    def show(request: Request) -> Response:
        return _shown(side_of, request, _inbox)

    return [Route(INBOX, show, methods=["GET"])]


def _shown(side_of: SideOf, request: Request, page: Callable[[DemoSide], Response]) -> Response:
    """A page of whichever world is meant; a practice one that is over leads out. It reads files and databases."""
    try:
        return page(side_of(request))
    except PracticeOver:
        return RedirectResponse(PRACTICE_END, _SEE_OTHER)


def _order(side: DemoSide, payment: str) -> Response:
    try:
        order = _order_of(side, payment)
    except AcquirerUnclear:
        return _no_payment(side)
    return _page(side, texts.BANK, _bank_body(payment, order))


def _decided(side: DemoSide, payment: str, decision: PaymentStatus | None) -> Response:
    try:
        order = _order_of(side, payment)
    except AcquirerUnclear:
        return _no_payment(side)
    if decision is not None and side.bank is not None:
        side.bank.decide(payment, decision)
        with contextlib.suppress(CabinetError):  # a notice may be lost: the portal asks again itself
            side.notify(payment)
    return RedirectResponse(order.return_url, _SEE_OTHER)


def _inbox(side: DemoSide) -> Response:
    folder = side.inbox()
    if folder is None:
        return Response(status_code=404)
    return _page(side, texts.INBOX, _inbox_body(folder, side))


def _order_of(side: DemoSide, payment: str) -> PaymentOrder:
    if side.bank is None:
        raise AcquirerUnclear
    return side.bank.order_of(payment)


def _no_payment(side: DemoSide) -> Response:
    if side.bank is None:
        return Response(status_code=404)
    words = texts.PRACTICE_NO_PAYMENT if side.practice else texts.NO_PAYMENT
    way = _way(side.back(), texts.BACK) or _way("/", not_found.TO_HOME)
    return _page(side, texts.BANK, f"<h1>{texts.BANK}</h1><p>{words}</p>{way}", 404)


def _way(to: str, words: str) -> str:
    """The button that leads on; "" nowhere."""
    return f'<p><a class="button primary" href="{escape(to, quote=True)}">{words}</a></p>' if to else ""


def _bank_body(payment: str, order: PaymentOrder) -> str:
    buttons = "".join(
        f'<button class="button {look}" name="decision" value="{value}">{words}</button>'
        for value, words, look in (
            ("confirm", texts.CONFIRM, "primary"),
            ("refuse", texts.REFUSE, "secondary"),
            ("leave", texts.LEAVE, "secondary"),
        )
    )
    return (
        f"<h1>{texts.BANK}</h1><p class='note'>{texts.BANK_NOTE}</p>"
        f"<section class='card'><p>{escape(order.description)}</p>"
        f"<p class='amount'>{order.amount}\u00a0₽</p></section>"
        f"<form method='post' action='{BANK}' class='form'>"
        f"<input type='hidden' name='payment' value='{escape(payment, quote=True)}'>{buttons}</form>"
    )


def _inbox_body(folder: Path, side: DemoSide) -> str:
    files = sorted((*folder.glob("mail/*.eml"), *folder.glob("sms/*.json")), key=lambda x: x.name)
    cards = [_letter(x) if x.suffix == ".eml" else _sms(x) for x in reversed(files[-_SHOWN:])]
    note, empty = (
        (texts.PRACTICE_NOTE, texts.PRACTICE_EMPTY)
        if side.practice
        else (texts.INBOX_NOTE, texts.INBOX_EMPTY)
    )
    return (
        f"<h1>{texts.INBOX}</h1><p class='note'>{note}</p>{_way(side.back(), texts.BACK)}"
        f"{''.join(cards) or f'<p>{empty}</p>'}"
    )


def _letter(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    if not isinstance(message, EmailMessage):
        return ""
    body = message.get_body(("plain",))
    return _card(str(message["To"]), str(message["Subject"]), str(body.get_content()) if body else "")


def _sms(path: Path) -> str:
    message = json.loads(path.read_text())
    return _card(message["to"], texts.SMS, message["text"])


def _card(to: str, title: str, text: str) -> str:
    lines = "".join(
        f"<p>{_linked(line)}</p>"
        for line in text.splitlines()
        if line.strip() and line.split() != title.split()
    )
    return f"<section class='card'><h2>{escape(title)}</h2><p class='note'>{escape(to)}</p>{lines}</section>"


def _linked(line: str) -> str:
    """Addresses as links; the full stop after one is not its own."""
    return re.sub(r"https?://\S*[^\s.,]", r'<a href="\g<0>">\g<0></a>', escape(line))


def _band() -> str:
    """The band over every page of a practice world, as the shell draws it."""
    forms = "".join(
        f"<form method='post' action='{action}'><button type='submit'>{words}</button></form>"
        for action, words in ((PRACTICE, shell.PRACTICE_AGAIN), (PRACTICE_END, shell.PRACTICE_LEAVE))
    )
    return (
        f"<aside class='practice-band' aria-label='{shell.PRACTICE_LABEL}'>"
        f"<div class='bar-inner'><p>{shell.PRACTICE_BAND}</p>{forms}</div></aside>"
    )


def _page(side: DemoSide, title: str, body: str, status: int = 200) -> HTMLResponse:
    mark, prefix, band = (" data-lesson", shell.PRACTICE_PREFIX, _band()) if side.practice else ("", "", "")
    styles = "".join(
        f'<link rel="stylesheet" href="/styles/{x}.css">' for x in ("base", "components", "shell")
    )
    return HTMLResponse(
        f'<!doctype html><html lang="ru"{mark}><head><meta charset="utf-8"><title>{prefix}{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<link rel="icon" href="/favicon.svg">{styles}</head><body><div class="shell guest">{band}<main id="main">{body}</main></div></body></html>',
        status_code=status,
        headers={"cache-control": "no-store", "content-security-policy": _POLICY},
    )
