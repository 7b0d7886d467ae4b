"""Letters and short messages of the supplier that could not be delivered, for its desk."""

from dataclasses import dataclass

from cabinet.domain.permissions import Actor, Permission
from cabinet.services import notifications
from cabinet.services.deps import Deps
from cabinet.services.desk import zone_of_desk
from cabinet.texts import dates
from cabinet.texts import desk_messages as words


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """A message that nobody tries any more; `reader` is masked."""

    id: str
    reader: str
    what: str
    at: str
    why: str


def list_failed(deps: Deps, actor: Actor) -> list[FailedMessage]:
    """The supplier's newest thousand."""
    actor.require(Permission.MESSAGE_MANAGE)
    with deps.snapshot() as tx:
        zone = zone_of_desk(tx, actor)
    return [
        FailedMessage(
            str(x.id),
            x.to,
            words.WHAT.get(x.template, words.OTHER),
            dates.moment(x.created_at.astimezone(zone)),
            words.why(x.attempts, x.error),
        )
        for x in notifications.list_dead(deps, actor)
    ]
