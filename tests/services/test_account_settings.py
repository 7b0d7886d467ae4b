import pytest

from cabinet.domain.errors import CabinetError, NotFound
from cabinet.domain.permissions import AccessLevel, Visitor
from cabinet.persistence.customer_accounts import ExtendedAccessNeeded
from cabinet.services import charges, customer_accounts, home
from cabinet.services.customer_accounts import AliasLong
from tests.factories import ACCOUNT, SERIAL, last_text, link, owner, with_supplier
from tests.fakes import World

BORIS = Visitor("device-of-boris", "192.0.2.2")


@pytest.mark.parametrize(
    ("typed", "alias"),
    [
        (" Дача \n у  реки ", "Дача у реки"),
        ("<b>&", "<b>&"),
        ("я" * 60, "я" * 60),
        ("\0\u202e", ""),
        ("  ", ""),
    ],
)
def test_an_account_is_called_as_its_owner_wishes(izhevsk: World, typed: str, alias: str) -> None:
    anna, account = owner(izhevsk)
    address = customer_accounts.get_account(izhevsk.deps, anna, account).name
    row = customer_accounts.rename_account(izhevsk.deps, anna, account, typed)
    assert (row.alias, row.name) == (alias, alias or address)
    assert home.get_home(izhevsk.deps, anna, account).title == row.name
    assert [x.name for x in customer_accounts.list_accounts(izhevsk.deps, anna)] == [row.name]


def test_a_name_of_61_characters_is_refused(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    with pytest.raises(AliasLong) as raised:
        customer_accounts.rename_account(izhevsk.deps, anna, account, "я" * 61)
    assert raised.value.facts == {"most": 60}
    assert customer_accounts.get_account(izhevsk.deps, anna, account).alias == ""


def test_an_account_taken_out_is_gone_and_comes_back_as_it_was(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    customer_accounts.rename_account(izhevsk.deps, anna, account, "Дача")
    customer_accounts.unlink_account(izhevsk.deps, anna, account)
    assert customer_accounts.list_accounts(izhevsk.deps, anna) == []
    for look in (home.get_home, charges.get_charges, customer_accounts.get_account):
        with pytest.raises(NotFound):
            look(izhevsk.deps, anna, account)
    [out] = customer_accounts.list_unlinked_accounts(izhevsk.deps, anna)
    assert (out.id, out.name) == (str(account), "Дача")
    izhevsk.clock.move(hours=23)
    customer_accounts.restore_account(izhevsk.deps, anna, account)
    [row] = customer_accounts.list_accounts(izhevsk.deps, anna)
    assert (row.name, row.extended) == ("Дача", True)
    assert customer_accounts.list_unlinked_accounts(izhevsk.deps, anna) == []
    with izhevsk.deps.snapshot() as tx:
        actions = ("account.renamed", "account.unlinked", "account.restored")
        assert [len(tx.audit.list_actions(x)) for x in actions] == [1, 1, 1]


def test_after_a_day_it_is_to_be_proved_again(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    customer_accounts.unlink_account(izhevsk.deps, anna, account)
    izhevsk.clock.move(days=1, seconds=1)
    assert customer_accounts.list_unlinked_accounts(izhevsk.deps, anna) == []
    with pytest.raises(NotFound):
        customer_accounts.restore_account(izhevsk.deps, anna, account)
    link(izhevsk, anna, ACCOUNT)
    with pytest.raises(ExtendedAccessNeeded):
        charges.get_charges(izhevsk.deps, anna, account)


def test_connecting_anew_in_basic_access_does_not_give_the_former_back(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    customer_accounts.unlink_account(izhevsk.deps, anna, account)
    link(izhevsk, anna, ACCOUNT)
    assert [x.extended for x in customer_accounts.list_accounts(izhevsk.deps, anna)] == [False]
    with pytest.raises(NotFound):
        customer_accounts.restore_account(izhevsk.deps, anna, account)
    link(izhevsk, anna, ACCOUNT, SERIAL)
    assert [x.extended for x in customer_accounts.list_accounts(izhevsk.deps, anna)] == [True]


def test_who_took_the_account_out_is_no_longer_told_of_it(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    customer_accounts.unlink_account(izhevsk.deps, anna, account)
    with izhevsk.deps.snapshot() as tx:
        assert tx.customer_accounts.list_owners(account) == []
    boris = with_supplier(izhevsk, "boris@example.ru", BORIS)
    link(izhevsk, boris, ACCOUNT, SERIAL)
    assert "Ещё один кабинет" not in last_text(izhevsk, "anna@example.ru")


def test_a_stranger_renames_takes_out_and_brings_back_nothing(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    boris = with_supplier(izhevsk, "boris@example.ru", BORIS)
    with pytest.raises(NotFound):
        customer_accounts.rename_account(izhevsk.deps, boris, account, "моё")
    for act in (
        customer_accounts.unlink_account,
        customer_accounts.restore_account,
        customer_accounts.get_account,
    ):
        with pytest.raises(NotFound):
            act(izhevsk.deps, boris, account)
    customer_accounts.unlink_account(izhevsk.deps, anna, account)
    with pytest.raises(CabinetError, match="not_found"):
        customer_accounts.restore_account(izhevsk.deps, boris, account)
    assert customer_accounts.list_unlinked_accounts(izhevsk.deps, boris) == []
    with izhevsk.deps.snapshot() as tx, pytest.raises(NotFound):
        tx.customer_accounts.get_for(anna, account, AccessLevel.BASIC)
