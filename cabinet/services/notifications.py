"""Messages: queued with the fact that they tell of, delivered by the worker, never lost, seldom twice."""

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cabinet.domain import limits
from cabinet.domain.errors import Conflict, NotFound, TooMany
from cabinet.domain.identity import Login, LoginKind
from cabinet.domain.limits import Limit
from cabinet.domain.messages import sms_parts
from cabinet.domain.notices import KIND_OF
from cabinet.domain.permissions import Actor, Permission
from cabinet.persistence.journal import OutboxMessage
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import Letter, MailReturned, Sms, Undelivered
from cabinet.services.deps import Deps
from cabinet.texts import messages

_log = logging.getLogger(__name__)

MAIL: Final = "mail"
SMS: Final = "sms"
CHANNELS: Final = (MAIL, SMS)
LEASE: Final = timedelta(minutes=2)
MOST_ATTEMPTS: Final = 55  # a day: a night without the provider loses nothing
MOST_UNCLEAR: Final = 3  # in a row, when each may have been another copy to the reader
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=30)
_DAY: Final = timedelta(days=1)
_CEILING_PAUSE: Final = timedelta(minutes=15)
_EVERYBODY: Final = "all"
_RETURNED: Final = "mail.returned"
_KEPT: Final = timedelta(days=30)


class MessageSpent(Conflict):
    """The message went out once and what it said is gone: it cannot be written again."""

    code = "message.spent"


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """A message that nobody tries any more, for the operator; `to` is masked."""

    id: int
    channel: str
    to: str
    template: str
    created_at: datetime
    attempts: int
    error: str


def queue_message(
    deps: Deps,
    tx: UnitOfWork,
    to: Login,
    template: str,
    *,
    supplier_id: int | None = None,
    user_id: int | None = None,
    **facts: str | int,
) -> OutboxMessage:
    """Queue a letter or an SMS, whichever the login is, in the transaction of the fact itself.

    When it cannot be delivered, the desk of `supplier_id` sees it; None is that of the reader's own choice.
    `user_id` is whose message it is; None is whoever has the login.
    """
    if user_id is None:
        holder = tx.users.find_by_login(to)
        user_id = holder.id if holder else None
    facts |= {"address": deps.address, "host": urlsplit(deps.address).hostname or ""}
    sealed = deps.seal.seal(json.dumps(facts).encode(), _about(template))
    now = deps.clock.now()
    return tx.outbox.add(
        channel_of(to), to.value, template, now, sealed=sealed, supplier_id=supplier_id, user_id=user_id
    )


def _about(template: str) -> str:
    return f"message {template}"


def _facts(deps: Deps, message: OutboxMessage) -> dict[str, str | int]:
    """What a message is to say.

    Raises:
        Undelivered: the portal's key is another than when it was queued.
    """
    opened = deps.seal.open(message.sealed, _about(message.template))
    if opened is None:
        msg = "sealed under another SECRET_KEY"
        raise Undelivered(msg, retryable=False)
    facts: dict[str, str | int] = json.loads(opened)
    return facts


def pretend_message(deps: Deps, tx: UnitOfWork, to: Login, template: str) -> None:
    """What costs as much as `queue_message`, and sends nothing: the message is done already, and names nobody."""
    tx.outbox.add_done(channel_of(to), template, deps.clock.now())


def readdress(tx: UnitOfWork, user_id: int, to: Login) -> None:
    """What the user may switch off follows them to a new login; what is about safety goes where it was meant to."""
    tx.outbox.readdress(user_id, KIND_OF, channel_of(to), to.value)


def channel_of(to: Login) -> str:
    """The channel that a login is reached by."""
    return SMS if to.kind is LoginKind.PHONE else MAIL


def deliver_due(deps: Deps) -> int:
    """Send what is due by every channel; how many were sent."""
    return sum(deliver_channel(deps, channel) for channel in CHANNELS)


