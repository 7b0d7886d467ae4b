"""«Удалить кабинет»: thought over for fourteen days, then nothing of the person is left in any table."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from cabinet.domain import limits
from cabinet.domain.deletion import DELAY, DeletionNotAsked
from cabinet.domain.errors import Denied, ReauthenticationNeeded, SignInNeeded
from cabinet.domain.payments import PaymentStatus
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import STEP_DAY, STEP_HOUR
from cabinet.persistence import personal_data
from cabinet.persistence.personal_data import RULES, End, Person, PersonalData
from cabinet.services import (
    customer_accounts,
    deletion,
    login_change,
    notifications,
    payments,
    readings,
    sessions,
    sign_in,
)
from cabinet.services.notifications import queue_message
from tests.factories import ACCOUNT, PASSWORD, SERIAL, code_in, enter, last_text, operator, owner, subscriber
from tests.fakes import VISITOR, World
from tests.tables import rows_of, tables

LOGIN = "canary-kenar@example.ru"
ADDRESS = "203.0.113.77"
ALIAS = "Канарейкина дача"
AGENT = "Canary/7.7"
CANARY = Visitor("device-of-canary", ADDRESS, AGENT)
BORIS = Visitor("device-of-boris", "192.0.2.2")


def everything(engine: Engine) -> Iterator[tuple[str, str, str]]:
    """Every value of every column of every table as text."""
    for name, columns, rows in tables(engine):
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                yield name, column, str(value)


def where(engine: Engine, *needles: str) -> set[str]:
    return {f"{t}.{c}" for t, c, value in everything(engine) if any(x in value for x in needles)}


def canary(world: World) -> tuple[Actor, int]:
    """Somebody who has left a trace wherever a person can."""
    actor, account = owner(world, ACCOUNT, SERIAL, LOGIN, CANARY)
    customer_accounts.rename_account(world.deps, actor, account, ALIAS)
    meter = readings.get_meter(world.deps, actor, account)
    value = str(int(re.sub(r"\D", "", meter.previous)) + 3)
    command = readings.SubmitReading(account, int(meter.meter_id), value, "k1", confirmed=True)
    readings.submit_reading(world.deps, actor, command)
    form = {"account": str(account), "amount": "100", "key": "p1"}
    url = payments.start_payment(world.deps, actor, payments.StartPayment.parse(form))
    paid = url.rpartition("=")[2]
    world.bank.decide(paid, PaymentStatus.SUCCEEDED)
    payments.settle(world.deps, paid)
    return actor, account


def finish(world: World) -> None:
    """The time goes by as the worker sees it."""
    notifications.deliver_due(world.deps)
    for _ in range(15):
        world.clock.move(days=1)
        notifications.forget_old(world.deps)
        deletion.tell_before_end(world.deps)
        notifications.deliver_due(world.deps)
        deletion.erase_due(world.deps)


def test_after_the_end_no_table_knows_the_person(izhevsk: World) -> None:
    actor, account = canary(izhevsk)
    left = where(izhevsk.engine, LOGIN, ADDRESS, ALIAS, AGENT)
    assert {
        "users.login",
        "users.consent_address",
        "sessions.address",
        "account_links.alias",
        "outbox.to",
    } <= left
    assert {"audit_events.address", "attempts.subject", "sessions.agent"} <= left
    money = rows_of(izhevsk.engine, customer_account_id=account)["journal_entries"]
    deletion.ask_deletion(izhevsk.deps, actor)
    finish(izhevsk)
    assert where(izhevsk.engine, LOGIN, ADDRESS, ALIAS, AGENT) == set()
    kept = rows_of(izhevsk.engine, customer_account_id=account, user_id=actor.user)
    assert kept["journal_entries"] == money
    assert len(kept["payments"]) == 1
    assert len(kept["readings"]) == 1
    assert not any(kept[x] for x in ("sessions", "account_links", "confirmations", "sign_in_tickets"))


def test_tries_that_were_counted_by_the_person_s_number_go_and_an_account_s_stay(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    own = (limits.UPLOAD_DEVICE, limits.PIN_REQUEST_DEVICE, STEP_HOUR, limits.EXPORT_USER)
    now = izhevsk.clock.now()
    with izhevsk.deps.transaction() as tx:
        for limit in own:
            tx.attempts.reserve(limit, actor.user, now)
        tx.attempts.reserve(STEP_DAY, f"enrol:{actor.user}", now)
        tx.attempts.reserve(limits.PIN_ACCOUNT_DAY, actor.user, now)
        tx.personal_data.erase(tx.personal_data.person(actor.user), now)
        for limit in own:
            assert tx.attempts.tried_at(limit, actor.user, now) == []
        assert tx.attempts.tried_at(STEP_DAY, f"enrol:{actor.user}", now) == []
        assert len(tx.attempts.tried_at(limits.PIN_ACCOUNT_DAY, actor.user, now)) == 1


def test_the_login_is_free_again_and_begins_with_nothing(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    deletion.ask_deletion(izhevsk.deps, actor)
    finish(izhevsk)
    again = subscriber(izhevsk, LOGIN, CANARY)
    assert again.user != actor.user
    assert customer_accounts.list_accounts(izhevsk.deps, again) == []
    assert deletion.get_deletion(izhevsk.deps, again).day == ""


def test_nobody_signs_in_to_an_erased_cabinet(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    deletion.ask_deletion(izhevsk.deps, actor)
    finish(izhevsk)
    command = sign_in.SignIn.parse({"login": LOGIN, "password": PASSWORD})
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(izhevsk.deps, Actor.anonymous(CANARY), command)


def test_asking_ends_other_sessions_and_tells_the_owner(world: World) -> None:
    anna = subscriber(world)
    with world.deps.transaction() as tx:
        ticket = sessions.issue_ticket(world.deps, tx, tx.users.get(anna.user), VISITOR, remember=True)
    _, other = enter(world, ticket)
    row = deletion.ask_deletion(world.deps, anna)
    assert row.day == "4\u00a0декабря 2026"
    assert sessions.identify(world.deps, VISITOR, other).user_id is None
    assert len(sessions.list_sessions(world.deps, anna)) == 1
    assert "4\u00a0декабря 2026" in last_text(world, "anna@example.ru")


def test_asking_twice_moves_nothing_and_sends_one_letter(world: World) -> None:
    anna = subscriber(world)
    first = deletion.ask_deletion(world.deps, anna)
    world.clock.move(minutes=5)
    assert deletion.ask_deletion(world.deps, anna) == first
    notifications.deliver_due(world.deps)
    assert len([x for x in world.mail.letters if "будет удалён" in x.subject]) == 1


def test_two_tabs_that_ask_at_once_make_one_wish(world: World) -> None:
    anna = subscriber(world)
    with ThreadPoolExecutor(4) as tabs:
        asked = list(tabs.map(lambda _: deletion.ask_deletion(world.deps, anna), range(4)))
    assert len(set(asked)) == 1
    with world.deps.snapshot() as tx:
        assert len(tx.audit.list_actions("deletion.asked")) == 1


def test_undone_in_time_everything_stays(izhevsk: World) -> None:
    actor, account = canary(izhevsk)
    before = rows_of(izhevsk.engine, customer_account_id=account)
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(days=13, hours=23)
    deletion.undo_deletion(izhevsk.deps, actor)
    assert "отменено" in last_text(izhevsk, LOGIN)
    izhevsk.clock.move(days=30)
    assert deletion.erase_due(izhevsk.deps) == 0
    assert rows_of(izhevsk.engine, customer_account_id=account) == before
    assert deletion.get_deletion(izhevsk.deps, actor).day == ""
    with pytest.raises(DeletionNotAsked):
        deletion.undo_deletion(izhevsk.deps, actor)


def test_one_reminder_comes_three_days_before(world: World) -> None:
    anna = subscriber(world)
    deletion.ask_deletion(world.deps, anna)
    world.clock.move(days=10, hours=23)
    assert deletion.tell_before_end(world.deps) == 0
    world.clock.move(hours=1)
    assert deletion.tell_before_end(world.deps) == 1
    assert deletion.tell_before_end(world.deps) == 0
    assert "Вернуть его потом нельзя" in last_text(world, "anna@example.ru")


def test_nothing_goes_before_the_day(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(seconds=DELAY.total_seconds() - 1)
    assert deletion.erase_due(izhevsk.deps) == 0
    assert "users.login" in where(izhevsk.engine, LOGIN)


def test_killed_in_the_middle_nothing_is_half_gone_and_the_next_round_finishes(
    izhevsk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, _ = canary(izhevsk)
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(days=14)
    before = where(izhevsk.engine, LOGIN, ADDRESS, ALIAS, AGENT)
    whole = PersonalData.erase

    def killed(self: PersonalData, person: Person, now: object) -> None:
        whole(self, person, izhevsk.clock.now())
        raise SystemExit

    monkeypatch.setattr(PersonalData, "erase", killed)
    with pytest.raises(SystemExit):
        deletion.erase_due(izhevsk.deps)
    assert where(izhevsk.engine, LOGIN, ADDRESS, ALIAS, AGENT) == before
    monkeypatch.undo()
    deletion.erase_due(izhevsk.deps)
    assert "users.login" not in where(izhevsk.engine, LOGIN)


def test_erased_twice_is_erased_once_and_two_workers_do_not_meet(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(days=14)
    with ThreadPoolExecutor(3) as workers:
        list(workers.map(lambda _: deletion.erase_due(izhevsk.deps), range(3)))
    izhevsk.clock.move(minutes=59)
    assert deletion.erase_due(izhevsk.deps) == 1  # what was under way goes too
    izhevsk.clock.move(minutes=2)
    assert deletion.erase_due(izhevsk.deps) == 0
    with izhevsk.deps.snapshot() as tx:
        assert len(tx.audit.list_actions("deletion.carried_out")) == 1


def test_what_was_written_while_it_was_erased_is_erased_too(izhevsk: World) -> None:
    actor, _ = canary(izhevsk)
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(days=14)
    deletion.erase_due(izhevsk.deps)
    with izhevsk.deps.transaction() as tx:
        tx.audit.record(Actor.subscriber(CANARY, actor.user, 1), izhevsk.clock.now(), "reading.submitted", 1)
    izhevsk.clock.move(minutes=10)
    deletion.erase_due(izhevsk.deps)
    assert "audit_events.address" not in where(izhevsk.engine, ADDRESS)


def test_a_former_login_hides_nothing_and_takes_nothing_of_its_next_owner(world: World) -> None:
    anna = subscriber(world, LOGIN, CANARY)
    for login in ("anna.second@example.ru", "anna.third@example.ru"):
        world.clock.move(minutes=2)
        login_change.ask_login(world.deps, anna, login_change.ChangeLogin.parse({"login": login}))
        login_change.confirm_login(world.deps, anna, code_in(last_text(world, login)))
    world.clock.move(minutes=2)
    next_owner = subscriber(world, "anna.second@example.ru", BORIS)
    deletion.ask_deletion(world.deps, anna)
    world.clock.move(days=15)
    with world.deps.transaction() as tx:
        queue_message(world.deps, tx, tx.users.get(next_owner.user).as_login, "password_changed")
    notifications.forget_old(world.deps)
    deletion.erase_due(world.deps)
    assert where(world.engine, LOGIN, "anna.third@example.ru") == set()
    assert last_text(world, "anna.second@example.ru").startswith("Пароль")


def test_an_open_payment_is_waited_for(izhevsk: World) -> None:
    actor, account = canary(izhevsk)
    form = {"account": str(account), "amount": "55", "key": "p2"}
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(days=14)
    url = payments.start_payment(izhevsk.deps, actor, payments.StartPayment.parse(form))
    deletion.erase_due(izhevsk.deps)
    assert "users.login" in where(izhevsk.engine, LOGIN)
    izhevsk.bank.decide(url.rpartition("=")[2], PaymentStatus.SUCCEEDED)
    payments.settle(izhevsk.deps, url.rpartition("=")[2])
    deletion.erase_due(izhevsk.deps)
    assert "users.login" not in where(izhevsk.engine, LOGIN)


def test_only_who_has_proved_lately_may_ask_and_strangers_see_nothing(world: World) -> None:
    anna = subscriber(world)
    boris = subscriber(world, "boris@example.ru", Visitor("device-of-boris", "192.0.2.2"))
    world.clock.move(minutes=11)
    with pytest.raises(ReauthenticationNeeded):
        deletion.ask_deletion(world.deps, anna)
    with pytest.raises(SignInNeeded):
        deletion.ask_deletion(world.deps, Actor.anonymous(VISITOR))
    with world.deps.transaction() as tx:
        tx.sessions.authenticate(anna, world.clock.now())
    deletion.ask_deletion(world.deps, anna)
    assert deletion.get_deletion(world.deps, boris).day == ""
    with pytest.raises(DeletionNotAsked):
        deletion.undo_deletion(world.deps, boris)
    assert deletion.get_deletion(world.deps, anna).day


def test_an_operator_has_no_cabinet_to_erase(izhevsk: World) -> None:
    olga = operator(izhevsk)
    for use in (deletion.ask_deletion, deletion.undo_deletion, deletion.get_deletion):
        with pytest.raises(Denied):
            use(izhevsk.deps, olga)


def test_a_neighbour_loses_nothing(izhevsk: World) -> None:
    boris, _ = owner(izhevsk, login="boris@example.ru", visitor=Visitor("device-of-boris", "192.0.2.2", "B"))
    actor, _ = canary(izhevsk)
    notifications.deliver_due(izhevsk.deps)
    before = where(izhevsk.engine, "boris@example.ru", "device-of-boris", "192.0.2.2")
    mine = rows_of(izhevsk.engine, user_id=boris.user)
    deletion.ask_deletion(izhevsk.deps, actor)
    izhevsk.clock.move(days=14)
    deletion.erase_due(izhevsk.deps)
    assert where(izhevsk.engine, "boris@example.ru", "device-of-boris", "192.0.2.2") == before
    assert rows_of(izhevsk.engine, user_id=boris.user) == mine


def test_every_table_has_its_rule_and_every_rule_its_reason() -> None:
    known = set(SQLModel.metadata.tables)
    assert known - set(RULES) == set(), "a new table: say in RULES what it means for a person"
    assert set(RULES) - known == set()
    for name, rule in RULES.items():
        table = personal_data.table_of(name)
        refers = any(key.column.table.name == "users" for key in table.foreign_keys)
        assert rule.file or rule.why, name
        assert rule.why or rule.end is End.DELETE, f"{name} stays: say why"
        assert set(rule.columns) | set(rule.blanks) <= set(table.c.keys()), name
        assert not any(x in c for c in rule.columns for x in ("hash", "digest", "sealed", "secret", "key"))
        if refers and rule.end is not End.KEEP:
            assert str(rule.whose(table, Person(1, "", []))), name
