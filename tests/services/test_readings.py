import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import delete

from cabinet.domain.errors import CabinetError, NotFound
from cabinet.domain.forms import FormStale
from cabinet.domain.period import BillingPeriod
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.readings import (
    DialFall,
    ReadingBelowPrevious,
    ReadingTooLarge,
    ReadingUncancellable,
    ReadingUnusual,
)
from cabinet.domain.registers import ExportKind
from cabinet.domain.volume import ReadingMalformed
from cabinet.persistence.charges import Charge
from cabinet.persistence.meters import Meter, Reading
from cabinet.services import readings
from cabinet.services.readings import SubmitReading
from cabinet.services.register_exports import ExportRegister, export_register
from tests.factories import OTHER_ACCOUNT, OTHER_SERIAL, charge, owner
from tests.fakes import World

BORIS = Visitor("device-of-boris", "192.0.2.2")


@pytest.fixture
def case(izhevsk: World) -> tuple[World, Actor, SubmitReading]:
    """Anna, her meter that showed 03359 on 20 October, and a reading of 03380."""
    anna, account = owner(izhevsk)
    meter = readings.get_meter(izhevsk.deps, anna, account)
    return izhevsk, anna, SubmitReading(account, int(meter.meter_id), "03380", "form-1", confirmed=False)


Case = tuple[World, Actor, SubmitReading]


def test_the_page_shows_the_previous_value_and_the_window(case: Case) -> None:
    world, anna, command = case
    meter = readings.get_meter(world.deps, anna, command.account_id)
    assert (meter.previous, meter.ghost, meter.capacity) == ("03\u00a0359", "03359", 5)
    assert (meter.window_shut, meter.verification) == ("", "")
    assert meter.history[0].kind == "от поставщика"


def test_an_estimate_says_volume_cost_and_formula_and_stores_nothing(case: Case) -> None:
    world, anna, command = case
    shown = readings.estimate_reading(world.deps, anna, command)
    assert (shown.volume, shown.cost, shown.formula) == (
        "21",
        "170,73\u00a0₽",
        "21\u00a0м³ × 8,13\u00a0₽ (плита и колонка)",
    )
    assert len(readings.get_meter(world.deps, anna, command.account_id).history) == 1


def test_a_reading_gets_a_numbered_receipt(case: Case) -> None:
    world, anna, command = case
    receipt = readings.submit_reading(world.deps, anna, command)
    assert receipt.number.startswith("П-")
    assert (receipt.value, receipt.period, receipt.volume) == ("03\u00a0380", "ноябрь 2026", "21")
    assert receipt.received_at == "20\u00a0ноября 2026, 12:00"
    assert readings.get_meter(world.deps, anna, command.account_id).previous == "03\u00a0380"


def test_the_same_submission_again_gives_the_same_receipt(case: Case) -> None:
    world, anna, command = case
    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(lambda _: readings.submit_reading(world.deps, anna, command), range(16)))
    assert len(receipts) == 1
    assert len(readings.get_meter(world.deps, anna, command.account_id).history) == 2


def test_zero_consumption_is_a_reading(case: Case) -> None:
    world, anna, command = case
    assert readings.submit_reading(world.deps, anna, replace(command, value="3359")).volume == "0"


