import logging
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
import typer
from typer.testing import CliRunner

from cabinet.adapters.seal_aesgcm import AesGcmSeal
from cabinet.commands import messages as commands
from cabinet.domain.errors import Denied, NotFound, SignInNeeded
from cabinet.domain.identity import Login
from cabinet.domain.limits import Limit
from cabinet.domain.messages import sms_parts
from cabinet.domain.permissions import Actor
from cabinet.ports import Letter, MailReturned, Sms, Undelivered
from cabinet.services import notifications
from cabinet.services.notifications import DeadLetterRow
from cabinet.texts import messages
from tests.architecture.test_texts import TEMPLATE_FACTS
from tests.factories import register
from tests.fakes import VISITOR, FakeMail, World

FACTS = {
    "day": "1 декабря",
    "left": "3",
    "pin": "abcd2345",
    "supplier": "Газ",
    "code": "123456",
    "link": "http://localhost/x",
    "account": "1",
    "amount": "1",
    "payment": "p",
    "request": "№ 1",
    "reason": "Так.",
}


def queue(world: World, to: str = "anna@example.ru", not_after: datetime | None = None) -> None:
    with world.deps.transaction() as tx:
        message = notifications.queue_message(
            world.deps, tx, Login.parse(to), "payment_succeeded", amount="81,30", account="1", payment="p"
        )
        message.not_after = not_after


def test_a_message_goes_out_once_and_forgets_its_facts(world: World) -> None:
    queue(world)
    assert notifications.deliver_due(world.deps) == 1
    assert notifications.deliver_due(world.deps) == 0
    assert len(world.mail.to("anna@example.ru")) == 1
    with world.deps.snapshot() as tx:
        message = tx.outbox.get(1)
    assert (message.sealed, message.due_at) == (b"", None)


def test_nobody_who_reads_the_table_learns_what_a_waiting_message_says(world: World) -> None:
    with world.deps.transaction() as tx:
        notifications.queue_message(world.deps, tx, Login.parse("anna@example.ru"), "access_pin", **FACTS)
    with world.deps.snapshot() as tx:
        kept = tx.outbox.get(1)
    assert kept.sealed
    assert FACTS["pin"] not in repr(kept.model_dump())
    assert notifications.deliver_due(world.deps) == 1
    assert FACTS["pin"] in world.mail.to("anna@example.ru")[0].text


@pytest.mark.parametrize("to", ["anna@example.ru", "+79127451020"])
def test_a_message_waits_among_the_dead_for_the_key_that_it_was_sealed_with(world: World, to: str) -> None:
    queue(world, to)
    other = replace(world.deps, seal=AesGcmSeal(b"another seal, also of 32 letters"))
    assert notifications.deliver_due(other) == 0
    [row] = notifications.list_dead(world.deps, Actor.system())
    assert row.error == "sealed under another SECRET_KEY"
    notifications.retry_message(world.deps, Actor.system(), row.id)
    assert notifications.deliver_due(world.deps) == 1


def test_what_one_message_says_opens_in_no_message_of_another_kind(world: World) -> None:
    queue(world)
    with world.deps.transaction() as tx:
        tx.outbox.get(1).template = "account_linked"
    assert notifications.deliver_due(world.deps) == 0
    assert not world.mail.to("anna@example.ru")


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


def test_a_letter_that_may_have_been_taken_each_time_goes_out_three_times_at_most(world: World) -> None:
    unclear = Refusing(Undelivered("perhaps taken", retryable=True, unclear=True))
    queue(world)
    for _ in range(10):
        notifications.deliver_due(replace(world.deps, mail=unclear))
        world.clock.move(hours=1)
    assert len(unclear.tried) == notifications.MOST_UNCLEAR == 3
    [row] = notifications.list_dead(world.deps, Actor.system())
    assert row.error == "perhaps taken"
    notifications.retry_message(world.deps, Actor.system(), row.id)
    assert notifications.deliver_due(world.deps) == 1


def test_an_hour_in_which_nothing_is_said_of_letters_loses_none(world: World) -> None:
    unclear = Refusing(Undelivered("perhaps taken", retryable=True, retry_in=1800, unclear=True))
    queue(world)
    for _ in range(60):
        notifications.deliver_due(replace(world.deps, mail=unclear))
        world.clock.move(minutes=1)
    world.clock.move(minutes=40)
    assert notifications.deliver_due(world.deps) == 1


