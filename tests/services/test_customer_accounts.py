from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from cabinet.domain.errors import CabinetError, NotFound, TooMany
from cabinet.domain.forms import FieldMissing
from cabinet.domain.money import Money
from cabinet.domain.payments import payment_entries
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.pins import AccessProofMissing, AccessProofWrong
from cabinet.persistence.customer_accounts import ExtendedAccessNeeded
from cabinet.persistence.suppliers import SupplierPolicy
from cabinet.services import charges, customer_accounts, home, payments, profile, readings, sign_in
from cabinet.services.customer_accounts import AccountUnknown, LinkAccount, SupplierNeeded
from tests.factories import (
    ACCOUNT,
    FORMER,
    OTHER_ACCOUNT,
    PASSWORD,
    PIN,
    SERIAL,
    enter,
    last_text,
    link,
    owner,
    subscriber,
)
from tests.factories import with_supplier as signed_in
from tests.fakes import World

BORIS = Visitor("device-of-boris", "192.0.2.2")


def wish(kind: str, proof: str, number: str = ACCOUNT) -> LinkAccount:
    return LinkAccount.parse({"access": "extended", "proof_kind": kind, kind: proof}, number)


def opened(world: World, actor: Actor, kind: str, proof: str) -> bool:
    return customer_accounts.link_account(world.deps, actor, wish(kind, proof)).extended


def test_the_supplier_is_chosen_first(izhevsk: World) -> None:
    actor = subscriber(izhevsk)
    with pytest.raises(SupplierNeeded):
        customer_accounts.find_account(izhevsk.deps, actor, ACCOUNT)
    with pytest.raises(FieldMissing):
        profile.choose_supplier(izhevsk.deps, actor, "999")
    names = [row.name for row in profile.list_suppliers(izhevsk.deps, actor)]
    assert names == ["Межрегионгаз Ижевск"]


def test_an_account_is_found_by_its_number_with_spaces_and_shown_masked(izhevsk: World) -> None:
    found = customer_accounts.find_account(izhevsk.deps, signed_in(izhevsk), " 3700 0000 0000 ")
    assert found.masked_address == "с. Шаркан, ул. Т••••, д. 1••"
    assert found.due == "К оплате 81,30\u00a0₽"
    for secret in ("Широбоков", "Труда", "117", SERIAL, "3359"):
        assert secret not in str(found)


@pytest.mark.parametrize("typed", ["", "1", "37ABC", "3700000000001", "10" * 20, "' OR 1=1"])
def test_what_is_no_number_is_said_so(izhevsk: World, typed: str) -> None:
    with pytest.raises(CabinetError, match=r"account_number\.malformed"):
        customer_accounts.find_account(izhevsk.deps, signed_in(izhevsk), typed)


