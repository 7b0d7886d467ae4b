"""«Удалить кабинет»: asked for, thought over for fourteen days, carried out by the worker (152-ФЗ, ст. 21).

Erasing follows the table of rules in `persistence/personal_data.py`: one transaction for a person, and a
second time changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from cabinet.domain.deletion import DELAY, SETTLES_IN, TOLD_BEFORE, DeletionNotAsked
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.personal_data import AccountDeletion
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services import sessions
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message
from cabinet.services.sessions import require_recent
from cabinet.texts import dates


@dataclass(frozen=True, slots=True)
class DeletionRow:
    """A wish that waits.

    Attributes:
        day: the day of the end in the supplier's zone, «7 декабря 2026»; "" when nothing was asked.
    """

    day: str = ""


def get_deletion(deps: Deps, actor: Actor) -> DeletionRow:
    """Whether the actor's cabinet is to be erased, and when."""
    actor.require(Permission.OWN_DATA)
    with deps.snapshot() as tx:
        deletion = tx.deletions.find(actor.user)
        if deletion is None or deletion.erased_at:
            return DeletionRow()
        return DeletionRow(_day(tx, actor, deletion.due_at))


def ask_deletion(deps: Deps, actor: Actor) -> DeletionRow:
    """Ask that the cabinet be erased in fourteen days; asked twice, the first day holds.

    Every other session ends: whoever does not own the cabinet should not watch over its last days.

    Raises:
        ReauthenticationNeeded: the actor has proved who they are too long ago.
    """
    actor.require(Permission.OWN_DATA)
    now = deps.clock.now()
    with deps.transaction() as tx:
        require_recent(deps, tx, actor)
        tx.users.lock(actor.user)  # two tabs ask one after the other
        user = tx.users.get_for(actor)
        if tx.deletions.find(actor.user) is None:
            tx.deletions.add(AccountDeletion(user_id=actor.user, asked_at=now, due_at=now + DELAY))
            sessions.end_others(deps, tx, actor, actor.user)
            tx.audit.record(actor, now, "deletion.asked", user.id)
            queue_message(deps, tx, user.as_login, "deletion_asked", day=_day(tx, actor, now + DELAY))
    return get_deletion(deps, actor)


def undo_deletion(deps: Deps, actor: Actor) -> None:
    """Take the wish back: everything stays as it is.

    Raises:
        DeletionNotAsked: there is none.
    """
    actor.require(Permission.OWN_DATA)
    with deps.transaction() as tx:
        user = tx.users.get_for(actor)
        if not tx.deletions.undo(actor.user):
            raise DeletionNotAsked
        tx.audit.record(actor, deps.clock.now(), "deletion.undone", user.id)
        queue_message(deps, tx, user.as_login, "deletion_undone")


def tell_before_end(deps: Deps) -> int:
    """Remind those whose cabinets are erased in three days; how many."""
    with deps.snapshot() as tx:
        waiting = tx.deletions.list_to_tell(deps.clock.now() + TOLD_BEFORE)
    for user_id in waiting:
        _tell(deps, user_id)
    return len(waiting)


def erase_due(deps: Deps) -> int:
    """Erase every cabinet whose time has come, each in a transaction of its own; how many were looked at."""
    now = deps.clock.now()
    with deps.snapshot() as tx:
        due = tx.deletions.list_due(now, now - SETTLES_IN)
    for user_id in due:
        _erase(deps, user_id)
    return len(due)


def _tell(deps: Deps, user_id: int) -> None:
    now = deps.clock.now()
    with deps.transaction() as tx:
        deletion = tx.deletions.find(user_id, lock=True)
        if deletion is None or deletion.told_at or deletion.erased_at:
            return
        deletion.told_at = now
        user = tx.users.get(user_id)
        zone = sessions.zone_of_supplier(tx, user.supplier_id)
        day = dates.day_year(deletion.due_at.astimezone(zone).date())
        queue_message(deps, tx, user.as_login, "deletion_soon", day=day)


def _erase(deps: Deps, user_id: int) -> None:
    now = deps.clock.now()
    with deps.transaction() as tx:
        deletion = tx.deletions.find(user_id, lock=True)
        # Undone meanwhile; or a payment is open, whose end its payer is still to be told of.
        if deletion is None or deletion.due_at > now or tx.personal_data.has_open_payment(user_id):
            return
        tx.personal_data.erase(tx.personal_data.person(user_id), now)
        if deletion.erased_at is None:
            deletion.erased_at = now
            tx.audit.record(Actor.system(), now, "deletion.carried_out", user_id)


def _day(tx: UnitOfWork, actor: Actor, due_at: datetime) -> str:
    return dates.day_year(due_at.astimezone(sessions.zone_of(tx, actor)).date())
