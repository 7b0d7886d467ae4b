"""What every room of the desk shares: who works here, and what was refused at its door."""

from zoneinfo import ZoneInfo

from cabinet.domain import limits
from cabinet.domain.errors import TooMany
from cabinet.domain.permissions import DESK, Actor
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps


def needs_factor(actor: Actor) -> bool:
    """Whether it is an operator to whom the desk opens only after a second factor."""
    return actor.supplier_id is not None and not actor.granted & DESK


def record_refusal(deps: Deps, actor: Actor, what: str, code: str, *, elsewhere: bool = False) -> None:
    """Remember that somebody was refused at the desk; sixty an hour per address, so that nobody fills the audit.

    Args:
        deps: the dependencies.
        actor: who was refused.
        what: the permission or the address that was asked for.
        code: of the broken rule.
        elsewhere: it was not at the desk; what happens there mutes nothing here.
    """
    now = deps.clock.now()
    limit, action = limits.DESK_REFUSED, "desk.refused"
    if elsewhere:
        limit, action = limits.ACCESS_REFUSED, "access.refused"
    with deps.transaction() as tx:
        try:
            tx.attempts.reserve(limit, actor.visitor.network, now)
        except TooMany:
            return
        tx.audit.record(actor, now, action, what=what[:48], code=code)


def zone_of_desk(tx: UnitOfWork, actor: Actor) -> ZoneInfo:
    """The zone that the supplier's days begin in."""
    return ZoneInfo(tx.suppliers.get(actor.supplier).timezone)
