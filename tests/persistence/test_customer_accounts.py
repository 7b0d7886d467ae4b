from datetime import timedelta

import pytest

from cabinet.domain.errors import NotFound, SignInNeeded
from cabinet.domain.permissions import AccessLevel, Actor, Visitor
from cabinet.persistence.customer_accounts import LEGACY_KIND, PIN_KIND, CustomerAccount, ExtendedAccessNeeded
from tests.factories import ACCOUNT, OTHER_ACCOUNT, subscriber
from tests.fakes import NOON, VISITOR, World

BASIC, EXTENDED = AccessLevel.BASIC, AccessLevel.EXTENDED
BORIS = Visitor("device-of-boris", "192.0.2.2")


def id_of(world: World, number: str = ACCOUNT) -> int:
    with world.deps.snapshot() as tx:
        found = tx.customer_accounts.find_by_number(1, number)
        assert found
        return found.id or 0


def link(world: World, actor: Actor, level: AccessLevel, number: str = ACCOUNT, days: int = 0) -> None:
    with world.deps.transaction() as tx:
        at = NOON + timedelta(days=days)
        tx.customer_accounts.link(actor, id_of(world, number), level, at)


def test_an_account_is_found_by_its_supplier_and_number(izhevsk: World) -> None:
    with izhevsk.deps.snapshot() as tx:
        assert tx.customer_accounts.find_by_number(1, ACCOUNT)
        assert tx.customer_accounts.find_by_number(2, ACCOUNT) is None
        assert tx.customer_accounts.find_by_number(1, "379999999999") is None
        assert tx.customer_accounts.number_of(id_of(izhevsk)) == ACCOUNT


def test_only_a_link_shows_an_account_and_only_at_its_level(izhevsk: World) -> None:
    anna, boris = subscriber(izhevsk), subscriber(izhevsk, "boris@example.ru", BORIS)
    link(izhevsk, anna, BASIC)
    account = id_of(izhevsk)
    with izhevsk.deps.snapshot() as tx:
        assert tx.customer_accounts.get_for(anna, account).level is BASIC
        with pytest.raises(ExtendedAccessNeeded):
            tx.customer_accounts.get_for(anna, account, EXTENDED)
        for level in (BASIC, EXTENDED):
            with pytest.raises(NotFound):
                tx.customer_accounts.get_for(boris, account, level)
        with pytest.raises(NotFound):
            tx.customer_accounts.get_for(anna, 10**6)
        with pytest.raises(SignInNeeded):
            tx.customer_accounts.get_for(Actor.anonymous(VISITOR), account)


def test_a_link_rises_once_and_never_falls(izhevsk: World) -> None:
    anna = subscriber(izhevsk)
    link(izhevsk, anna, BASIC)
    link(izhevsk, anna, EXTENDED, days=1)
    link(izhevsk, anna, BASIC, days=2)
    link(izhevsk, anna, EXTENDED, days=3)
    with izhevsk.deps.snapshot() as tx:
        found = tx.customer_accounts.list_for(anna)
        owners = tx.customer_accounts.list_owners(id_of(izhevsk))
    assert [(x.level, x.link.linked_at, x.link.extended_at) for x in found] == [
        (EXTENDED, NOON, NOON + timedelta(days=1))
    ]
    assert owners == [anna.user]


def test_accounts_come_in_the_order_they_were_linked_with_their_supplier(izhevsk: World) -> None:
    anna = subscriber(izhevsk)
    for number in (OTHER_ACCOUNT, ACCOUNT):
        link(izhevsk, anna, BASIC, number)
    with izhevsk.deps.snapshot() as tx:
        found = tx.customer_accounts.list_for(anna)
    assert [x.account.number for x in found] == [OTHER_ACCOUNT, ACCOUNT]
    assert {x.supplier.code for x in found} == {"izhevsk"}


def test_basic_access_makes_nobody_an_owner(izhevsk: World) -> None:
    link(izhevsk, subscriber(izhevsk), BASIC)
    with izhevsk.deps.snapshot() as tx:
        assert tx.customer_accounts.list_owners(id_of(izhevsk)) == []


def test_a_new_pin_replaces_the_former_of_its_kind_only(izhevsk: World) -> None:
    account = id_of(izhevsk)
    with izhevsk.deps.transaction() as tx:
        legacy = tx.customer_accounts.find_pin(account, LEGACY_KIND)
        for _ in range(2):
            tx.customer_accounts.replace_pin(account, PIN_KIND, "new hash", NOON)
    with izhevsk.deps.transaction() as tx:
        assert tx.customer_accounts.find_pin(account, PIN_KIND) == "new hash"
        assert tx.customer_accounts.find_pin(account, LEGACY_KIND) == legacy != ""
        assert tx.customer_accounts.find_pin(account, "nothing") == ""
        tx.customer_accounts.replace_pin(account, "fresh", "its hash", NOON)
        assert tx.customer_accounts.find_pin(account, "fresh") == "its hash"


def test_an_address_is_written_with_and_without_a_flat() -> None:
    house = CustomerAccount(
        supplier_id=1, number="1", locality="г. Ижевск", street="ул. Песочная", house="86"
    )
    assert (house.address, house.short_address) == ("г. Ижевск, ул. Песочная, д. 86", "ул. Песочная, 86")
    house.flat = "12"
    assert house.address == "г. Ижевск, ул. Песочная, д. 86, кв. 12"
    assert house.short_address == "ул. Песочная, 86-12"
