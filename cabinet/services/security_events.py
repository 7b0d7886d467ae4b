"""«История входов и изменений»: what was done in the actor's name, out of the audit."""

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from cabinet.domain.identity import spaced_number
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.audit import AuditEvent
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.texts import dates, devices
from cabinet.texts import security_events as words

MOST: Final = 30
_OF_ACCOUNT: Final = frozenset(
    {"account.linked", "account.unlinked", "account.restored", "account.renamed", "payment.created"}
)


@dataclass(frozen=True, slots=True)
class SecurityEventRow:
    """A deed: what, when in the supplier's zone or Moscow's, and from where."""

    what: str
    at: str
    place: str


def list_security_events(deps: Deps, actor: Actor) -> list[SecurityEventRow]:
    """The actor's last thirty deeds that matter, newest first."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        zone = sessions.zone_of(tx, actor)
        events = tx.audit.list_of(actor, words.WORDS.keys(), MOST)
        about = _browsers(tx, actor, events) | _numbers(tx, events)
    return [_row(event, zone, about.get(event.id or 0, "")) for event in events]


def _browsers(tx: UnitOfWork, actor: Actor, events: list[AuditEvent]) -> dict[int, str]:
    """By event, what was signed in or out."""
    of = {x.id or 0: x.object_id or 0 for x in events if x.action in {"session.opened", "session.revoked"}}
    agents = {x.id: x.agent for x in tx.sessions.list_by_ids(actor, list(of.values()))}
    return {event: devices.name(agents[session]) for event, session in of.items() if session in agents}


def _numbers(tx: UnitOfWork, events: list[AuditEvent]) -> dict[int, str]:
    """By event, the number of the account that it is about."""
    return {
        x.id or 0: words.account(spaced_number(tx.customer_accounts.number_of(x.object_id or 0)))
        for x in events
        if x.action in _OF_ACCOUNT
    }


def _row(event: AuditEvent, zone: ZoneInfo, about: str) -> SecurityEventRow:
    return SecurityEventRow(
        what=words.sentence(event.action, about),
        at=dates.moment(event.at.astimezone(zone)),
        place=words.place(event.address),
    )
