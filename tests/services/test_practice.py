"""A practice world is a portal of its own: every lesson's deeds work in it, and nothing outside it is touched."""

import os
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cabinet.domain import practice as facts
from cabinet.domain.errors import Busy, PracticeOver
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.practice import Start
from cabinet.practice import LIFETIME, SPARED, PracticeWorld, PracticeWorlds
from cabinet.services import (
    charges,
    customer_accounts,
    documents,
    home,
    payments,
    pin_requests,
    profile,
    readings,
)
from cabinet.services.deps import Deps
from cabinet.services.documents import Upload
from cabinet.services.payments import StartPayment
from cabinet.services.pin_requests import SendRequest
from cabinet.services.readings import SubmitReading
from cabinet.texts import training as texts
from tests import hostile_files
from tests.fakes import Exploding, World, make_world
from tests.tables import checksums

DEVICE = Visitor("a device", "192.0.2.7")
# What worlds share: it holds no data and reaches nobody. `secret_key` is derived, `clock` is set to the 20th.
SHARED = {
    "address", "passwords", "common_passwords", "passkeys", "pictures", "speech", "proofs", "cleaner", "pdf", "seal", "qr_codes",
    "human_check_policy", "sms_daily_limit",
}  # fmt: skip


@pytest.fixture
def real(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def worlds(real: World, practice_folder: Path) -> Iterator[PracticeWorlds]:
    """Worlds beside a portal whose database, letters, messages and bank explode at a touch."""
    mine = Exploding()
    deps = replace(real.deps, transaction=mine, snapshot=mine, mail=mine, sms=mine, acquirer=mine, vault=mine)
    made = PracticeWorlds(practice_folder, deps)
    yield made
    made.close()


def connect(deps: Deps, actor: Actor) -> None:
    profile.choose_supplier(deps, actor, profile.list_suppliers(deps, actor)[0].id)
    form = {"access": "extended", "proof_kind": "serial", "serial": f" {facts.SERIAL} "}
    customer_accounts.link_account(deps, actor, customer_accounts.LinkAccount.parse(form, facts.ACCOUNT))


def read(deps: Deps, actor: Actor) -> str:
    meter = readings.get_meter(deps, actor, 1)
    value = str(facts.months_before(deps.clock.now().date())[-1].reading_to + 9)
    command = SubmitReading(1, int(meter.meter_id), value, "a key of this page", confirmed=False)
    return readings.submit_reading(deps, actor, command).number


def pay(worlds: PracticeWorlds, token: str, deps: Deps, actor: Actor) -> None:
    payments.start_payment(deps, actor, StartPayment(1, Money(10_000), "a key of this page"))
    world = world_of(worlds, token)
    with deps.snapshot() as tx:
        [order] = tx.payments.list_of(actor, 1)
    world.bank.decide(order.acquirer_payment_id or "", PaymentStatus.SUCCEEDED)
    assert payments.settle(deps, order.acquirer_payment_id or "") is PaymentStatus.SUCCEEDED
    assert [x.name for x in world.open_mailbox().glob("mail/*.eml")]


def ask_for_pin(deps: Deps, actor: Actor, number: str = facts.ACCOUNT, email: str = facts.LOGIN) -> str:
    documents.attach_document(deps, actor, Upload("a document.jpg", hostile_files.jpeg()))
    form = {
        "number": number,
        "address": texts.ADDRESS,
        "phone": facts.PHONE,
        "email": email,
        "kind": "passport",
    }
    return pin_requests.send_request(deps, actor, SendRequest.parse(form, "", visitor=False)).token


def prove_by_pin(deps: Deps, actor: Actor, pin: str) -> None:
    form = {"access": "extended", "proof_kind": "pin", "pin": pin.upper()}
    customer_accounts.link_account(deps, actor, customer_accounts.LinkAccount.parse(form, facts.ACCOUNT))


def world_of(worlds: PracticeWorlds, token: str) -> PracticeWorld:
    return worlds.visit(token, DEVICE)[0]


@pytest.mark.parametrize("email", [facts.LOGIN, "other@example.ru"], ids=["by one operator", "by two"])
def test_the_practice_desk_answers_when_the_mailbox_is_opened(worlds: PracticeWorlds, email: str) -> None:
    token = worlds.begin(Start.BASIC, DEVICE)
    deps, actor = worlds.who(DEVICE, token, "")
    sent = ask_for_pin(deps, actor, email=email)
    world = world_of(worlds, token)
    assert world.pin() == ""
    assert pin_requests.view_status(deps, actor, sent).status == "Принята"
    assert world.open_mailbox() == world.open_mailbox()
    assert pin_requests.view_status(deps, actor, sent).status == "Пин-код отправлен"
    assert home.get_home(deps, actor, 1).extended is False
    prove_by_pin(deps, actor, world.pin())
    assert home.get_home(deps, actor, 1).extended is True


def test_a_lesson_left_with_the_document_attached_goes_on_with_it(worlds: PracticeWorlds) -> None:
    deps, actor = worlds.who(DEVICE, worlds.begin(Start.ATTACHED, DEVICE), "")
    [attached] = documents.list_attached(deps, actor)
    assert documents.detach_document(deps, actor, attached.id) == []


def test_a_lesson_left_with_the_request_sent_goes_on_to_its_pin(worlds: PracticeWorlds) -> None:
    token = worlds.begin(Start.REQUESTED, DEVICE)
    deps, actor = worlds.who(DEVICE, token, "")
    world = world_of(worlds, token)
    assert pin_requests.view_status(deps, actor, world.request()).status == "Принята"
    world.open_mailbox()
    assert pin_requests.view_status(deps, actor, world.request()).status == "Пин-код отправлен"
    prove_by_pin(deps, actor, world.pin())
    assert home.get_home(deps, actor, 1).extended is True


def test_before_a_request_there_is_no_link_to_it(worlds: PracticeWorlds) -> None:
    assert world_of(worlds, worlds.begin(Start.NEWCOMER, DEVICE)).request() == ""


def test_a_request_for_a_number_that_is_not_there_is_turned_down(worlds: PracticeWorlds) -> None:
    token = worlds.begin(Start.BASIC, DEVICE)
    deps, actor = worlds.who(DEVICE, token, "")
    sent = ask_for_pin(deps, actor, "370000000099")
    world = world_of(worlds, token)
    world.open_mailbox()
    assert world.pin() == ""
    assert pin_requests.view_status(deps, actor, sent).status == "Отказано"


def test_what_the_lessons_do_works_where_the_real_portal_cannot_even_be_read(
    worlds: PracticeWorlds, real: World
) -> None:
    before = checksums(real.engine, frozenset())
    newcomer = worlds.begin(Start.NEWCOMER, DEVICE)
    connect(*worlds.who(DEVICE, newcomer, ""))
    token = worlds.begin(Start.CONNECTED, DEVICE)
    deps, actor = worlds.who(DEVICE, token, "")
    assert read(deps, actor)
    assert len(charges.get_charges(deps, actor, 1).months) >= 12
    owed = home.get_home(deps, actor, 1).roubles
    pay(worlds, token, deps, actor)
    asks = worlds.begin(Start.BASIC, DEVICE)
    ask_for_pin(*worlds.who(DEVICE, asks, ""))
    world_of(worlds, asks).open_mailbox()
    prove_by_pin(*worlds.who(DEVICE, asks, ""), world_of(worlds, asks).pin())
    assert home.get_home(deps, actor, 1).roubles != owed
    assert checksums(real.engine, frozenset()) == before


def test_a_new_port_is_either_named_as_shared_or_a_worlds_own(worlds: PracticeWorlds, real: World) -> None:
    deps, _ = worlds.who(DEVICE, worlds.begin(Start.NEWCOMER, DEVICE), "")
    named = {x.name: getattr(deps, x.name) for x in fields(Deps)}
    same = {x for x, port in named.items() if port is not None and port is getattr(real.deps, x)}
    assert same <= SHARED


@pytest.mark.parametrize(
    ("begun", "days"),
    [
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 3, 8, 0, tzinfo=UTC), 17),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), -11),
        (datetime(2027, 2, 28, 23, 59, tzinfo=UTC), -8),
    ],
    ids=["the same day", "earlier", "a month of 31 days", "a month of 28"],
)
def test_a_world_begins_on_the_20th_and_its_clock_goes_on_past_midnight(
    worlds: PracticeWorlds, real: World, begun: datetime, days: int
) -> None:
    real.clock.at = begun
    deps, actor = worlds.who(DEVICE, worlds.begin(Start.CONNECTED, DEVICE), "")
    assert deps.clock.now() == begun + timedelta(days=days)
    assert deps.clock.now().day == facts.DAY
    for minutes in (2, 1437):
        before = deps.clock.now()
        real.clock.move(minutes=minutes)
        assert deps.clock.now() - before == timedelta(minutes=minutes)
        assert home.get_home(deps, actor, 1).window_open
    assert read(deps, actor)