def test_a_letter_that_was_refused_for_an_hour_does_not_die_of_one_unclear_answer(world: World) -> None:
    world.mail.failing = True
    queue(world)
    for _ in range(60):
        notifications.deliver_due(world.deps)
        world.clock.move(minutes=1)
    world.clock.move(minutes=40)
    unclear = Refusing(Undelivered("perhaps taken", retryable=True, unclear=True))
    notifications.deliver_due(replace(world.deps, mail=unclear))
    assert unclear.tried
    world.mail.failing = False
    world.clock.move(minutes=40)
    assert notifications.deliver_due(world.deps) == 1


@pytest.mark.parametrize("template", sorted(messages.TEMPLATES))
def test_every_template_reads_whole_in_text_html_and_sms(template: str) -> None:
    facts = {
        **dict.fromkeys(TEMPLATE_FACTS, "1"),
        **FACTS,
        "address": "http://localhost",
        "host": "localhost",
    }
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


@dataclass
class Refusing:
    """A provider that answers everything with the same refusal and counts the tries."""

    problem: Undelivered
    tried: list[str] = field(default_factory=list)

    def send(self, message: Letter | Sms, *_stopping: object) -> None:
        self.tried.append(message.to)
        raise self.problem


def dead_letter(world: World) -> DeadLetterRow:
    """A letter that was refused for good."""
    world.mail.refusing = True
    queue(world)
    notifications.deliver_due(world.deps)
    world.mail.refusing = False
    return notifications.list_dead(world.deps, Actor.system())[0]


def test_a_provider_that_is_down_is_asked_about_one_message_a_round(world: World) -> None:
    down = Refusing(Undelivered("down", retryable=True))
    for n in range(5):
        queue(world, f"user{n}@example.ru")
    notifications.deliver_due(replace(world.deps, mail=down))
    assert down.tried == ["user0@example.ru"]
    assert notifications.deliver_due(world.deps) == 4


def test_a_refused_letter_holds_nobody_behind_it(world: World) -> None:
    refusing = Refusing(Undelivered("no such mailbox", retryable=False))
    for n in range(3):
        queue(world, f"user{n}@example.ru")
    assert notifications.deliver_due(replace(world.deps, mail=refusing)) == 0
    assert len(refusing.tried) == 3
    assert len(notifications.list_dead(world.deps, Actor.system())) == 3


def test_one_channel_that_fails_does_not_hold_the_other(world: World) -> None:
    queue(world)
    queue(world, "+79127451020")
    world.mail.failing = True
    assert notifications.deliver_due(world.deps) == 1
    assert [sms.to for sms in world.sms.messages] == ["+79127451020"]


def test_a_provider_is_not_asked_before_it_said(world: World) -> None:
    queue(world)
    busy = Undelivered("busy", retryable=True, retry_in=900)
    notifications.deliver_due(replace(world.deps, mail=Refusing(busy)))
    world.clock.move(minutes=14)
    assert notifications.deliver_due(world.deps) == 0
    world.clock.move(minutes=6)
    assert notifications.deliver_due(world.deps) == 1


def test_a_provider_that_asks_for_a_year_is_asked_within_the_hour(world: World) -> None:
    queue(world)
    busy = Undelivered("busy", retryable=True, retry_in=31_536_000)
    notifications.deliver_due(replace(world.deps, mail=Refusing(busy)))
    world.clock.move(hours=1)
    assert notifications.deliver_due(world.deps) == 1


def test_a_provider_that_is_down_for_a_night_loses_nothing(world: World) -> None:
    queue(world)
    world.mail.failing = True
    for _ in range(12 * 12):
        notifications.deliver_due(world.deps)
        world.clock.move(minutes=5)
    world.mail.failing = False
    world.clock.move(minutes=40)
    assert notifications.deliver_due(world.deps) == 1


def test_stopping_ends_the_round_between_two_messages(world: World) -> None:
    for n in range(5):
        queue(world, f"user{n}@example.ru")
    sent = notifications.deliver_channel(world.deps, notifications.MAIL, lambda: len(world.mail.letters) >= 2)
    assert sent == len(world.mail.letters) == 2


@pytest.mark.parametrize("to", ["anna@example.ru", "+79127451020"])
def test_a_message_that_cannot_be_written_is_put_off_and_holds_nobody(
    world: World, to: str, caplog: pytest.LogCaptureFixture
) -> None:
    with world.deps.transaction() as tx:
        notifications.queue_message(world.deps, tx, Login.parse(to), "payment_failed", secret="s3cr3t")
    queue(world, to)
    for _ in range(2):
        notifications.deliver_due(world.deps)
    assert len(world.mail.letters) + len(world.sms.messages) == 1
    with world.deps.snapshot() as tx:
        kept = tx.outbox.get(1)
    assert kept.last_error == "KeyError"
    assert kept.due_at
    assert kept.due_at > world.clock.at
    assert "s3cr3t" not in caplog.text