def test_an_unknown_number_is_said_so_and_looking_up_is_limited(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    for _ in range(30):
        with pytest.raises(AccountUnknown):
            customer_accounts.find_account(izhevsk.deps, actor, "379999999999")
    with pytest.raises(TooMany):
        customer_accounts.find_account(izhevsk.deps, actor, ACCOUNT)


def test_basic_access_can_pay_and_nothing_else(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    account = link(izhevsk, actor, ACCOUNT)
    assert payments.get_pay_form(izhevsk.deps, actor, account).due == "К оплате 81,30\u00a0₽"
    assert payments.get_pay_form(izhevsk.deps, actor, account).history == []
    shown = home.get_home(izhevsk.deps, actor, account)
    assert (shown.extended, shown.previous, shown.bars) == (False, "", [])
    assert "Труда" not in str(shown)
    refused = [
        lambda: readings.get_meter(izhevsk.deps, actor, account),
        lambda: charges.get_charges(izhevsk.deps, actor, account),
        lambda: readings.submit_reading(
            izhevsk.deps, actor, readings.SubmitReading(account, 1, "3400", "k", confirmed=True)
        ),
        lambda: readings.cancel_reading(izhevsk.deps, actor, account, 1),
    ]
    for attempt in refused:
        with pytest.raises(ExtendedAccessNeeded):
            attempt()


def test_a_supplier_may_hide_the_sum_from_basic_access(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    with izhevsk.deps.transaction() as tx:
        for day in (izhevsk.clock.at.date(),):
            tx.suppliers.policy_on(1, day).basic_shows_due = False
    account = link(izhevsk, actor, ACCOUNT)
    assert customer_accounts.list_accounts_with_dues(izhevsk.deps, actor)[0].due == ""
    assert home.get_home(izhevsk.deps, actor, account).hidden
    assert payments.get_pay_form(izhevsk.deps, actor, account).amount == ""


def test_a_hidden_sum_leaks_neither_its_size_nor_its_sign(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    with izhevsk.deps.transaction() as tx:
        tx.suppliers.policy_on(1, izhevsk.clock.at.date()).basic_shows_due = False
    account = link(izhevsk, actor, ACCOUNT)

    def shown() -> list[object]:
        pages = (home.get_home, payments.get_pay_form, customer_accounts.get_account)
        lists = (customer_accounts.list_accounts, customer_accounts.list_accounts_with_dues)
        found = customer_accounts.find_account(izhevsk.deps, actor, ACCOUNT)
        seen: list[object] = [page(izhevsk.deps, actor, account) for page in pages]
        return [found, *seen, *(rows(izhevsk.deps, actor) for rows in lists)]

    in_debt = shown()
    with izhevsk.deps.transaction() as tx:
        entries = payment_entries(account, Money(1_000_000))
        tx.journal.post("payment", "demo", "elsewhere", entries, izhevsk.clock.at)
    assert balance_of(izhevsk, account) < Money(0)
    assert shown() == in_debt


def test_the_sum_is_hidden_from_the_suppliers_midnight_on(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    account = link(izhevsk, actor, ACCOUNT)
    first_of_december = date(2026, 12, 1)
    with izhevsk.deps.transaction() as tx:
        now = tx.suppliers.policy_on(1, izhevsk.clock.at.date())
        later = SupplierPolicy(**now.model_dump(exclude={"id"}))
        later.valid_from, later.basic_shows_due = first_of_december, False
        tx.suppliers.add_dated(later)
    izhevsk.clock.at = datetime(2026, 11, 30, 19, 59, tzinfo=UTC)
    assert not home.get_home(izhevsk.deps, actor, account).hidden
    izhevsk.clock.at = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert home.get_home(izhevsk.deps, actor, account).hidden


def balance_of(world: World, account: int) -> Money:
    with world.deps.snapshot() as tx:
        return tx.journal.balance(account)


@pytest.mark.parametrize("typed", [SERIAL, " 5299 2312 ", "52\u00a0992312"])
def test_the_meters_number_opens_extended_access(izhevsk: World, typed: str) -> None:
    assert opened(izhevsk, signed_in(izhevsk), "serial", typed)


@pytest.mark.parametrize("typed", [PIN, PIN.upper(), " glazov 3k ", "GLАZОV3K", "glаzоv3k", "ｇlazov3k"])
def test_the_pin_opens_extended_access_however_it_is_typed(izhevsk: World, typed: str) -> None:
    assert opened(izhevsk, signed_in(izhevsk), "pin", typed)


@pytest.mark.parametrize("typed", [FORMER, f" {FORMER} "])
def test_the_former_cabinets_password_opens_in_the_same_field(izhevsk: World, typed: str) -> None:
    assert opened(izhevsk, signed_in(izhevsk), "pin", typed)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("serial", "52992313"),
        ("serial", "052992312"),
        ("pin", "mozhga55"),
        ("pin", SERIAL),
        ("pin", "SARAPUL1"),
        ("pin", "я" * 500),
        ("pin", "\0" * 8),
        ("serial", "%"),
    ],
)
def test_a_wrong_proof_is_one_answer_and_stores_nothing(izhevsk: World, kind: str, typed: str) -> None:
    actor = signed_in(izhevsk)
    with pytest.raises(AccessProofWrong) as raised:
        customer_accounts.link_account(izhevsk.deps, actor, wish(kind, typed))
    assert (raised.value.field, raised.value.facts) == (kind, {"kind": kind})
    assert customer_accounts.list_accounts(izhevsk.deps, actor) == []


def test_an_account_that_does_not_exist_answers_like_a_wrong_proof(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    for kind in ("serial", "pin"):
        with pytest.raises(AccessProofWrong):
            customer_accounts.link_account(izhevsk.deps, actor, wish(kind, "anything", "379999999999"))


def test_an_empty_proof_and_no_choice_are_asked_for() -> None:
    with pytest.raises(AccessProofMissing):
        wish("pin", "  ")
    with pytest.raises(FieldMissing):
        LinkAccount.parse({}, ACCOUNT)
    with pytest.raises(FieldMissing):
        LinkAccount.parse({"access": "extended", "proof_kind": "guess"}, ACCOUNT)


def test_five_wrong_numbers_close_an_account_for_guessing_but_never_for_its_owner(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    boris = signed_in(izhevsk, "boris@example.ru", BORIS)
    for _ in range(5):
        with pytest.raises(AccessProofWrong):
            customer_accounts.link_account(izhevsk.deps, boris, wish("serial", "00000000"))
    with pytest.raises(AccessProofWrong):
        customer_accounts.link_account(izhevsk.deps, boris, wish("serial", SERIAL))
    assert "подбор доступа остановлен" in last_text(izhevsk, "anna@example.ru")
    assert home.get_home(izhevsk.deps, anna, account).extended
    assert payments.get_pay_form(izhevsk.deps, anna, account).due
    assert opened(izhevsk, boris, "pin", PIN)


def test_a_user_has_ten_tries_a_day(izhevsk: World) -> None:
    boris = signed_in(izhevsk, "boris@example.ru", BORIS)
    for _ in range(10):
        with pytest.raises(AccessProofWrong):
            customer_accounts.link_account(izhevsk.deps, boris, wish("pin", "no", "379999999999"))
    with pytest.raises(TooMany):
        customer_accounts.link_account(izhevsk.deps, boris, wish("pin", PIN))


def test_a_hundred_wrong_pins_at_once_are_tried_five_times_and_the_owner_goes_on(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    guessers = [
        signed_in(izhevsk, f"guesser{n}@example.ru", Visitor(f"guesser-{n}", f"198.51.100.{n}"))
        for n in range(12)
    ]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: _outcome(izhevsk, guessers[n % 12]), range(100)))
    assert set(answers) == {"access.proof_wrong"} | {x for x in answers if x == "too_many"}
    with izhevsk.deps.snapshot() as tx:
        hour, day = customer_accounts.limits.PIN_ACCOUNT_HOUR, customer_accounts.limits.PIN_ACCOUNT_DAY
        for limit in (hour, day):  # what was compared with the PIN to any effect: no more and no fewer
            assert len(tx.attempts.tried_at(limit, _account_id(tx), izhevsk.clock.at)) == hour.most
    fresh = signed_in(izhevsk, "boris@example.ru", BORIS)
    with pytest.raises(AccessProofWrong):  # the right one counts for nothing any more
        customer_accounts.link_account(izhevsk.deps, fresh, wish("pin", PIN))
    assert "несколько раз ввёл неверный пин-код" in last_text(izhevsk, "anna@example.ru")
    command = sign_in.SignIn.parse({"login": "anna@example.ru", "password": PASSWORD})
    again, _ = enter(izhevsk, sign_in.sign_in(izhevsk.deps, Actor.anonymous(anna.visitor), command).ticket)
    assert readings.get_meter(izhevsk.deps, again, account).meter_id
    paying = payments.StartPayment.parse({"account": str(account), "amount": "100", "key": "p1"})
    assert payments.start_payment(izhevsk.deps, again, paying)


def test_the_owner_is_told_of_no_guessing_when_the_last_try_was_right(izhevsk: World) -> None:
    owner(izhevsk)
    boris = signed_in(izhevsk, "boris@example.ru", BORIS)
    for _ in range(4):
        assert _outcome(izhevsk, boris) == "access.proof_wrong"
    assert opened(izhevsk, boris, "pin", PIN)
    last_text(izhevsk, "anna@example.ru")
    assert not [x for x in izhevsk.mail.to("anna@example.ru") if "неверный пин-код" in x.text]


def _outcome(world: World, guesser: Actor) -> str:
    try:
        customer_accounts.link_account(world.deps, guesser, wish("pin", "wrongpin"))
    except CabinetError as error:
        return error.code
    return "opened"


def _account_id(tx: object) -> int:
    found = tx.customer_accounts.find_by_number(1, ACCOUNT)  # type: ignore[attr-defined]
    return int(found.id)


def test_a_second_cabinet_is_told_of_to_the_first(izhevsk: World) -> None:
    owner(izhevsk)
    boris = signed_in(izhevsk, "boris@example.ru", BORIS)
    assert opened(izhevsk, boris, "serial", SERIAL)
    assert "Ещё один кабинет" in last_text(izhevsk, "anna@example.ru")


def test_a_link_is_raised_and_never_falls(izhevsk: World) -> None:
    anna, _ = owner(izhevsk)
    link(izhevsk, anna, ACCOUNT)
    rows = customer_accounts.list_accounts(izhevsk.deps, anna)
    assert [row.extended for row in rows] == [True]


def test_a_strangers_account_is_not_found(izhevsk: World) -> None:
    _, account = owner(izhevsk)
    boris = signed_in(izhevsk, "boris@example.ru", BORIS)
    link(izhevsk, boris, OTHER_ACCOUNT)
    for look in (home.get_home, payments.get_pay_form, charges.get_charges, readings.get_meter):
        with pytest.raises(NotFound):
            look(izhevsk.deps, boris, account)


def test_an_unknown_account_cannot_be_connected_even_to_pay(izhevsk: World) -> None:
    actor = signed_in(izhevsk)
    with pytest.raises(AccountUnknown):
        link(izhevsk, actor, "379999999999")
    assert customer_accounts.list_accounts(izhevsk.deps, actor) == []
