"""What a reading costs: by what held in its billing period, by the norm when it does not count, without it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import col, delete, select

from cabinet.domain.charges import ChargeMethod
from cabinet.domain.dated_values import DatedValue
from cabinet.domain.permissions import Actor
from cabinet.persistence.charges import Charge
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.meters import Meter
from cabinet.persistence.suppliers import Price, SupplierValue
from cabinet.services import charges, readings
from cabinet.services.readings import SubmitReading
from tests.factories import owner
from tests.fakes import World

# Five residents, stove and water heater; verified until 23 March 2026; 49 397 m³ on 20 October.
OVERDUE, OVERDUE_SERIAL = "370000071271", "27131018"
NORM = "≈\u00a01\u00a0300,80\u00a0₽ (32\u00a0м³ × 5\u00a0чел. × 8,13\u00a0₽)"
Case = tuple[World, Actor, SubmitReading]


@pytest.fixture
def case(izhevsk: World) -> Case:
    """Anna, her meter that showed 03359 on 20 October, and a reading of 03380 on 20 November."""
    anna, account = owner(izhevsk)
    return izhevsk, anna, reading(izhevsk, anna, account, "03380")


@pytest.fixture
def overdue(izhevsk: World) -> Case:
    """A household whose meter's verification is long over, and a reading of 20 m³ more."""
    boris, account = owner(izhevsk, OVERDUE, OVERDUE_SERIAL)
    return izhevsk, boris, reading(izhevsk, boris, account, "49417")


def reading(world: World, actor: Actor, account: int, value: str) -> SubmitReading:
    meter = readings.get_meter(world.deps, actor, account)
    return SubmitReading(account, int(meter.meter_id), value, "form-1", confirmed=False)


def change(world: World, command: SubmitReading, **values: object) -> None:
    """What the register tells of the account or its meter."""
    with world.deps.transaction() as tx:
        account, meter = (
            tx.session.get(CustomerAccount, command.account_id),
            tx.session.get(Meter, command.meter_id),
        )
        for name, value in values.items():
            setattr(account if hasattr(account, name) else meter, name, value)


def add(world: World, kind: DatedValue, since: date, value: str, region: str = "") -> None:
    """What the supplier has added, in the past too."""
    with world.deps.transaction() as tx:
        row = SupplierValue(
            supplier_id=1, kind=kind.value, region=region, valid_from=since, value=Decimal(value)
        )
        tx.suppliers.add_dated(row)


def test_a_meter_without_compensation_is_counted_with_the_regions_coefficient(case: Case) -> None:
    world, anna, command = case
    change(world, command, thermo_compensated=False)
    shown = readings.estimate_reading(world.deps, anna, command)
    assert (shown.volume, shown.cost) == ("21", "167,32\u00a0₽")  # 20,58 × 8,13
    assert shown.formula == "21\u00a0м³ × 0,98 (температурный коэффициент) × 8,13\u00a0₽ (плита и колонка)"
    receipt = readings.submit_reading(world.deps, anna, command)
    assert (receipt.volume, receipt.cost, receipt.formula) == (shown.volume, shown.cost, shown.formula)


@pytest.mark.parametrize("compensated", [True, None])
def test_a_meter_that_compensates_or_may_do_so_has_no_coefficient(
    case: Case, compensated: bool | None
) -> None:
    world, anna, command = case
    change(world, command, thermo_compensated=compensated)
    assert (
        readings.estimate_reading(world.deps, anna, command).formula
        == "21\u00a0м³ × 8,13\u00a0₽ (плита и колонка)"
    )


@pytest.mark.parametrize(
    ("region", "factor"), [("Пермский край", ""), ("", ""), ("Удмуртская Республика", "0,98")]
)
def test_a_coefficient_is_of_the_region_that_the_register_tells(case: Case, region: str, factor: str) -> None:
    world, anna, command = case
    change(world, command, thermo_compensated=False, region=region)
    assert (factor or "коэффициент") in readings.estimate_reading(
        world.deps, anna, command
    ).formula or not factor
    add(world, DatedValue.COEFFICIENT, date(2026, 7, 1), "0.9")
    assert (factor or "0,90") in readings.estimate_reading(world.deps, anna, command).formula


