"""Messages: queued with the fact that they tell of, delivered by the worker, never lost, seldom twice."""

import random
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from cabinet.domain.identity import Login, LoginKind
from cabinet.persistence.journal import OutboxMessage
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import Letter, Sms, Undelivered
from cabinet.services.deps import Deps
from cabinet.texts import messages

LEASE: Final = timedelta(minutes=2)
MOST_ATTEMPTS: Final = 12
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=30)


def queue_message(deps: Deps, tx: UnitOfWork, to: Login, template: str, **facts: str | int) -> None:
    """Queue a letter or an SMS, whichever the login is, in the transaction of the fact itself."""
    channel = "sms" if to.kind is LoginKind.PHONE else "mail"
    tx.outbox.add(
        channel,
        to.value,
        template,
        deps.clock.now(),
        address=deps.address,
        host=urlsplit(deps.address).hostname or "",
        **facts,
    )


def deliver_due(deps: Deps) -> int:
    """Send what is due, one message after another; how many were sent.

    A message is claimed for two minutes, sent outside any transaction, then marked: a worker that is
    killed between sending and marking sends it once more, with the same key.
    """
    sent = 0
    while True:
        with deps.transaction() as tx:
            message = tx.outbox.claim(deps.clock.now(), LEASE)
        if message is None:
            return sent
        sent += _deliver(deps, message)


def _deliver(deps: Deps, message: OutboxMessage) -> bool:
    try:
        _send(deps, message)
    except Undelivered as problem:
        _postpone(deps, message, problem)
        return False
    with deps.transaction() as tx:
        kept = tx.outbox.get(message.id or 0)
        kept.sent_at, kept.due_at, kept.last_error = deps.clock.now(), None, ""
        kept.facts = {}  # codes and links have done their work
    return True


def _send(deps: Deps, message: OutboxMessage) -> None:
    key = f"message-{message.id}"
    if message.channel == "sms":
        deps.sms.send(Sms(key, message.to, messages.sms_text(message.template, message.facts)))
        return
    deps.mail.send(
        Letter(
            key,
            message.to,
            messages.subject(message.template, message.facts),
            messages.letter_text(message.template, message.facts),
            messages.letter_html(message.template, message.facts),
        )
    )


def _postpone(deps: Deps, message: OutboxMessage, problem: Undelivered) -> None:
    now = deps.clock.now()
    with deps.transaction() as tx:
        kept = tx.outbox.get(message.id or 0)
        kept.last_error = str(problem.facts.get("reason", ""))[:200]
        if problem.retryable and kept.attempts < MOST_ATTEMPTS:
            kept.due_at = now + _pause(kept.attempts)
        else:
            kept.due_at, kept.dead_at = None, now


def _pause(attempts: int) -> timedelta:
    """Twice as long each time, with jitter, so that a recovered provider is not stormed."""
    pause = min(_FIRST_PAUSE.total_seconds() * 2.0**attempts, _LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=pause * random.uniform(0.75, 1.25))  # noqa: S311 - jitter is no secret
