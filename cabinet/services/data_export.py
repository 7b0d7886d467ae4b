"""«Скачать мои данные»: everything about a person in one ZIP, made while it is being downloaded.

The archive is written by `zipfile` into a buffer that is handed on after every piece: the standard library
streams well when nothing is read back, so no further package is needed. Rows come some hundreds at a time,
each page in a snapshot of its own: however many rows there are and however slow the reader is, memory stays
flat and no transaction stays open.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from cabinet.domain import limits
from cabinet.domain.charges import ChargeLine
from cabinet.domain.errors import SignInNeeded
from cabinet.domain.identity import spaced_number
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.persistence.customer_accounts import LinkedAccount
from cabinet.persistence.personal_data import RULES, Page, Person
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import Facts, Note, Paper, Table
from cabinet.services import customer_accounts, sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message
from cabinet.services.sessions import require_recent
from cabinet.texts import amounts, consent, dates
from cabinet.texts import charges as charge_words
from cabinet.texts import personal_data as words

Turn = Callable[[UnitOfWork, Any], Page]
File = tuple[str, Iterator[bytes]]

_READING: Final = (
    *("value_m3", "kind", "source", "taken_on", "period", "received_at", "receipt_number", "cancelled_at"),
    *("counted", "fall"),
)
_CHARGE: Final = (
    *("period", "service", "method", "reading_from", "reading_to", "coefficient", "volume_m3", "price"),
    *("amount_kopecks", "recalculation_kopecks", "penalty_kopecks"),
    *("opening_kopecks", "paid_kopecks", "closing_kopecks"),
)
_OUTSIDE: Final = ("paid_on", "amount_kopecks", "channel", "external_id", "reading_m3")
_MOST_MONTHS: Final = 5000
_MONEY: Final = (3, 4, 5, 6, 7)


def begin_export(deps: Deps, actor: Actor) -> Iterator[bytes]:
    """Count the download, record it, tell the owner; then the archive in pieces.

    Raises:
        ReauthenticationNeeded: the actor has proved who they are too long ago.
        TooMany: five a day.
        Denied: an operator has no cabinet.
    """
    actor.require(Permission.OWN_DATA)
    now = deps.clock.now()
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        user = tx.users.get_for(actor)
        tx.attempts.reserve(limits.EXPORT_USER, actor.user, now)
        tx.audit.record(actor, now, "data.exported", user.id)
        queue_message(deps, tx, user.as_login, "data_exported")
        person = tx.personal_data.person(actor.user)
    return _zipped(_files(deps, actor, person), now)


class _Outlet(io.RawIOBase):
    """Where the archive is written to, and taken from."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - the base class's signature
        self._written += data
        return len(data)

    def take(self) -> bytes:
        """What was written since."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _zipped(files: Iterator[File], now: datetime) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as target:
                for piece in pieces:
                    target.write(piece)
                    yield outlet.take()
    yield outlet.take()


def _files(deps: Deps, actor: Actor, person: Person) -> Iterator[File]:
    """Every file by its name; each is read only when its turn comes."""
    yield "README.txt", iter([_readme().encode()])
    yield "profile.json", iter([_json(_profile(deps, actor))])
    yield "accounts.json", iter([_json(_accounts(deps, actor))])
    yield from _own(deps, actor, person)
    open_accounts = _extended(deps, actor)
    ids = [x.account.id or 0 for x in open_accounts]
    yield "readings.json", _listed(_readings(deps, actor, ids))
    yield "charges.json", _listed(_of_accounts(deps, actor, "charges", _CHARGE, ids))
    yield "outside_payments.json", _listed(_of_accounts(deps, actor, "outside_payments", _OUTSIDE, ids))
    for found in open_accounts:
        yield from _statements(deps, actor, found)
    yield from _receipts(deps, actor, person)


def _own(deps: Deps, actor: Actor, person: Person) -> Iterator[File]:
    for name, rule in RULES.items():
        if rule.columns:
            turn = _own_turn(name, person)
            yield rule.file, _listed(_turns(deps, actor, turn))


def _own_turn(name: str, person: Person) -> Turn:
    return lambda tx, after: tx.personal_data.own_page(name, person, after)


def _turns(deps: Deps, actor: Actor, turn: Turn) -> Iterator[dict[str, Any]]:
    """Rows page by page, each page in a snapshot of its own; a session that is over gets no further page.

    Raises:
        SignInNeeded: it ended while its archive was being downloaded.
    """
    after: Any = None
    while True:
        with deps.snapshot() as tx:
            if tx.sessions.find_own(actor) is None:
                raise SignInNeeded
            page = turn(tx, after)
        yield from page.rows
        after = page.last
        if after is None:
            return


def _of_accounts(
    deps: Deps, actor: Actor, name: str, columns: tuple[str, ...], ids: list[int]
) -> Iterator[dict[str, Any]]:
    for account_id in ids:

        def turn(tx: UnitOfWork, after: Any, account_id: int = account_id) -> Page:  # noqa: ANN401 - a key
            tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
            return tx.personal_data.page_of(name, {"customer_account_id": account_id}, columns, after)

        for row in _turns(deps, actor, turn):
            yield {"account_id": account_id, **row}


def _readings(deps: Deps, actor: Actor, ids: list[int]) -> Iterator[dict[str, Any]]:
    for account_id in ids:
        with deps.snapshot() as tx:
            tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
            meters = tx.meters.list_of(account_id)
        for meter in meters:

            def turn(tx: UnitOfWork, after: Any, meter_id: int = meter.id or 0) -> Page:  # noqa: ANN401 - a key
                return tx.personal_data.page_of("readings", {"meter_id": meter_id}, _READING, after)

            for row in _turns(deps, actor, turn):
                yield {"account_id": account_id, "meter": meter.serial_number, **row}


def _extended(deps: Deps, actor: Actor) -> list[LinkedAccount]:
    with deps.snapshot() as tx:
        return [x for x in tx.customer_accounts.list_for(actor) if x.level is AccessLevel.EXTENDED]


def _profile(deps: Deps, actor: Actor) -> dict[str, Any]:
    with deps.snapshot() as tx:
        user = tx.users.get_for(actor)
        supplier = tx.suppliers.get(user.supplier_id).name if user.supplier_id else None
    return {
        "login": user.login,
        "created_at": user.created_at,
        "confirmed_at": user.confirmed_at,
        "supplier": supplier,
        "second_step_always": user.second_step_always,
        "consent": {
            "version": user.consent_version,
            "sha256": user.consent_digest,
            "accepted_at": user.consented_at,
            "address": user.consent_address,
            "text": consent.text_of(user.consent_version),
        },
    }


def _accounts(deps: Deps, actor: Actor) -> list[dict[str, Any]]:
    rows = customer_accounts.list_accounts(deps, actor)
    with deps.snapshot() as tx:
        links = {str(x.account.id): x for x in tx.customer_accounts.list_for(actor)}
        return [
            {
                "account_id": int(row.id),
                "number": row.bare_number,
                "supplier": row.supplier,
                "access": links[row.id].level.name.lower(),
                "alias": row.alias,
                "address": row.address,
                "linked_at": links[row.id].link.linked_at,
                "extended_at": links[row.id].link.extended_at,
                "meters": [x.serial_number for x in tx.meters.list_of(int(row.id))] if row.extended else [],
            }
            for row in rows
            if row.id in links
        ]


def _statements(deps: Deps, actor: Actor, found: LinkedAccount) -> Iterator[File]:
    account_id = found.account.id or 0
    with deps.snapshot() as tx:
        tx.customer_accounts.get_for(actor, account_id, AccessLevel.EXTENDED)
        lines = tx.charges.list_recent(account_id, _MOST_MONTHS)
    for year, group in groupby(lines, key=lambda x: x.period.year):
        paper = _statement(deps, found, year, list(group))
        yield f"charges/{found.account.number}-{year}.pdf", iter([deps.pdf.make(paper)])


def _statement(deps: Deps, found: LinkedAccount, year: int, lines: list[ChargeLine]) -> Paper:
    account, made_at = found.account, _local(deps, found)
    rows = [
        (
            dates.month(x.period.year, x.period.month),
            charge_words.service(x.service),
            str(x.volume),
            *(amounts.roubles(y) for y in (x.amount, x.recalculation, x.penalty, x.paid, x.closing)),
        )
        for x in reversed(lines)
    ]
    facts = [
        (words.NUMBER, spaced_number(account.number)),
        (words.ADDRESS, account.address),
        (words.SUPPLIER, found.supplier.name),
    ]
    return Paper(
        words.STATEMENT.format(year=year, number=spaced_number(account.number)),
        found.supplier.name,
        made_at,
        (
            Facts(facts),
            Table(words.CHARGE_COLUMNS, rows, right=(2, *_MONEY)),
            Note(f"{words.MADE} {dates.moment(made_at)}"),
        ),
    )


def _receipts(deps: Deps, actor: Actor, person: Person) -> Iterator[File]:
    with deps.snapshot() as tx:
        zone = sessions.zone_of(tx, actor)
    for row in _turns(deps, actor, _own_turn("payments", person)):
        if row["status"] != PaymentStatus.SUCCEEDED:
            continue
        with deps.snapshot() as tx:
            number = tx.customer_accounts.number_of(row["customer_account_id"])
        yield f"receipts/{row['id']}.pdf", iter([deps.pdf.make(_receipt(deps, row, number, zone))])


def _receipt(deps: Deps, row: dict[str, Any], number: str, zone: ZoneInfo) -> Paper:
    paid_at: datetime = row["finished_at"] or row["created_at"]
    facts = [
        (words.NUMBER, spaced_number(number)),
        (words.AMOUNT, amounts.roubles(Money(row["amount_kopecks"]))),
        (words.PAID_AT, dates.moment(paid_at.astimezone(zone))),
        (words.PAYMENT, row["id"]),
    ]
    return Paper(words.RECEIPT, words.RECEIPT, deps.clock.now().astimezone(zone), (Facts(facts),))


def _local(deps: Deps, found: LinkedAccount) -> datetime:
    return deps.clock.now().astimezone(ZoneInfo(found.supplier.timezone))


def _readme() -> str:
    return words.README + "".join(f"\n{name}: {about}" for name, about in words.FILES.items()) + "\n"


def _listed(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(rows):
        yield (b",\n" if number else b"\n") + _json(row)
    yield b"\n]\n"


def _json(value: Any) -> bytes:  # noqa: ANN401 - whatever the rows hold
    return json.dumps(value, ensure_ascii=False, default=_plain).encode(errors="replace")


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever the rows hold
    return value.isoformat() if isinstance(value, (date, datetime)) else str(_known(value))


def _known(value: Any) -> Decimal:  # noqa: ANN401 - a new type must be thought about
    if not isinstance(value, Decimal):
        msg = f"a column of {type(value).__name__} has no form in the export yet"
        raise TypeError(msg)
    return value
