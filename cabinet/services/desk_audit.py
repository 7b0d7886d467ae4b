"""The desk's journal: who of the supplier's operators did what, when, with which account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from cabinet.domain.account_search import parse as parse_search
from cabinet.domain.cells import as_text
from cabinet.domain.errors import InputError
from cabinet.domain.forms import Parser, text_of
from cabinet.domain.identity import spaced_number
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.audit import AuditEvent, AuditQuery
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.desk import zone_of_desk
from cabinet.texts import dates
from cabinet.texts import desk_audit as words

SHOWN: Final = 100
_EXPORTED: Final = 100_000
_PAGE: Final = 500


class AuditDayMalformed(InputError):
    """Not a day."""

    code = "audit.day_malformed"


@dataclass(frozen=True, slots=True)
class SearchAudit:
    """What to look for; empty fields ask for nothing."""

    who: str = ""
    action: str = ""
    account: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def parse(cls, form: Mapping[str, object]) -> Self:
        """Of the page's form or of an address.

        Raises:
            Several: a day is malformed.
        """
        parser = Parser()
        action = text_of(form, "action", 48)
        found = cls(
            text_of(form, "who", 120).strip(),
            action if action in words.ACTIONS else "",
            text_of(form, "account", 64).strip(),
            parser.take(lambda: _day(text_of(form, "since", 10)), None, "since"),
            parser.take(lambda: _day(text_of(form, "until", 10)), None, "until"),
        )
        parser.finish()
        return found


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A deed."""

    at: str
    who: str
    what: str
    account: str
    details: str
    address: str


def search_audit(deps: Deps, actor: Actor, command: SearchAudit) -> list[AuditRow]:
    """The newest hundred deeds at the operator's supplier's desk; that they were looked at is one too."""
    actor.require(Permission.AUDIT_VIEW)
    with deps.transaction() as tx:
        rows = [row for _, row in _rows(tx, actor, command, SHOWN)]
        tx.audit.record(actor, deps.clock.now(), "audit.viewed", found=len(rows))
    return rows


def export_audit(deps: Deps, actor: Actor, command: SearchAudit) -> Iterator[tuple[str, ...]]:
    """The same without an end to speak of, for a table program; what it could take for a formula is quoted."""
    actor.require(Permission.AUDIT_VIEW)
    with deps.transaction() as tx:
        tx.audit.record(actor, deps.clock.now(), "audit.exported")
    return _exported(deps, actor, command)


def _exported(deps: Deps, actor: Actor, command: SearchAudit) -> Iterator[tuple[str, ...]]:
    """Page by page, so that a browser that reads slowly keeps nothing open in the database."""
    yield words.COLUMNS
    before = None
    for _ in range(_EXPORTED // _PAGE):
        with deps.snapshot() as tx:
            page = list(_rows(tx, actor, command, _PAGE, before))
        for _, row in page:
            cells = (row.at, row.who, row.what, row.account, row.details, row.address)
            yield tuple(map(as_text, cells))
        if len(page) < _PAGE:
            return
        before = page[-1][0]


def _rows(
    tx: UnitOfWork, actor: Actor, command: SearchAudit, most: int, before: int | None = None
) -> Iterator[tuple[int, AuditRow]]:
    """Each with its id, newest first."""
    zone = zone_of_desk(tx, actor)
    names = {x.user_id: x.name for x in tx.operators.list_of(actor.supplier)}
    asked = _query(tx, actor, command, zone, names)
    query = replace(asked, before=before) if asked else None
    numbers: dict[int, str] = {}
    for event in tx.audit.search(query, most) if query else ():
        yield event.id or 0, _row(tx, event, zone, names, numbers)


def _query(
    tx: UnitOfWork, actor: Actor, command: SearchAudit, zone: ZoneInfo, names: Mapping[int, str]
) -> AuditQuery | None:
    """None when nobody and nothing can fit."""
    account_id, users = None, None
    if command.account:
        account_id = _account(tx, actor, command.account)
        if account_id is None:
            return None
    if command.who:
        wanted = command.who.casefold()
        users = [user for user, name in names.items() if wanted in name.casefold()]
    until = command.until + timedelta(days=1) if command.until else None
    return AuditQuery(
        actor.supplier, _start(command.since, zone), _start(until, zone), command.action, users, account_id
    )


def _account(tx: UnitOfWork, actor: Actor, typed: str) -> int | None:
    try:
        number = parse_search(typed).number
    except InputError:
        return None
    found = tx.customer_accounts.find_by_number(actor.supplier, number) if number else None
    return found.id if found else None


def _start(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None


def _row(
    tx: UnitOfWork, event: AuditEvent, zone: ZoneInfo, names: Mapping[int, str], numbers: dict[int, str]
) -> AuditRow:
    account = event.account_id
    if account and account not in numbers:
        numbers[account] = spaced_number(tx.customer_accounts.number_of(account))
    return AuditRow(
        at=dates.moment(event.at.astimezone(zone)),
        who=names.get(event.user_id or 0, ""),
        what=words.ACTIONS.get(event.action, event.action),
        account=numbers[account] if account else "",
        details=words.details(event.action, event.object_id, event.details),
        address=event.address,
    )


def _day(typed: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as exc:
        raise AuditDayMalformed from exc
