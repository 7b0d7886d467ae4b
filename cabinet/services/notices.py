"""What the actor wants to be told of."""

from dataclasses import dataclass, field
from typing import Any, Self

from cabinet.domain.forms import text_of
from cabinet.domain.identity import LoginKind
from cabinet.domain.notices import KIND_OF, NoticeKind, by_default
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.persistence.users import User
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message


@dataclass(frozen=True, slots=True)
class NoticesRow:
    """What the page shows: by kind whether it is told, and where to.

    Attributes:
        channel: «phone» or «email», the login's own.
        login: as a person would write it.
    """

    channel: str = ""
    login: str = ""
    wanted: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChooseNotices:
    """The form: each kind is ticked or not."""

    wanted: dict[NoticeKind, bool]

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form; whatever is not a tick is none."""
        return cls({kind: text_of(form, kind) == "on" for kind in NoticeKind})


def get_notices(deps: Deps, actor: Actor) -> NoticesRow:
    """What the actor is told of, and where to."""
    actor.require(Permission.PROFILE)
    with deps.snapshot() as tx:
        user = tx.users.get_for(actor)
        wanted = {str(kind): wants(tx, user, kind) for kind in NoticeKind}
    return NoticesRow(user.login_kind, user.as_login.shown, wanted)


def choose_notices(deps: Deps, actor: Actor, command: ChooseNotices) -> NoticesRow:
    """Store what the actor wants to be told of."""
    actor.require(Permission.PROFILE)
    with deps.transaction() as tx:
        tx.users.lock(actor.user)
        tx.notices.choose(actor.user, command.wanted)
        tx.audit.record(actor, deps.clock.now(), "notices.chosen")
    return get_notices(deps, actor)


def wants(tx: UnitOfWork, user: User, kind: NoticeKind) -> bool:
    """Whether the user is told of that kind: by choice, or by default."""
    chosen = tx.notices.choices_of(user.id or 0)
    return chosen.get(kind, by_default(kind, LoginKind(user.login_kind)))


def tell_user(deps: Deps, tx: UnitOfWork, user: User, template: str, **facts: str | int) -> bool:
    """Queue a message that may be switched off, unless it is; whether it was queued.

    The one place where choices count: whatever else is queued is about safety and always goes out.
    """
    wanted = wants(tx, user, KIND_OF[template])
    if wanted:
        queue_message(deps, tx, user.as_login, template, supplier_id=None, user_id=user.id, **facts)
    return wanted
