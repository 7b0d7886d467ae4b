"""Suppliers are added once, with rules that hold at once."""

from datetime import date

import pytest

from cabinet.domain.errors import SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services.suppliers import (
    AddSupplier,
    SupplierCodeMalformed,
    SupplierExists,
    SupplierNameMalformed,
    TimezoneUnknown,
    add_supplier,
    list_suppliers,
)
from tests.fakes import World


def test_a_supplier_is_added_once_and_has_rules(world: World) -> None:
    command = AddSupplier.parse("perm", " Газпром  межрегионгаз Пермь ", "Asia/Yekaterinburg")
    add_supplier(world.deps, Actor.system(), command)
    with pytest.raises(SupplierExists):
        add_supplier(world.deps, Actor.system(), command)
    [row] = list_suppliers(world.deps, Actor.system())
    assert (row.code, row.name, row.timezone) == ("perm", "Газпром межрегионгаз Пермь", "Asia/Yekaterinburg")
    with world.deps.snapshot() as tx:
        assert tx.suppliers.policy_on(1, date(2026, 11, 20)).due_day == 15


@pytest.mark.parametrize("code", ["", "Ижевск", "IZH", "a b", "-a", "a" * 33, "a\n"])
def test_a_code_is_lower_case_latin(code: str) -> None:
    with pytest.raises(SupplierCodeMalformed):
        AddSupplier.parse(code, "Газ", "Europe/Samara")


@pytest.mark.parametrize("name", ["", " ", "Г" * 161, "Га\0з"])
def test_a_name_can_be_read(name: str) -> None:
    with pytest.raises(SupplierNameMalformed):
        AddSupplier.parse("izhevsk", name, "Europe/Samara")


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../etc/passwd"])
def test_a_zone_is_one_that_there_is(zone: str) -> None:
    with pytest.raises(TimezoneUnknown):
        AddSupplier.parse("izhevsk", "Газ", zone)


def test_a_visitor_adds_no_supplier(world: World) -> None:
    with pytest.raises(SignInNeeded):
        add_supplier(
            world.deps, Actor.anonymous(Visitor("", "", "")), AddSupplier.parse("a", "Газ", "Europe/Samara")
        )
    assert list_suppliers(world.deps, Actor.system()) == []