def test_what_holds_in_the_billing_period_is_taken_and_not_todays(case: Case) -> None:
    world, anna, command = case
    change(world, command, thermo_compensated=False)
    december = date(2026, 12, 1)
    add(world, DatedValue.COEFFICIENT, december, "1.1", "Удмуртская Республика")
    with world.deps.transaction() as tx:
        price = Price(supplier_id=1, usage="stove_heater", valid_from=december, roubles_per_m3=Decimal(9))
        tx.suppliers.add_dated(price)
    assert "× 0,98 (" in readings.estimate_reading(world.deps, anna, command).formula
    world.clock.move(days=8)  # 28 November: the window is closed, the reading is December's
    shown = readings.estimate_reading(world.deps, anna, command)
    assert (shown.cost, shown.formula[:12]) == ("207,90\u00a0₽", "21\u00a0м³ × 1,10")
    receipt = readings.submit_reading(world.deps, anna, command)
    world.clock.move(days=60)
    assert receipt.period == "декабрь 2026"
    assert readings.submit_reading(world.deps, anna, command) == receipt


def test_a_receipt_is_the_same_whatever_begins_later(case: Case) -> None:
    world, anna, command = case
    change(world, command, thermo_compensated=False)
    receipt = readings.submit_reading(world.deps, anna, command)
    add(world, DatedValue.COEFFICIENT, date(2026, 12, 1), "1.1", "Удмуртская Республика")
    world.clock.move(days=40)
    assert readings.submit_reading(world.deps, anna, command) == receipt


def test_an_overdue_verification_costs_the_norm_and_says_how_much_more(overdue: Case) -> None:
    world, boris, command = overdue
    warned = NORM.replace(" (", " в месяц (")
    assert (
        f"по нормативу: {warned}. Поверьте"
        in readings.get_meter(world.deps, boris, command.account_id).verification
    )
    shown = readings.estimate_reading(world.deps, boris, command)
    told = f"Начислят по нормативу: {NORM}, на 1\u00a0138,20\u00a0₽ больше, чем по счётчику."
    assert (shown.cost, shown.instead) == ("162,60\u00a0₽", told)
    receipt = readings.submit_reading(world.deps, boris, command)
    assert (bool(receipt.uncounted), receipt.instead) == (True, told)


def test_a_reading_that_does_not_count_stays_marked_after_a_new_verification(overdue: Case) -> None:
    world, boris, command = overdue
    receipt = readings.submit_reading(world.deps, boris, command)
    change(world, command, verification_due_on=date(2036, 1, 1))
    meter = readings.get_meter(world.deps, boris, command.account_id)
    assert (meter.verification, [x.counted for x in meter.history]) == ("", [False, True])
    assert readings.submit_reading(world.deps, boris, command) == receipt
    again = readings.submit_reading(world.deps, boris, replace(command, value="49420", key="form-2"))
    assert (again.uncounted, again.instead) == ("", "")


@pytest.mark.parametrize(
    ("told", "volume"),
    [
        ({"residents": 0}, "≈\u00a0260,16\u00a0₽ (32\u00a0м³ × 1\u00a0собственник × 8,13\u00a0₽)"),
        ({"usage": "stove"}, "≈\u00a0498,00\u00a0₽ (12\u00a0м³ × 5\u00a0чел. × 8,30\u00a0₽)"),
        ({"usage": "heating"}, "≈\u00a03\u00a0773,48\u00a0₽ (7\u00a0м³ × 70,1\u00a0м² × 7,69\u00a0₽)"),
        ({"residents": None}, ""),
        ({"usage": "heating", "area_m2": None}, ""),
        ({"usage": ""}, ""),
        ({"usage": "boiler"}, ""),
    ],
)
def test_the_norm_goes_by_what_the_register_tells(
    overdue: Case, told: dict[str, object], volume: str
) -> None:
    world, boris, command = overdue
    change(world, command, **told)
    page, shown = (
        readings.get_meter(world.deps, boris, command.account_id),
        readings.estimate_reading(world.deps, boris, command),
    )
    assert volume.replace(" (", " в месяц (") in page.verification
    assert shown.instead.startswith(
        f"Начислят по нормативу: {volume}," if volume else "Начислят по нормативу."
    )


def test_without_a_norm_or_a_price_no_sum_is_told(overdue: Case) -> None:
    world, boris, command = overdue
    for table in (SupplierValue, Price):
        with world.deps.transaction() as tx:
            tx.session.exec(delete(table))
        page = readings.get_meter(world.deps, boris, command.account_id)
        assert "Начисляют по нормативу. Поверьте" in page.verification
        assert readings.estimate_reading(world.deps, boris, command).instead == "Начислят по нормативу."
    receipt = readings.submit_reading(world.deps, boris, command)
    assert (receipt.volume, receipt.cost, receipt.formula, bool(receipt.uncounted)) == ("20", "", "", True)


