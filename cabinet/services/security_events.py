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
_MOST_FAILED: Final = 300
_OF_ACCOUNT: Final = frozenset(
    {"account.linked", "account.unlinked", "account.restored", "account.renamed", "payment.created"}
)


@dataclass(frozen=True, slots=True)
class SecurityEventRow:
    """A deed, or what failed between two of them: what, when in the supplier's zone or Moscow's, and from where."""

    what: str
    at: str
    place: str


def list_security_events(deps: Deps, actor: Actor) -> list[SecurityEventRow]:
    """The actor's last thirty deeds that matter, newest first, and what failed since the oldest of them.

    Whoever guesses pushes no deed out of the list, and fills it with one row between two deeds for each kind of try.
    """
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        zone = sessions.zone_of(tx, actor)
        deeds = tx.audit.list_of(actor, words.WORDS.keys(), MOST)
        failed = tx.audit.list_of(actor, words.FAILED.keys(), _MOST_FAILED)
        about = _browsers(tx, actor, deeds) | _numbers(tx, deeds)
    return [_row(events, zone, about.get(events[0].id or 0, "")) for events in _together(deeds, failed)]


def _together(deeds: list[AuditEvent], failed: list[AuditEvent]) -> list[list[AuditEvent]]:
    """Each deed alone, the tries of one kind that failed between two deeds as one; newest first."""
    since = (deeds[-1].id or 0) if len(deeds) == MOST else 0
    rows: dict[tuple[int, str], list[AuditEvent]] = {}
    later_deeds = 0
    for event in sorted([*deeds, *failed], key=lambda x: x.id or 0, reverse=True):
        later_deeds += event.action in words.WORDS
        if (event.id or 0) >= since:
            rows.setdefault((later_deeds, event.action), []).append(event)
    return list(rows.values())


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


def _row(events: list[AuditEvent], zone: ZoneInfo, about: str) -> SecurityEventRow:
    newest = events[0]
    what = words.WORDS.get(newest.action)
    return SecurityEventRow(
        what=words.sentence(what, about) if what else words.failed(newest.action, len(events)),
        at=dates.moment(newest.at.astimezone(zone)),
        place=words.place(newest.address, several=len({x.address for x in events}) > 1),
    )
