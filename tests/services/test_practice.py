"""A practice world is a portal of its own: every lesson's deeds work in it, and nothing outside it is touched."""

import os
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from cabinet.domain import practice as facts
from cabinet.domain.errors import Busy, PracticeOver
from cabinet.domain.money import Money
from cabinet.domain.payments import PaymentStatus
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.practice import Start
from cabinet.practice import LIFETIME, PracticeWorld, PracticeWorlds
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
from tests.fakes import World, make_world
from tests.tables import checksums

DEVICE = Visitor("a device", "192.0.2.7")
# What worlds share: it holds no data and reaches nobody. `secret_key` is derived, `clock` is set to the 20th.
SHARED = {
    "address", "passwords", "common_passwords", "passkeys", "pictures", "speech", "proofs", "cleaner", "pdf", "seal", "qr_codes",
    "human_check_policy", "sms_daily_limit",
}  # fmt: skip


class Explodes:
    """Whatever is asked of it."""

    def __call__(self, *_given: object) -> Any:
        raise AssertionError("the real portal was touched")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the real portal was touched: {name}")


@pytest.fixture
def real(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = make_world(sqlite_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def worlds(real: World, tmp_path: Path) -> Iterator[PracticeWorlds]:
    """Worlds beside a portal whose database, letters, messages and bank explode at a touch."""
    mine = Explodes()
    deps = replace(real.deps, transaction=mine, snapshot=mine, mail=mine, sms=mine, acquirer=mine, vault=mine)
    made = PracticeWorlds(tmp_path / "practice", deps)
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
    world = worlds.find(token)
    assert world
    with deps.snapshot() as tx:
        [order] = tx.payments.list_of(actor, 1)
    world.bank.decide(order.acquirer_payment_id or "", PaymentStatus.SUCCEEDED)
    assert payments.settle(deps, order.acquirer_payment_id or "") is PaymentStatus.SUCCEEDED
    assert [x.name for x in world.inbox().glob("mail/*.eml")]


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
    world = worlds.find(token)
    assert world
    return world


@pytest.mark.parametrize("email", [facts.LOGIN, "other@example.ru"], ids=["by one operator", "by two"])
def test_the_practice_desk_answers_when_the_mailbox_is_opened(worlds: PracticeWorlds, email: str) -> None:
    token = worlds.begin(Start.BASIC, DEVICE)
    deps, actor = worlds.enter(token, DEVICE)
    sent = ask_for_pin(deps, actor, email=email)
    world = world_of(worlds, token)
    assert world.pin() == ""
    assert pin_requests.view_status(deps, actor, sent).status == "Принята"
    assert world.inbox() == world.inbox()
    assert pin_requests.view_status(deps, actor, sent).status == "Пин-код отправлен"
    assert home.get_home(deps, actor, 1).extended is False
    prove_by_pin(deps, actor, world.pin())
    assert home.get_home(deps, actor, 1).extended is True


def test_a_lesson_left_with_the_document_attached_goes_on_with_it(worlds: PracticeWorlds) -> None:
    deps, actor = worlds.enter(worlds.begin(Start.ATTACHED, DEVICE), DEVICE)
    [attached] = documents.list_attached(deps, actor)
    assert documents.detach_document(deps, actor, attached.id) == []


def test_a_lesson_left_with_the_request_sent_goes_on_to_its_pin(worlds: PracticeWorlds) -> None:
    token = worlds.begin(Start.REQUESTED, DEVICE)
    deps, actor = worlds.enter(token, DEVICE)
    world = world_of(worlds, token)
    assert pin_requests.view_status(deps, actor, world.request()).status == "Принята"
    world.inbox()
    assert pin_requests.view_status(deps, actor, world.request()).status == "Пин-код отправлен"
    prove_by_pin(deps, actor, world.pin())
    assert home.get_home(deps, actor, 1).extended is True


def test_before_a_request_there_is_no_link_to_it(worlds: PracticeWorlds) -> None:
    assert world_of(worlds, worlds.begin(Start.NEWCOMER, DEVICE)).request() == ""


def test_a_request_for_a_number_that_is_not_there_is_turned_down(worlds: PracticeWorlds) -> None:
    token = worlds.begin(Start.BASIC, DEVICE)
    deps, actor = worlds.enter(token, DEVICE)
    sent = ask_for_pin(deps, actor, "370000000099")
    world = world_of(worlds, token)
    world.inbox()
    assert world.pin() == ""
    assert pin_requests.view_status(deps, actor, sent).status == "Отказано"


def test_every_deed_of_the_lessons_works_and_the_real_portal_is_not_touched(
    worlds: PracticeWorlds, real: World
) -> None:
    before = checksums(real.engine, frozenset())
    newcomer = worlds.begin(Start.NEWCOMER, DEVICE)
    connect(*worlds.enter(newcomer, DEVICE))
    token = worlds.begin(Start.CONNECTED, DEVICE)
    deps, actor = worlds.enter(token, DEVICE)
    assert read(deps, actor)
    assert len(charges.get_charges(deps, actor, 1).months) >= 12
    owed = home.get_home(deps, actor, 1).roubles
    pay(worlds, token, deps, actor)
    asks = worlds.begin(Start.BASIC, DEVICE)
    ask_for_pin(*worlds.enter(asks, DEVICE))
    world_of(worlds, asks).inbox()
    prove_by_pin(*worlds.enter(asks, DEVICE), world_of(worlds, asks).pin())
    assert home.get_home(deps, actor, 1).roubles != owed
    assert checksums(real.engine, frozenset()) == before


def test_a_new_port_is_either_named_as_shared_or_a_worlds_own(worlds: PracticeWorlds, real: World) -> None:
    deps, _ = worlds.enter(worlds.begin(Start.NEWCOMER, DEVICE), DEVICE)
    named = {x.name: getattr(deps, x.name) for x in fields(Deps)}
    same = {x for x, port in named.items() if port is not None and port is getattr(real.deps, x)}
    assert same <= SHARED


def test_it_is_always_the_20th_there_and_readings_are_taken(worlds: PracticeWorlds, real: World) -> None:
    deps, actor = worlds.enter(worlds.begin(Start.CONNECTED, DEVICE), DEVICE)
    assert deps.clock.now().day == facts.DAY
    assert deps.clock.now().time() == real.clock.now().time()
    assert home.get_home(deps, actor, 1).window_open


def test_two_worlds_do_not_see_each_other(worlds: PracticeWorlds) -> None:
    first, second = worlds.begin(Start.CONNECTED, DEVICE), worlds.begin(Start.CONNECTED, DEVICE)
    read(*worlds.enter(first, DEVICE))
    deps, _ = worlds.enter(second, DEVICE)
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
        "other": f"{'0' * 32}.{session}",
    }[change]
    with pytest.raises(PracticeOver):
        worlds.enter(guess, DEVICE)
    worlds.end(guess)
    assert worlds.enter(first, DEVICE)


def test_a_browser_without_a_device_cookie_gets_no_world(worlds: PracticeWorlds, tmp_path: Path) -> None:
    assert worlds.begin(Start.NEWCOMER, Visitor("", "192.0.2.7")) == ""
    assert list((tmp_path / "practice").glob("*/")) == []


def test_a_world_that_was_left_is_gone_with_all_that_was_in_it(
    worlds: PracticeWorlds, tmp_path: Path
) -> None:
    token = worlds.begin(Start.CONNECTED, DEVICE)
    worlds.end(token)
    assert list((tmp_path / "practice").glob("*/")) == []
    with pytest.raises(PracticeOver):
        worlds.enter(token, DEVICE)


def test_worlds_of_yesterday_are_swept_and_todays_stay(worlds: PracticeWorlds, tmp_path: Path) -> None:
    old, young = worlds.begin(Start.NEWCOMER, DEVICE), worlds.begin(Start.NEWCOMER, DEVICE)
    late = time.time() - LIFETIME.total_seconds() - 1
    os.utime(tmp_path / "practice" / old.partition(".")[0], (late, late))
    assert worlds.sweep() == 1
    assert worlds.enter(young, DEVICE)
    with pytest.raises(PracticeOver):
        worlds.enter(old, DEVICE)


def test_more_worlds_than_may_be_open_at_once_stay_usable(
    worlds: PracticeWorlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cabinet.practice.OPEN", 3)
    tokens = [worlds.begin(Start.NEWCOMER, DEVICE) for _ in range(8)]
    assert {worlds.enter(x, DEVICE)[1].user for x in (*tokens, *tokens)} == {1}


def test_too_many_worlds_are_refused(worlds: PracticeWorlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabinet.practice.MOST", 2)
    assert worlds.begin(Start.NEWCOMER, DEVICE)
    assert worlds.begin(Start.NEWCOMER, DEVICE)
    with pytest.raises(Busy):
        worlds.begin(Start.NEWCOMER, DEVICE)