def test_the_second_try_of_a_short_message_says_that_it_is_one(world: World) -> None:
    queue(world, "+79127451020")
    world.sms.failing = True
    notifications.deliver_due(world.deps)
    world.sms.failing = False
    world.clock.move(hours=1)
    notifications.deliver_due(world.deps)
    queue(world, "+79127451020")
    notifications.deliver_due(world.deps)
    assert [sms.again for sms in world.sms.messages] == [True, False]


def test_beyond_the_day_s_ceiling_short_messages_wait_and_the_log_says_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    deps = replace(world.deps, sms_daily_limit=3)
    for n in range(5):
        queue(world, f"+791274510{n:02}")
    with caplog.at_level(logging.WARNING):
        assert notifications.deliver_due(deps) == 3
    assert "limit of 3 SMS parts is reached: 2 messages wait" in caplog.text
    assert notifications.deliver_due(deps) == 0
    for _ in range(90):
        world.clock.move(minutes=15)
        notifications.deliver_due(deps)
    assert len(world.sms.messages) == 3
    for _ in range(8):
        world.clock.move(minutes=15)
        notifications.deliver_due(deps)
    assert [sms.again for sms in world.sms.messages] == [False] * 5
    assert notifications.list_dead(deps, Actor.system()) == []


def test_codes_that_are_too_late_are_dropped_before_they_are_paid_for(world: World) -> None:
    deps = replace(world.deps, sms_daily_limit=3)
    for n in range(4):
        queue(world, f"+791274510{n:02}", not_after=world.clock.at + timedelta(minutes=10))
    queue(world, "anna@example.ru", not_after=world.clock.at)
    world.sms.failing = True
    notifications.deliver_due(deps)
    world.sms.failing = False
    world.clock.move(hours=1)
    queue(world, "+79127451099", not_after=world.clock.at + timedelta(minutes=10))
    queue(world, "+79127451098")
    notifications.deliver_due(deps)
    assert [x.to for x in world.sms.messages] == ["+79127451099", "+79127451098"]
    assert world.mail.to("anna@example.ru")
    assert notifications.list_dead(deps, Actor.system()) == []


def test_a_code_s_message_is_of_no_use_after_the_code(world: World) -> None:
    register(world, "+79127451020")
    world.sms.failing = True
    notifications.deliver_due(world.deps)
    world.sms.failing = False
    world.clock.move(minutes=11)
    notifications.deliver_due(world.deps)
    assert world.sms.messages == []


def test_a_short_message_that_is_revived_says_that_it_was_tried(world: World) -> None:
    queue(world, "+79127451020")
    world.sms.refusing = True
    notifications.deliver_due(world.deps)
    world.sms.refusing = False
    assert notifications.retry_all(world.deps, Actor.system()) == 1
    notifications.deliver_due(world.deps)
    assert [sms.again for sms in world.sms.messages] == [True]


def test_a_retry_is_not_paid_for_twice_and_a_long_text_costs_its_parts(world: World) -> None:
    deps = replace(world.deps, sms_daily_limit=4)
    confirm(world)
    world.sms.failing = True
    notifications.deliver_due(deps)
    world.sms.failing = False
    world.clock.move(hours=1)
    assert notifications.deliver_due(deps) == 1
    assert sms_parts(world.sms.messages[0].text) == 2
    for _ in range(2):
        confirm(world)
    assert notifications.deliver_due(deps) == 1


def confirm(world: World) -> None:
    with world.deps.transaction() as tx:
        notifications.queue_message(
            world.deps, tx, Login.parse("+79127451020"), "confirm_register", code="123456", link="l"
        )


def test_the_ceiling_does_not_hold_letters(world: World) -> None:
    deps = replace(world.deps, sms_daily_limit=1)
    for n in range(3):
        queue(world, f"+791274510{n:02}")
    queue(world)
    assert notifications.deliver_due(deps) == 2


def test_the_operator_sees_what_died_and_why_but_not_whose(world: World) -> None:
    row = dead_letter(world)
    assert (row.channel, row.to, row.template, row.attempts, row.error) == (
        "mail",
        "a•••@example.ru",
        "payment_succeeded",
        1,
        "down",
    )


def test_the_operator_retries_a_dead_letter_under_its_old_key(world: World) -> None:
    row = dead_letter(world)
    with world.deps.snapshot() as tx:
        key = tx.outbox.get(row.id).key
    notifications.retry_message(world.deps, Actor.system(), row.id)
    assert notifications.deliver_due(world.deps) == 1
    assert world.mail.letters[0].key == key
    assert notifications.list_dead(world.deps, Actor.system()) == []
    with world.deps.snapshot() as tx:
        assert [event.object_id for event in tx.audit.list_actions("message.retried")] == [row.id]