def test_a_world_that_was_closed_meanwhile_keeps_its_clock(
    worlds: PracticeWorlds, real: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cabinet.practice.OPEN", 1)
    real.clock.at = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    token = worlds.begin(Start.CONNECTED, DEVICE)
    real.clock.move(minutes=2)
    worlds.begin(Start.CONNECTED, DEVICE)
    deps, _ = worlds.who(DEVICE, token, "")
    assert deps.clock.now() == datetime(2026, 12, 21, 0, 1, tzinfo=UTC)


def test_two_worlds_do_not_see_each_other(worlds: PracticeWorlds) -> None:
    first, second = worlds.begin(Start.CONNECTED, DEVICE), worlds.begin(Start.CONNECTED, DEVICE)
    read(*worlds.who(DEVICE, first, ""))
    deps, _ = worlds.who(DEVICE, second, "")
    with deps.snapshot() as tx:
        assert {x.source for x in tx.readings.list_recent(1)} == {"register"}


@pytest.mark.parametrize("change", ["swap", "cut", "path", "empty", "other"])
def test_a_token_that_was_not_given_opens_nothing(worlds: PracticeWorlds, change: str) -> None:
    first, second = worlds.begin(Start.NEWCOMER, DEVICE), worlds.begin(Start.NEWCOMER, DEVICE)
    name, _, session = first.partition(".")
    guess = {
        "swap": f"{second.partition('.')[0]}.{session}",
        "cut": name,
        "path": f"../practice/{name}.{session}",
        "empty": "",
        "other": f"{'0' * 10}_{'0' * 32}.{session}",
    }[change]
    with pytest.raises(PracticeOver):
        worlds.visit(guess, DEVICE)
    assert not worlds.end(guess)
    assert worlds.who(DEVICE, first, "")


def test_a_browser_without_a_device_cookie_gets_no_world(
    worlds: PracticeWorlds, practice_folder: Path
) -> None:
    with pytest.raises(BrowserUnknown):
        worlds.begin(Start.NEWCOMER, Visitor("", "192.0.2.7"))
    assert list((practice_folder).glob("*/")) == []


def test_a_world_that_was_left_is_gone_with_all_that_was_in_it(
    worlds: PracticeWorlds, practice_folder: Path
) -> None:
    token = worlds.begin(Start.CONNECTED, DEVICE)
    assert worlds.end(token)
    assert list((practice_folder).glob("*/")) == []
    with pytest.raises(PracticeOver):
        worlds.who(DEVICE, token, "")


def test_worlds_of_yesterday_are_swept_and_todays_stay(
    worlds: PracticeWorlds, real: World, practice_folder: Path
) -> None:
    old = worlds.begin(Start.NEWCOMER, DEVICE)
    real.clock.move(seconds=1)
    young = worlds.begin(Start.NEWCOMER, DEVICE)
    left = practice_folder / "tmp-of-a-template"  # a process was killed while it made one
    left.mkdir()
    written = (real.clock.at - timedelta(seconds=1)).timestamp()
    os.utime(left, (written, written))
    real.clock.move(seconds=LIFETIME.total_seconds())
    assert worlds.sweep() == 2
    assert worlds.who(DEVICE, young, "")
    with pytest.raises(PracticeOver):
        worlds.visit(old, DEVICE)


def test_many_worlds_begun_used_and_swept_leave_no_file_and_no_row(
    worlds: PracticeWorlds, real: World, practice_folder: Path
) -> None:
    before = checksums(real.engine, frozenset())
    starts = list(Start)
    tokens = [worlds.begin(starts[number % len(starts)], DEVICE) for number in range(50)]
    assert {worlds.who(DEVICE, token, "")[0].clock.now().day for token in tokens} == {facts.DAY}
    assert len({token.partition(".")[0] for token in tokens}) == 50
    real.clock.move(seconds=LIFETIME.total_seconds() + 1)
    assert worlds.sweep() == 50
    assert list((practice_folder).glob("*/")) == []
    assert {x.suffix for x in (practice_folder).iterdir()} == {".db"}  # templates, for the next ones
    assert checksums(real.engine, frozenset()) == before


def test_what_one_world_has_compiled_every_other_knows(worlds: PracticeWorlds) -> None:
    read(*worlds.who(DEVICE, worlds.begin(Start.CONNECTED, DEVICE), ""))
    known = len(worlds._kin._compiled)
    assert known
    read(*worlds.who(DEVICE, worlds.begin(Start.CONNECTED, DEVICE), ""))
    assert len(worlds._kin._compiled) == known


def test_more_worlds_than_may_be_open_at_once_stay_usable(
    worlds: PracticeWorlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cabinet.practice.OPEN", 3)
    tokens = [worlds.begin(Start.NEWCOMER, DEVICE) for _ in range(8)]
    assert {worlds.who(DEVICE, x, "")[1].user for x in (*tokens, *tokens)} == {1}


def test_when_all_places_are_taken_the_oldest_world_makes_room_but_not_out_of_a_lesson(
    worlds: PracticeWorlds, real: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cabinet.practice.MOST", 2)
    oldest = worlds.begin(Start.NEWCOMER, DEVICE)
    real.clock.move(minutes=1)
    other = worlds.begin(Start.NEWCOMER, DEVICE)
    with pytest.raises(Busy):
        worlds.begin(Start.NEWCOMER, DEVICE)
    real.clock.move(seconds=SPARED.total_seconds() - 60)
    latest = worlds.begin(Start.NEWCOMER, DEVICE)
    with pytest.raises(PracticeOver):
        worlds.visit(oldest, DEVICE)
    assert worlds.visit(other, DEVICE)
    assert worlds.visit(latest, DEVICE)
