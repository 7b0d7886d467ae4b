"""Dated rules at the desk: new ones from today on, the past untouched, one supplier's own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cabinet.domain.dated_values import DatedValue
from cabinet.domain.errors import CabinetError, Denied, SignInNeeded
from cabinet.domain.forms import Several
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.registers import SupplierUnknown
from cabinet.services import desk_policy
from cabinet.services.desk_audit import SearchAudit, search_audit
from cabinet.services.desk_policy import (
    AddPolicy,
    AddPrice,
    AddValue,
    PolicyInThePast,
    PolicyTaken,
    RegionUnknown,
    Standing,
)
from cabinet.services.suppliers import AddSupplier, add_supplier
from tests.factories import operator, subscriber
from tests.fakes import VISITOR, World
from tests.hostile import HOSTILE

RULES = {
    "valid_from": "2026-12-01",
    "window_from_day": "20",
    "window_to_day": "26",
    "due_day": "10",
    "max_consumption_m3": "5000",
    "basic_shows_due": "",
}
NORM = {"value_from": "2026-12-01", "kind_of_value": "norm_stove", "value": "12,5", "region": ""}
FACTOR = {"value_from": "2027-01-01", "kind_of_value": "coefficient", "value": "1,065"}
UDMURTIA = "Удмуртская Республика"
PRICE = {"price_from": "2026-12-01", "usage": "stove", "price": "9,15"}


@pytest.fixture
def admin(izhevsk: World) -> Actor:
    return operator(izhevsk, role=OperatorRole.ADMINISTRATOR)


def test_new_rules_hold_from_their_day_and_the_old_ones_before(izhevsk: World, admin: Actor) -> None:
    desk_policy.add_dated(izhevsk.deps, admin, AddPolicy.parse(RULES))
    with izhevsk.deps.snapshot() as tx:
        before, after = (tx.suppliers.policy_on(1, date(2026, *day)) for day in ((11, 30), (12, 1)))
    assert (before.due_day, before.basic_shows_due) == (15, True)
    assert (after.due_day, after.window_to_day, after.basic_shows_due) == (10, 26, False)


def test_a_new_price_holds_from_its_day(izhevsk: World, admin: Actor) -> None:
    desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE))
    with izhevsk.deps.snapshot() as tx:
        assert tx.suppliers.find_price(1, "stove", date(2026, 11, 30)) == Decimal("8.30000")
        assert tx.suppliers.find_price(1, "stove", date(2026, 12, 1)) == Decimal("9.15000")


def test_the_past_is_not_edited_and_a_day_has_one_rule(izhevsk: World, admin: Actor) -> None:
    for day in ("2026-11-19", "2020-01-01"):
        with pytest.raises(PolicyInThePast):
            desk_policy.add_dated(izhevsk.deps, admin, AddPolicy.parse(RULES | {"valid_from": day}))
        with pytest.raises(PolicyInThePast):
            desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE | {"price_from": day}))
    today = AddPolicy.parse(RULES | {"valid_from": "2026-11-20"})
    desk_policy.add_dated(izhevsk.deps, admin, today)
    with pytest.raises(PolicyTaken):
        desk_policy.add_dated(izhevsk.deps, admin, today)


def test_two_tabs_add_one(izhevsk: World, admin: Actor) -> None:
    def add(_: int) -> bool:
        try:
            desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE))
        except PolicyTaken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(add, range(6))) == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        *(
            ({name: value}, name)
            for name in list(RULES)[:5]
            for value in ("", "0", "-1", "29 ", "x", "10000001")
        ),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field(form: dict[str, str], field: str) -> None:
    if form == {"max_consumption_m3": "29 "}:
        assert AddPolicy.parse(RULES | form).max_consumption_m3 == 29
        return
    with pytest.raises(Several) as told:
        AddPolicy.parse(RULES | form)
    assert [x.field for x in told.value.problems] == [field]


@pytest.mark.parametrize(
    "price",
    [
        "",
        "0",
        "-1",
        "+8",
        "NaN",
        "Infinity",
        "1e9",
        "1e2",
        "1_0",
        "8.300001",
        "8,",
        ".5",
        "٨",
        "1001",
        "сто",
        "0,000001",
    ],
)
def test_a_price_that_is_none_is_told(price: str) -> None:
    with pytest.raises(Several):
        AddPrice.parse(PRICE | {"price": price})


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_forms_are_refused(value: Any) -> None:
    for parse, form in (
        (AddPolicy.parse, RULES),
        (AddPrice.parse, PRICE),
        (AddValue.parse, NORM),
    ):
        with pytest.raises(Several):
            parse(dict.fromkeys(form, value))


def test_nobody_else_sees_or_changes_rules(izhevsk: World, admin: Actor) -> None:
    add_supplier(izhevsk.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    boris = operator(izhevsk, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm")
    desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE))
    assert desk_policy.view_policy(izhevsk.deps, boris).prices == Standing()
    senior = operator(izhevsk, "senior@example.ru", OperatorRole.SENIOR)
    refused: list[tuple[Actor, type[CabinetError]]] = [
        (Actor.anonymous(VISITOR), SignInNeeded),
        (senior, Denied),
        (subscriber(izhevsk), Denied),
    ]
    for actor, refusal in refused:
        with pytest.raises(refusal):
            desk_policy.view_policy(izhevsk.deps, actor)
        for command in (AddPolicy.parse(RULES), AddPrice.parse(PRICE), AddValue.parse(NORM)):
            with pytest.raises(refusal):
                desk_policy.add_dated(izhevsk.deps, actor, command)


def test_the_page_tells_what_holds_what_will_and_what_did(izhevsk: World, admin: Actor) -> None:
    desk_policy.add_dated(izhevsk.deps, admin, AddPolicy.parse(RULES))
    desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE))
    page = desk_policy.view_policy(izhevsk.deps, admin)
    assert page.today == "2026-11-20"
    assert [x[0] for x in page.rules.now] == ["1\u00a0марта 2026"]
    assert [x[0] for x in page.rules.coming] == ["1\u00a0декабря 2026"]
    assert [x[0] for x in page.rules.past] == ["1\u00a0января 2020"]
    assert page.rules.coming[0][1:] == (
        "с 20 по 26 число",
        "до 10 числа",
        "5\u202f000\u00a0м³",
        "суммы не видно",
    )
    assert page.prices.coming == [("Плита", "9,15\u00a0₽/м³", "1\u00a0декабря 2026")]
    assert sorted(x[0] for x in page.prices.now) == ["Отопление", "Плита", "Плита и колонка"]


def test_two_kinds_of_the_same_day_have_their_own_field(izhevsk: World, admin: Actor) -> None:
    desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE))
    for day, refusal in (("2026-12-01", PolicyTaken), ("2026-11-19", PolicyInThePast)):
        with pytest.raises(refusal) as told:
            desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE | {"price_from": day}))
        assert told.value.field == "price_from"
    desk_policy.add_dated(izhevsk.deps, admin, AddPrice.parse(PRICE | {"usage": "heating"}))
    coming = desk_policy.view_policy(izhevsk.deps, admin).prices.coming
    assert sorted(x[0] for x in coming) == ["Отопление", "Плита"]


def test_what_is_added_is_in_the_journal(izhevsk: World, admin: Actor) -> None:
    desk_policy.add_dated(izhevsk.deps, admin, AddPolicy.parse(RULES))
    rows = search_audit(izhevsk.deps, admin, SearchAudit.parse({"action": "policy.added"}))
    assert [x.details for x in rows] == ["вид правила, с 2026-12-01"]


def test_the_system_names_a_supplier_and_an_operator_cannot(izhevsk: World, admin: Actor) -> None:
    add_supplier(izhevsk.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    desk_policy.add_dated(izhevsk.deps, Actor.system(), AddPrice.parse(PRICE), "perm")
    assert desk_policy.view_policy(izhevsk.deps, Actor.system(), "perm").prices.coming
    assert not desk_policy.view_policy(izhevsk.deps, admin, "perm").prices.coming
    with pytest.raises(SupplierUnknown):
        desk_policy.view_policy(izhevsk.deps, Actor.system(), "nobody")


def test_a_norm_holds_from_its_day(izhevsk: World, admin: Actor) -> None:
    desk_policy.add_dated(izhevsk.deps, admin, AddValue.parse(NORM))
    page = desk_policy.view_policy(izhevsk.deps, admin)
    norm = "Плита, м³ на человека"
    assert (norm, "12", "1\u00a0июля 2024") in page.norms.now
    assert page.norms.coming == [(norm, "12,5", "1\u00a0декабря 2026")]
    with izhevsk.deps.snapshot() as tx:
        found = [
            tx.suppliers.find_value(1, DatedValue.NORM_STOVE, UDMURTIA, date(*day))
            for day in ((2024, 6, 30), (2026, 11, 30), (2026, 12, 1))
        ]
    assert found == [None, Decimal(12), Decimal("12.5")]
    for day, refusal in (("2026-12-01", PolicyTaken), ("2026-11-19", PolicyInThePast)):
        with pytest.raises(refusal) as told:
            desk_policy.add_dated(izhevsk.deps, admin, AddValue.parse(NORM | {"value_from": day}))
        assert told.value.field == "value_from"


def test_a_coefficient_is_of_a_half_year_and_a_region(izhevsk: World, admin: Actor) -> None:
    everywhere = AddValue.parse(FACTOR | {"value": "1,02"})
    desk_policy.add_dated(izhevsk.deps, admin, AddValue.parse(FACTOR | {"region": f" {UDMURTIA} "}))
    desk_policy.add_dated(izhevsk.deps, admin, everywhere)
    with pytest.raises(PolicyTaken):
        desk_policy.add_dated(izhevsk.deps, admin, everywhere)
    page = desk_policy.view_policy(izhevsk.deps, admin)
    assert page.regions == [UDMURTIA]
    name, since = "Температурный коэффициент", "1\u00a0января 2027"
    assert sorted(page.norms.coming) == [(name, "1,02", since), (f"{name}, {UDMURTIA}", "1,065", since)]
    assert (f"{name}, {UDMURTIA}", "0,98", "1\u00a0июля 2026") in page.norms.now
    assert page.norms.past == [(f"{name}, {UDMURTIA}", "1,07", "1\u00a0января 2026")]
    rows = search_audit(izhevsk.deps, admin, SearchAudit.parse({"action": "policy.added"}))
    assert [x.details for x in rows] == [
        "вид коэффициент, с 2027-01-01",
        f"вид коэффициент, регион {UDMURTIA}, с 2027-01-01",
    ]


@pytest.mark.parametrize("region", ["Пермский край", "удмуртская республика", "я" * 80])
def test_a_region_that_the_register_does_not_know_is_told(izhevsk: World, admin: Actor, region: str) -> None:
    with pytest.raises(RegionUnknown):
        desk_policy.add_dated(izhevsk.deps, admin, AddValue.parse(FACTOR | {"region": region}))
    assert not desk_policy.view_policy(izhevsk.deps, admin).norms.coming


@pytest.mark.parametrize("region", ["я" * 81, "\ud800", 1, ["Удмуртская Республика"], {"a": 1}])
def test_a_hostile_region_does_not_become_everywhere(region: Any) -> None:
    with pytest.raises(Several) as told:
        AddValue.parse({**FACTOR, "region": region})
    assert [x.field for x in told.value.problems] == ["region"]


@pytest.mark.parametrize("value", ["", "0", "-1", "NaN", "1e9", "1e2", "1_0", "0.8300001", "сто"])
def test_a_norm_that_is_none_is_told_beside_its_field(value: str) -> None:
    with pytest.raises(Several) as told:
        AddValue.parse(NORM | {"value": value})
    assert [x.field for x in told.value.problems] == ["value"]