def test_all_dead_letters_are_retried_at_once(world: World) -> None:
    dead_letter(world)
    dead_letter(world)
    assert notifications.retry_all(world.deps, Actor.system()) == 2
    assert notifications.deliver_due(world.deps) == 2


def test_a_living_message_or_none_is_not_retried(world: World) -> None:
    queue(world)
    for number in (1, 2, -1):
        with pytest.raises(NotFound):
            notifications.retry_message(world.deps, Actor.system(), number)


def returned(world: World, notice: str = "msg_1") -> None:
    """The only letter comes back."""
    key = world.mail.letters[0].key
    notifications.take_returned(world.deps, "resend", MailReturned(notice, key, "email.bounced"))
    notifications.settle_returned(world.deps)


def test_a_letter_that_came_back_cannot_be_written_again(world: World) -> None:
    queue(world)
    notifications.deliver_due(world.deps)
    returned(world)
    row = notifications.list_dead(world.deps, Actor.system())[0]
    assert row.error == "email.bounced"
    with pytest.raises(notifications.MessageSpent):
        notifications.retry_message(world.deps, Actor.system(), row.id)
    assert notifications.retry_all(world.deps, Actor.system()) == 0


def test_a_letter_that_comes_back_before_it_is_marked_stays_dead(world: World) -> None:
    queue(world)

    class Hasty(FakeMail):
        def send(self, letter: Letter, *_stopping: object) -> None:
            world.mail.send(letter)
            returned(world)

    assert notifications.deliver_due(replace(world.deps, mail=Hasty())) == 1
    row = notifications.list_dead(world.deps, Actor.system())[0]
    assert row.error == "email.bounced"


@pytest.mark.parametrize("actor", [Actor.anonymous(VISITOR), Actor.subscriber(VISITOR, 1, 1)])
def test_only_the_operator_sees_and_retries_dead_letters(world: World, actor: Actor) -> None:
    row = dead_letter(world)
    for deed in (
        lambda: notifications.list_dead(world.deps, actor),
        lambda: notifications.retry_message(world.deps, actor, row.id),
        lambda: notifications.retry_all(world.deps, actor),
    ):
        with pytest.raises((SignInNeeded, Denied)):
            deed()
    assert len(notifications.list_dead(world.deps, Actor.system())) == 1


def test_the_counters_of_yesterday_are_swept(world: World) -> None:
    queue(world, "+79127451020")
    notifications.deliver_due(world.deps)
    world.clock.move(days=2)
    notifications.forget_old(world.deps)
    with world.deps.transaction() as tx:
        assert tx.attempts.forget_before(Limit("sms.day", 1, timedelta()), world.clock.at) == 0


def test_what_a_dead_letter_says_is_kept_for_a_month(world: World) -> None:
    row = dead_letter(world)
    world.clock.move(days=29)
    notifications.forget_old(world.deps)
    with world.deps.snapshot() as tx:
        assert tx.outbox.get(row.id).sealed
    world.clock.move(days=2)
    notifications.forget_old(world.deps)
    with pytest.raises(notifications.MessageSpent):
        notifications.retry_message(world.deps, Actor.system(), row.id)


def test_the_commands_list_and_retry(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = typer.Typer(pretty_exceptions_enable=False)
    commands.mount(application)
    monkeypatch.setattr("cabinet.terminal.dependencies", lambda: world.deps)
    run = partial(CliRunner().invoke, application, env={"COLUMNS": "200", "TERM": "dumb"})
    assert messages.NO_DEAD in run(["messages", "dead"]).output
    row = dead_letter(world)
    listed = run(["messages", "dead"]).output
    assert "a•••@example.ru" in listed
    assert "payment_succeeded" in listed
    for wrong in ([], [str(row.id), "--all"], ["one"]):
        assert run(["messages", "retry", *wrong]).exit_code == 2
    unknown = run(["messages", "retry", "999"])
    assert (unknown.exit_code, "Traceback" in unknown.output) == (1, False)
    assert run(["messages", "retry", str(row.id)]).output == messages.RETRIED.format(id=row.id) + "\n"
    notifications.deliver_due(world.deps)
    dead_letter(world)
    assert run(["messages", "retry", "--all"]).output == messages.ALL_RETRIED.format(count=1) + "\n"
    assert notifications.deliver_due(world.deps) == 1