def test_a_reading_below_the_previous_one_is_rejected(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(ReadingBelowPrevious) as raised:
        readings.submit_reading(world.deps, anna, replace(command, value="3358"))
    assert raised.value.facts == {"previous": "03\u00a0359"}
    assert len(readings.get_meter(world.deps, anna, command.account_id).history) == 1


def stand_at(world: World, command: SubmitReading, value: int) -> None:
    """The dial has shown that when it was last read."""
    with world.deps.transaction() as tx:
        last = tx.readings.find_last(command.meter_id, world.clock.at.date())
        assert last is not None
        last.value_m3 = value


def test_a_dial_that_rolled_over_is_counted_over_its_end(case: Case) -> None:
    world, anna, command = case
    stand_at(world, command, 99_990)
    over = replace(command, value="00012", fall=DialFall.ROLLOVER)
    with pytest.raises(ReadingBelowPrevious):
        readings.submit_reading(world.deps, anna, replace(over, fall=None))
    shown = readings.estimate_reading(world.deps, anna, over)
    receipt = readings.submit_reading(world.deps, anna, over)
    assert (receipt.value, receipt.volume, receipt.cost) == ("00\u00a0012", "22", shown.cost)
    assert (receipt.formula, receipt.uncounted) == (shown.formula, "")
    assert readings.submit_reading(world.deps, anna, over) == receipt
    history = readings.get_meter(world.deps, anna, command.account_id).history
    assert [x.kind for x in history] == ["передано вами, переход через ноль", "от поставщика"]
    after = readings.submit_reading(world.deps, anna, replace(command, value="00013", key="form-2"))
    assert after.volume == "1"
    with pytest.raises(ReadingBelowPrevious):
        readings.submit_reading(world.deps, anna, replace(command, value="00012", key="form-3"))


def test_nobody_burns_a_whole_dial(case: Case) -> None:
    world, anna, command = case
    slip = replace(command, value="03358", fall=DialFall.ROLLOVER, confirmed=True)
    with pytest.raises(ReadingTooLarge) as raised:
        readings.submit_reading(world.deps, anna, slip)
    assert raised.value.facts == {"volume": 99_999, "most": 10_000}
    assert len(readings.get_meter(world.deps, anna, command.account_id).history) == 1


def test_much_over_the_end_of_a_dial_is_asked_about_too(case: Case) -> None:
    world, anna, command = case
    stand_at(world, command, 99_990)
    over = replace(command, value="00131", fall=DialFall.ROLLOVER)
    with pytest.raises(ReadingUnusual) as raised:
        readings.submit_reading(world.deps, anna, over)
    assert raised.value.facts["volume"] == 141
    assert readings.submit_reading(world.deps, anna, replace(over, confirmed=True)).volume == "141"


def test_another_meter_begins_a_count_that_does_not_count_yet(case: Case) -> None:
    world, anna, command = case
    new = replace(command, value="7", fall=DialFall.REPLACED)
    shown = readings.estimate_reading(world.deps, anna, new)
    receipt = readings.submit_reading(world.deps, anna, new)
    assert "заменён" in receipt.uncounted
    assert (receipt.volume, receipt.cost, receipt.formula) == ("", "", "")
    assert (shown.uncounted, shown.instead) == (receipt.uncounted, receipt.instead)
    assert readings.submit_reading(world.deps, anna, new) == receipt
    newest = readings.get_meter(world.deps, anna, command.account_id).history[0]
    assert (newest.kind, newest.counted) == ("передано вами, счётчик заменён", False)
    after = readings.submit_reading(world.deps, anna, replace(command, value="9", key="form-2"))
    assert (after.volume, after.uncounted) == ("2", "")


@pytest.mark.parametrize("fall", DialFall)
def test_what_is_declared_of_a_dial_that_did_not_fall_is_not_kept(case: Case, fall: DialFall) -> None:
    world, anna, command = case
    assert readings.submit_reading(world.deps, anna, replace(command, fall=fall)).volume == "21"
    assert readings.get_meter(world.deps, anna, command.account_id).history[0].kind == "передано вами"


def test_a_fall_that_others_stand_on_is_not_cancelled(case: Case) -> None:
    world, anna, command = case
    new = replace(command, value="7", fall=DialFall.REPLACED)
    readings.submit_reading(world.deps, anna, new)
    readings.submit_reading(world.deps, anna, replace(command, value="9", key="form-2"))
    later, fallen, _ = readings.get_meter(world.deps, anna, command.account_id).history
    assert (later.cancellable, fallen.cancellable) == (True, False)
    with pytest.raises(ReadingUncancellable):
        readings.cancel_reading(world.deps, anna, command.account_id, int(fallen.id))
    readings.cancel_reading(world.deps, anna, command.account_id, int(later.id))
    after = readings.cancel_reading(world.deps, anna, command.account_id, int(fallen.id))
    assert after.previous == "03\u00a0359"


def test_the_supplier_is_told_why_a_value_fell(case: Case, tmp_path: Path) -> None:
    world, anna, command = case
    readings.submit_reading(world.deps, anna, replace(command, value="7", fall=DialFall.REPLACED))
    readings.submit_reading(world.deps, anna, replace(command, value="9", key="form-2"))
    wish = ExportRegister(ExportKind.READINGS, tmp_path / "readings.csv", "izhevsk")
    assert export_register(world.deps, Actor.system(), wish).lines == 2
    lines = list(csv.DictReader(wish.path.read_text("utf-8").splitlines(), delimiter=";"))
    assert [(x["value"], x["source"]) for x in lines] == [("7", "web:replaced"), ("9", "web")]


@pytest.mark.parametrize(
    "typed", ["", " ", "-1", "abc", "1e3", "9" * 30, "123456", "12.3.4", "٣٤", "0x1F", "３３８０"]
)
def test_what_is_no_dial_is_rejected_and_nothing_is_stored(case: Case, typed: str) -> None:
    world, anna, command = case
    with pytest.raises(ReadingMalformed):
        readings.submit_reading(world.deps, anna, replace(command, value=typed))
    assert len(readings.get_meter(world.deps, anna, command.account_id).history) == 1


@pytest.mark.parametrize("typed", ["3380", "03380", "03 380", "3380,5", "3380.999", "000003380"])
def test_a_dial_is_read_however_it_is_typed(case: Case, typed: str) -> None:
    world, anna, command = case
    assert readings.submit_reading(world.deps, anna, replace(command, value=typed)).value == "03\u00a0380"


def test_much_more_than_usual_is_asked_about_and_then_accepted(case: Case) -> None:
    world, anna, command = case
    much = replace(command, value="03500")
    with pytest.raises(ReadingUnusual) as raised:
        readings.submit_reading(world.deps, anna, much)
    assert raised.value.facts["volume"] == 141
    assert readings.submit_reading(world.deps, anna, replace(much, confirmed=True)).volume == "141"


def test_more_than_anybody_burns_is_rejected_even_when_confirmed(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(ReadingTooLarge):
        readings.submit_reading(world.deps, anna, replace(command, value="99999", confirmed=True))


def test_a_reading_after_the_window_counts_in_the_next_month_and_the_page_says_so(case: Case) -> None:
    world, anna, command = case
    world.clock.move(days=8)
    meter = readings.get_meter(world.deps, anna, command.account_id)
    assert meter.window_shut == "Приём за ноябрь закрыт, следующий откроется 15\u00a0декабря"
    assert "декабрь" in meter.window
    assert readings.submit_reading(world.deps, anna, command).period == "декабрь 2026"


def test_the_suppliers_midnight_is_not_utcs(case: Case) -> None:
    world, anna, command = case
    world.clock.at = world.clock.at.replace(day=25, hour=21)
    assert "закрыт" in readings.get_meter(world.deps, anna, command.account_id).window_shut


def test_before_the_window_the_page_says_when_it_opens(case: Case) -> None:
    world, anna, command = case
    world.clock.at = world.clock.at.replace(day=5)
    meter = readings.get_meter(world.deps, anna, command.account_id)
    assert meter.window_shut == "Приём откроется 15\u00a0ноября"
    assert meter.window.endswith("войдёт в расчёт за ноябрь.")
    assert readings.submit_reading(world.deps, anna, command).period == "ноябрь 2026"


@pytest.mark.parametrize(
    ("day", "shut"),
    [(3, ""), (4, "Приём откроется 25\u00a0ноября"), (24, "Приём откроется 25\u00a0ноября"), (25, "")],
)
def test_a_window_over_a_months_end_is_never_told_to_be_closed_for_the_month(
    case: Case, day: int, shut: str
) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        policy = tx.suppliers.policy_on(1, world.clock.at.date())
        policy.window_from_day, policy.window_to_day = 25, 3
    world.clock.at = world.clock.at.replace(day=day)
    assert readings.get_meter(world.deps, anna, command.account_id).window_shut == shut


def test_an_account_without_a_meter_is_told_that_the_norm_is_charged(case: Case) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        account = tx.customer_accounts.get_for(anna, command.account_id).account
        account.usage, account.residents, account.region = "stove_heater", 2, "Удмуртия"
        tx.session.exec(delete(Reading))
        tx.session.exec(delete(Meter))
    shown = readings.get_meter(world.deps, anna, command.account_id)
    assert (shown.account_id, shown.meter_id) == (str(command.account_id), "")
    assert "начисляют по нормативу: ≈\u00a0520,32\u00a0₽ в месяц" in shown.no_meter
    with pytest.raises(NotFound):
        readings.get_meter(world.deps, anna, command.account_id, command.meter_id)
    with pytest.raises(NotFound):
        readings.submit_reading(world.deps, anna, command)


def test_the_usual_volume_is_the_last_years_whatever_else_is_charged(case: Case) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        tx.session.exec(delete(Charge))
        for back in range(1, 13):
            month = BillingPeriod(2026, 11).plus(-back)
            # Nothing was burnt in the last half-year, 60 m³ a month in the one before: 30 are usual.
            volume = Decimal(0 if back <= 6 else 60)
            tx.session.add(charge(command.account_id, month, "gas", volume))
            tx.session.add(charge(command.account_id, month, "maintenance", Decimal(0)))
    usual = replace(command, value=str(3359 + 90))
    assert readings.submit_reading(world.deps, anna, usual).volume == "90"
    with pytest.raises(ReadingUnusual) as raised:
        readings.submit_reading(world.deps, anna, replace(command, value=str(3449 + 91), key="form-2"))
    assert raised.value.facts["usual"] == 30


def test_a_reading_is_cancelled_while_its_month_is_open(case: Case) -> None:
    world, anna, command = case
    readings.submit_reading(world.deps, anna, command)
    newest = readings.get_meter(world.deps, anna, command.account_id).history[0]
    assert newest.cancellable
    after = readings.cancel_reading(world.deps, anna, command.account_id, int(newest.id))
    assert (after.previous, after.history[0].cancelled) == ("03\u00a0359", True)
    with pytest.raises(ReadingUncancellable):
        readings.cancel_reading(world.deps, anna, command.account_id, int(newest.id))
    with pytest.raises(ReadingUncancellable):
        readings.cancel_reading(world.deps, anna, command.account_id, int(after.history[1].id))


def test_what_the_supplier_was_told_is_not_cancelled_any_more(case: Case, tmp_path: Path) -> None:
    world, anna, command = case
    readings.submit_reading(world.deps, anna, command)
    export = ExportRegister(ExportKind.READINGS, tmp_path / "readings.csv", "izhevsk")
    assert export_register(world.deps, Actor.system(), export).lines == 1
    newest = readings.get_meter(world.deps, anna, command.account_id).history[0]
    assert not newest.cancellable
    with pytest.raises(ReadingUncancellable):
        readings.cancel_reading(world.deps, anna, command.account_id, int(newest.id))


def test_no_reading_is_both_cancelled_and_told_to_the_supplier(case: Case, tmp_path: Path) -> None:
    world, anna, command = case
    for turn in range(6):
        sent = replace(command, value=f"0{3380 + turn}", key=f"form-{turn}")
        readings.submit_reading(world.deps, anna, sent)
        newest = int(readings.get_meter(world.deps, anna, command.account_id).history[0].id)
        wish = ExportRegister(ExportKind.READINGS, tmp_path / f"{turn}.csv", "izhevsk")
        with ThreadPoolExecutor(2) as threads:
            told = threads.submit(export_register, world.deps, Actor.system(), wish)
            taken_back = threads.submit(readings.cancel_reading, world.deps, anna, command.account_id, newest)
        assert told.result().lines == (0 if taken_back.exception() is None else 1)


def test_an_overdue_verification_is_said_and_the_reading_is_kept_uncounted(case: Case) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        tx.meters.list_of(command.account_id)[0].verification_due_on = world.clock.at.date().replace(day=1)
    assert "не учитывается" in readings.get_meter(world.deps, anna, command.account_id).verification
    assert "поверки" in readings.submit_reading(world.deps, anna, command).uncounted


def test_a_strangers_meter_and_reading_are_not_found(case: Case) -> None:
    world, anna, command = case
    receipt = readings.submit_reading(world.deps, anna, command)
    boris, account = owner(world, OTHER_ACCOUNT, OTHER_SERIAL, "boris@example.ru", BORIS)
    assert receipt
    newest = int(readings.get_meter(world.deps, anna, command.account_id).history[0].id)
    attempts = [
        lambda: readings.submit_reading(world.deps, boris, command),
        lambda: readings.submit_reading(world.deps, boris, replace(command, account_id=account)),
        lambda: readings.cancel_reading(world.deps, boris, account, newest),
        lambda: readings.cancel_reading(world.deps, boris, command.account_id, newest),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def test_a_form_without_its_key_is_stale(case: Case) -> None:
    world, anna, command = case
    with pytest.raises(FormStale):
        readings.submit_reading(world.deps, anna, replace(command, key=""))


def test_a_value_that_is_dated_ahead_lets_no_dial_fall(case: Case) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        ahead = Reading(
            meter_id=command.meter_id, value_m3=3361, kind="actual", source="register",
            taken_on=date(2027, 6, 1), period="2027-06", received_at=world.clock.at, idempotency_key="ahead",
        )  # fmt: skip
        tx.readings.add(ahead)
    readings.submit_reading(world.deps, anna, command)
    with pytest.raises(ReadingBelowPrevious):
        readings.submit_reading(world.deps, anna, replace(command, value="03370", key="form-2"))


def test_two_tabs_racing_never_store_a_falling_dial(case: Case) -> None:
    world, anna, command = case
    values = [replace(command, value=str(3359 + n), key=f"tab-{n}") for n in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda c: _try(world, anna, c), values))
    stored = [
        int(x.value.replace("\u00a0", ""))
        for x in readings.get_meter(world.deps, anna, command.account_id).history
    ]
    assert stored == sorted(stored, reverse=True)


def _try(world: World, actor: Actor, command: SubmitReading) -> str:
    try:
        return readings.submit_reading(world.deps, actor, command).number
    except CabinetError as error:
        return error.code


def test_an_account_with_two_meters_shows_the_newest_and_lets_choose(case: Case) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        tx.session.add(
            Meter(
                customer_account_id=command.account_id,
                serial_number="НОВЫЙ-1",
                serial_key="new-1",
                installed_on=date(2026, 11, 1),
            )
        )
    newest = readings.get_meter(world.deps, anna, command.account_id)
    assert newest.serial_number == "НОВЫЙ-1"
    assert [choice.id for choice in newest.choices] == [newest.meter_id, str(command.meter_id)]
    assert readings.submit_reading(world.deps, anna, command).value == "03\u00a0380"
    first = readings.submit_reading(
        world.deps, anna, replace(command, meter_id=int(newest.meter_id), value="5", key="form-2")
    )
    assert (first.value, first.volume) == ("00\u00a0005", "")
    with pytest.raises(NotFound):
        readings.get_meter(world.deps, anna, command.account_id, -1)


def test_without_a_price_of_that_day_the_volume_is_told_and_no_cost(case: Case) -> None:
    world, anna, command = case
    with world.deps.transaction() as tx:
        found = tx.customer_accounts.get_for(anna, command.account_id)
        found.account.usage = ""
    shown = readings.estimate_reading(world.deps, anna, command)
    assert (shown.volume, shown.cost, shown.formula) == ("21", "", "")