def test_less_than_the_meter_says_is_told_as_less(overdue: Case) -> None:
    world, boris, command = overdue
    much = replace(command, value="49697")
    shown = readings.estimate_reading(world.deps, boris, much)
    assert shown.instead.endswith("на 1\u00a0138,20\u00a0₽ меньше, чем по счётчику.")
    same = readings.estimate_reading(world.deps, boris, replace(command, value="49557"))
    assert same.instead.endswith("столько же, сколько по счётчику.")


def test_a_first_reading_is_no_consumption_to_compare_with(overdue: Case) -> None:
    world, boris, command = overdue
    with world.deps.transaction() as tx:
        meter = Meter(
            customer_account_id=command.account_id, serial_number="НОВЫЙ-1", serial_key="new-1",
            installed_on=date(2026, 1, 1), verification_due_on=date(2026, 1, 2),
        )  # fmt: skip
        tx.session.add(meter)
    first = reading(world, boris, command.account_id, "00005")
    assert readings.estimate_reading(world.deps, boris, first).instead == f"Начислят по нормативу: {NORM}."


def unsent(world: World, actor: Actor, command: SubmitReading) -> str:
    return readings.get_meter(world.deps, actor, command.account_id).unsent


def test_what_a_missing_reading_costs_is_told_until_it_comes(case: Case) -> None:
    world, anna, command = case
    average = "начислят по среднему за год: ≈\u00a0119,24\u00a0₽ (14,667\u00a0м³ × 8,13\u00a0₽)."
    assert unsent(world, anna, command) == f"Если не передать показание за ноябрь, {average}"
    readings.submit_reading(world.deps, anna, command)
    assert unsent(world, anna, command) == ""
    world.clock.move(days=8)
    assert unsent(world, anna, command) == f"Если не передать показание за декабрь, {average}"


def test_after_three_months_without_a_reading_the_norm_is_told(case: Case) -> None:
    world, anna, command = case
    charge(world, command, 3, ChargeMethod.AVERAGE)
    told = unsent(world, anna, command)
    assert told.startswith("По среднему начисляют не дольше трёх месяцев.")
    assert told.endswith(
        "начислят по нормативу: ≈\u00a0260,16\u00a0₽ (32\u00a0м³ × 1\u00a0собственник × 8,13\u00a0₽)."
    )
    change(world, command, residents=None)
    assert unsent(world, anna, command).endswith("начислят по нормативу.")


def charge(world: World, command: SubmitReading, months: int, method: ChargeMethod) -> None:
    """The newest charges as the supplier might have made them."""
    with world.deps.transaction() as tx:
        newest = select(Charge).where(Charge.customer_account_id == command.account_id)
        for row in tx.session.exec(newest.order_by(col(Charge.period).desc()).limit(months)):
            row.method = method.value


Spoil = Callable[[World, SubmitReading], None]


def second_meter(world: World, command: SubmitReading) -> None:
    with world.deps.transaction() as tx:
        tx.session.add(Meter(customer_account_id=command.account_id, serial_number="2", serial_key="2"))


def no_charges(world: World, command: SubmitReading) -> None:
    with world.deps.transaction() as tx:
        tx.session.exec(delete(Charge))


def no_price(world: World, command: SubmitReading) -> None:
    change(world, command, usage="")


def overdue_verification(world: World, command: SubmitReading) -> None:
    change(world, command, verification_due_on=date(2026, 11, 19))


def two_months_later(world: World, command: SubmitReading) -> None:
    world.clock.move(days=60)


@pytest.mark.parametrize(
    "spoil", [second_meter, no_charges, no_price, overdue_verification, two_months_later]
)
def test_what_is_not_known_is_not_foretold(case: Case, spoil: Spoil) -> None:
    world, anna, command = case
    spoil(world, command)
    assert unsent(world, anna, command) == ""


def test_charges_name_the_law_of_the_norm(case: Case) -> None:
    world, anna, command = case
    charge(world, command, 1, ChargeMethod.NORM)
    row = charges.get_charges(world.deps, anna, command.account_id)
    assert "п. 31–32" in row.months[0].lines[0].source
