"""The demo supplier is loaded once, and what is printed of it opens its accounts."""

from datetime import date
from decimal import Decimal

from cabinet.domain.identity import serial_key
from cabinet.domain.money import Money
from cabinet.domain.permissions import Actor
from cabinet.services.demo import load_demo
from tests.fakes import World


def test_the_demo_supplier_has_its_dated_rules_and_prices(world: World) -> None:
    load_demo(world.deps, Actor.system())
    with world.deps.snapshot() as tx:
        supplier = tx.suppliers.find_by_code("izhevsk")
        assert supplier is not None
        assert supplier.id is not None
        now = tx.suppliers.policy_on(supplier.id, date(2026, 3, 1))
        before = tx.suppliers.policy_on(supplier.id, date(2026, 2, 28))
        prices = [
            tx.suppliers.find_price(supplier.id, usage, day)
            for day in (date(2025, 6, 30), date(2025, 7, 1))
            for usage in ("stove", "stove_heater", "heating")
        ]
    assert (supplier.name, supplier.timezone) == ("Межрегионгаз Ижевск", "Europe/Samara")
    assert supplier.desk_email == "secretary@udmurtgaz.ru"
    assert (before.due_day, now.due_day, now.max_consumption_m3, now.basic_shows_due) == (
        10,
        15,
        10_000,
        True,
    )
    assert (now.window.from_day, now.window.to_day) == (15, 25)
    assert prices == [Decimal(p) for p in ("7.5", "7.38", "6.98261", "8.3", "8.13", "7.69")]


def test_nothing_of_the_demo_registers_is_quarantined_and_a_second_load_does_nothing(world: World) -> None:
    first = load_demo(world.deps, Actor.system())
    again = load_demo(world.deps, Actor.system())
    assert [(o.added, o.quarantined) for o in first.registers] == [(60, 0), (840, 0), (653, 0)]
    assert (first.fresh, again.fresh) == (True, False)
    assert [o.added for o in again.registers] == [0, 0, 0]
    assert again.accounts == first.accounts


def test_what_is_printed_to_try_fits_the_accounts(world: World) -> None:
    outcome = load_demo(world.deps, Actor.system())
    assert len(outcome.accounts) == 60
    with world.deps.snapshot() as tx:
        for shown in outcome.accounts:
            account = tx.customer_accounts.find_by_number(1, shown.account)
            assert account is not None
            assert account.id is not None
            [meter] = tx.meters.list_of(account.id)
            assert meter.serial_key == serial_key(shown.serial)
            assert tx.journal.balance(account.id) == Money.parse(shown.balance)
        first = outcome.accounts[0]
        pin, legacy = (tx.customer_accounts.find_pin(1, kind) for kind in ("pin", "legacy"))
    assert world.deps.passwords.verify_plain(first.pin, pin)
    assert world.deps.passwords.verify_plain(first.former_password, legacy)
