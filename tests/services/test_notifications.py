import re

import pytest

from cabinet.domain.identity import Login
from cabinet.services import notifications
from cabinet.texts import messages
from tests.fakes import World

FACTS = {"code": "123456", "link": "http://localhost/x", "account": "1", "amount": "1", "payment": "p"}


def queue(world: World, to: str = "anna@example.ru") -> None:
    with world.deps.transaction() as tx:
        notifications.queue_message(
            world.deps, tx, Login.parse(to), "payment_succeeded", amount="81,30", account="1", payment="p"
        )


def test_a_message_goes_out_once_and_forgets_its_facts(world: World) -> None:
    queue(world)
    assert notifications.deliver_due(world.deps) == 1
    assert notifications.deliver_due(world.deps) == 0
    assert len(world.mail.to("anna@example.ru")) == 1
    with world.deps.snapshot() as tx:
        message = tx.outbox.get(1)
    assert (message.facts, message.due_at) == ({}, None)


def test_a_message_of_a_transaction_that_failed_is_never_sent(world: World) -> None:
    with pytest.raises(KeyError):
        queue_and_fail(world)
    assert notifications.deliver_due(world.deps) == 0


def queue_and_fail(world: World) -> None:
    with world.deps.transaction() as tx:
        notifications.queue_message(world.deps, tx, Login.parse("a@example.ru"), "password_changed")
        raise KeyError


def test_a_provider_that_is_down_for_an_hour_loses_nothing(world: World) -> None:
    world.mail.failing = True
    for n in range(5):
        queue(world, f"user{n}@example.ru")
    for _ in range(60):
        notifications.deliver_due(world.deps)
        world.clock.move(minutes=1)
    assert world.mail.letters == []
    world.mail.failing = False
    for _ in range(40):
        notifications.deliver_due(world.deps)
        world.clock.move(minutes=1)
    assert len(world.mail.letters) == 5


def test_a_worker_killed_after_sending_sends_at_most_once_more_with_the_same_key(world: World) -> None:
    queue(world)
    with world.deps.transaction() as tx:
        claimed = tx.outbox.claim(notifications.MAIL, world.clock.at, notifications.LEASE)
    assert claimed
    assert notifications.deliver_due(world.deps) == 0
    world.clock.move(minutes=3)
    assert notifications.deliver_due(world.deps) == 1
    assert [letter.key for letter in world.mail.letters] == [claimed.key]


def test_after_enough_refusals_a_message_is_dead_and_counted_no_more(world: World) -> None:
    world.mail.failing = True
    queue(world)
    for _ in range(notifications.MOST_ATTEMPTS):
        notifications.deliver_due(world.deps)
        world.clock.move(hours=1)
    with world.deps.snapshot() as tx:
        assert tx.outbox.get(1).dead_at is not None
        assert tx.outbox.count_waiting() == 0


@pytest.mark.parametrize("template", sorted(messages.TEMPLATES))
def test_every_template_reads_whole_in_text_html_and_sms(template: str) -> None:
    facts = {**FACTS, "address": "http://localhost", "host": "localhost"}
    for text in (
        messages.subject(template, facts),
        messages.letter_text(template, facts),
        messages.letter_html(template, facts),
        messages.sms_text(template, facts),
    ):
        assert text
        assert not re.search(r"{\w+}", text)


def test_facts_are_escaped_in_html() -> None:
    facts = {**FACTS, "account": "<script>", "address": "http://localhost", "host": "localhost"}
    assert "<script>" not in messages.letter_html("guessing_locked", facts)