def deliver_channel(deps: Deps, channel: str, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due by one channel, one message after another; how many were sent.

    A message is claimed for two minutes, sent outside any transaction in little more than one at most, then
    marked: a worker that is killed between sending and marking sends it once more, with the same key.
    A provider that is ill or busy ends the round; the next one begins with the next message.
    """
    sent = 0
    while not stopping() and (message := _claim(deps, channel)):
        problem = _deliver(deps, message, stopping)
        sent += problem is None
        if problem and problem.retryable:
            break
    return sent


def _claim(deps: Deps, channel: str) -> OutboxMessage | None:
    now = deps.clock.now()
    with deps.snapshot() as tx:
        if not tx.outbox.has_due(channel, now):
            return None
    with deps.transaction() as tx:
        # Letters cost nothing, and one that is late leads to another by its link.
        if channel == SMS and (late := tx.outbox.drop_late(SMS, now)):
            _log.warning("%s codes were too late to be sent by SMS, and to be paid for", late)
        message = tx.outbox.claim(channel, now, LEASE)
        if message and channel == SMS and message.attempts == 1:
            return _reserve_cost(deps, tx, message, now)
        return message


def _reserve_cost(deps: Deps, tx: UnitOfWork, message: OutboxMessage, now: datetime) -> OutboxMessage | None:
    """The message, when it may still be paid for today; otherwise all of its channel wait."""
    limit = _daily_limit(deps)
    try:
        tx.attempts.reserve(limit, _EVERYBODY, now, _parts(deps, message))
    except TooMany as closed:
        tx.outbox.unclaim(message, now)
        pause = min(timedelta(seconds=int(closed.facts["retry_in"])), _CEILING_PAUSE)
        waiting = tx.outbox.put_off(SMS, now, now + pause)
        _log.warning("the day's limit of %s SMS parts is reached: %s messages wait", limit.most, waiting)
        return None
    return message


def _parts(deps: Deps, message: OutboxMessage) -> int:
    try:
        return sms_parts(messages.sms_text(message.template, _facts(deps, message)))
    except (LookupError, ValueError, Undelivered):  # it cannot be written, which sending it will tell
        return 1


def _daily_limit(deps: Deps) -> Limit:
    return Limit("sms.day", deps.sms_daily_limit, _DAY)


def _deliver(deps: Deps, message: OutboxMessage, stopping: Callable[[], bool]) -> Undelivered | None:
    try:
        _send(deps, message, stopping)
    except Undelivered as refusal:
        problem = refusal
    except Exception as bug:  # noqa: BLE001 - one message must not hold the others, nor be tried for ever
        _log.exception("message %s could not be written or handed over", message.id)
        problem = Undelivered(type(bug).__name__, retryable=True)
    else:
        _mark_sent(deps, message)
        return None
    _postpone(deps, message, problem)
    return problem


def _mark_sent(deps: Deps, message: OutboxMessage) -> None:
    with deps.transaction() as tx:
        kept = tx.outbox.get(message.id or 0)
        kept.sent_at, kept.due_at = deps.clock.now(), None
        kept.sealed = b""  # codes and links have done their work
        if kept.dead_at is None:  # the provider may have returned it already
            kept.last_error = ""


def _send(deps: Deps, message: OutboxMessage, stopping: Callable[[], bool]) -> None:
    template, facts = message.template, _facts(deps, message)
    if message.channel == SMS:
        text = messages.sms_text(template, facts)
        deps.sms.send(Sms(message.key, message.to, text, again=message.revived or message.attempts > 1))
        return
    letter = Letter(
        message.key,
        message.to,
        messages.subject(template, facts),
        messages.letter_text(template, facts),
        messages.letter_html(template, facts),
    )
    deps.mail.send(letter, stopping)


def _postpone(deps: Deps, message: OutboxMessage, problem: Undelivered) -> None:
    now = deps.clock.now()
    with deps.transaction() as tx:
        kept = tx.outbox.get(message.id or 0)
        reason = str(problem.facts["reason"])
        most = MOST_UNCLEAR if problem.unclear and kept.last_error == reason else MOST_ATTEMPTS
        kept.last_error = reason
        if problem.retryable and kept.attempts < most:
            kept.due_at = now + _pause(kept.attempts, problem.retry_in)
        else:
            kept.due_at, kept.dead_at = None, now
            _log.error("message %s is dead after %s attempts: `messages dead`", kept.id, kept.attempts)


def _pause(attempts: int, asked: int) -> timedelta:
    """Twice as long each time, with jitter, so that a recovered provider is not stormed."""
    longest = _LONGEST_PAUSE.total_seconds()
    pause = min(max(_FIRST_PAUSE.total_seconds() * 2.0**attempts, asked), longest)
    # Never earlier than a provider has asked for.
    return timedelta(seconds=max(pause * random.uniform(0.75, 1.25), min(asked, longest)))  # noqa: S311 - jitter is no secret


def take_returned(deps: Deps, source: str, returned: MailReturned) -> bool:
    """Keep a provider's notice of a returned letter, once; whether it was new."""
    with deps.transaction() as tx:
        return tx.inbox.add(
            source,
            returned.id[:128],
            _RETURNED,
            deps.clock.now(),
            key=returned.key[:64],
            reason=returned.reason,
        )


def settle_returned(deps: Deps) -> int:
    """Put the letters that providers returned on the dead list; how many notices were read."""
    with deps.snapshot() as tx:
        if not tx.inbox.has_open(_RETURNED):
            return 0
    settled = 0
    while _settle_one(deps):
        settled += 1
    return settled


def _settle_one(deps: Deps) -> bool:
    now = deps.clock.now()
    with deps.transaction() as tx:
        notice = tx.inbox.claim(_RETURNED)
        if notice is None:
            return False
        message = tx.outbox.find_by_key(str(notice.facts["key"]))
        if message:
            message.due_at, message.dead_at = None, now
            message.last_error = str(notice.facts["reason"])[:200]
            _log.error("message %s came back: `messages dead`", message.id)
        tx.inbox.close(notice, now)
    return True


def forget_old(deps: Deps) -> None:
    """Delete what no limit counts any more, what was sent, repeated or left unretried a month ago."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        tx.attempts.forget_before(_daily_limit(deps), now)
        tx.attempts.forget_but(limits.LASTING, now - limits.LONGEST)
        tx.outbox.forget_sent(now - _KEPT)
        tx.inbox.forget_before(now - _KEPT)
        tx.outbox.forget_dead(now - _KEPT)


def list_dead(deps: Deps, actor: Actor) -> list[DeadLetterRow]:
    """The newest thousand messages that nobody tries any more; an operator's supplier's only."""
    actor.require(Permission.MESSAGE_MANAGE)
    with deps.snapshot() as tx:
        return [_row(message) for message in tx.outbox.list_dead(actor.supplier_id)]


def _row(message: OutboxMessage) -> DeadLetterRow:
    kind = LoginKind.PHONE if message.channel == SMS else LoginKind.EMAIL
    return DeadLetterRow(
        id=message.id or 0,
        channel=message.channel,
        to=Login(kind, message.to).masked,
        template=message.template,
        created_at=message.created_at,
        attempts=message.attempts,
        error=message.last_error,
    )


def retry_message(deps: Deps, actor: Actor, message_id: int) -> None:
    """Try a dead message again, from the beginning and with its old key.

    Raises:
        NotFound: no dead message of that number.
        MessageSpent: it went out and came back.
    """
    actor.require(Permission.MESSAGE_MANAGE)
    with deps.transaction() as tx:
        message = tx.outbox.find_dead(message_id, actor.supplier_id)
        if message is None:
            raise NotFound
        if not message.sealed:
            raise MessageSpent
        _revive(deps, tx, actor, message)


def retry_all(deps: Deps, actor: Actor) -> int:
    """Try every dead message again that can still be written; how many."""
    actor.require(Permission.MESSAGE_MANAGE)
    with deps.transaction() as tx:
        revived = [message for message in tx.outbox.list_dead(actor.supplier_id) if message.sealed]
        for message in revived:
            _revive(deps, tx, actor, message)
        return len(revived)


def _revive(deps: Deps, tx: UnitOfWork, actor: Actor, message: OutboxMessage) -> None:
    now = deps.clock.now()
    message.dead_at, message.due_at, message.attempts, message.revived = None, now, 0, True
    tx.audit.record(actor, now, "message.retried", message.id)
