"""What people sent goes to the supplier once, and nothing is left out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cabinet.domain.errors import Denied
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.registers import ExportFileExists, ExportKind, ExportUnwritable, SupplierUnknown
from cabinet.persistence.meters import Reading
from cabinet.persistence.payments import Payment
from cabinet.persistence.register_exports import RegisterExport
from cabinet.services.register_exports import ExportOutcome, ExportRegister, export_register
from tests.fakes import World
from tests.register_files import (
    ACCOUNTS,
    account_id,
    add_test_supplier,
    pay,
    send_reading,
    take,
    write,
)

READINGS, PAYMENTS = ExportKind


@pytest.fixture(name="world")
def world_with_an_account(world: World, tmp_path: Path) -> World:
    add_test_supplier(world.deps)
    (tmp_path / "files").mkdir()
    take(world.deps, ACCOUNTS, write(tmp_path / "files", ACCOUNTS, {}))
    return world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "out"
    place.mkdir()
    return place


def export(world: World, kind: ExportKind, path: Path, since: date | None = None) -> ExportOutcome:
    return export_register(world.deps, Actor.system(), ExportRegister(kind, path, "izhevsk", since))


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")[1:-1]


def test_a_file_of_readings_is_as_the_contract_has_it(world: World, folder: Path) -> None:
    send_reading(world, 6970)
    outcome = export(world, READINGS, folder / "readings.csv")
    assert (outcome.lines, outcome.completed) == (1, "")
    assert (folder / "readings.csv").read_text("utf-8") == (
        "account;meter_serial;taken_on;value;received_at;source;receipt_number\n"
        "370000000001;04666666;2026-11-20;6970;2026-11-20T12:00:00+04:00;web;П-00000002\n"
    )


def test_a_file_of_payments_is_as_the_contract_has_it(world: World, folder: Path) -> None:
    pay(world, 10005)
    export(world, PAYMENTS, folder / "payments.csv")
    assert (folder / "payments.csv").read_text("utf-8") == (
        "account;paid_at;amount;payment_id;acquirer;acquirer_payment_id\n"
        "370000000001;2026-11-20T12:00:00+04:00;100.05;10005;demo;d-10005\n"
    )
    with world.deps.snapshot() as tx:
        assert tx.payments.get("10005").exported_at == world.clock.at


@pytest.mark.parametrize("kind", ExportKind)
def test_each_line_is_in_one_file_only(world: World, folder: Path, kind: ExportKind) -> None:
    pay(world, 1)
    send_reading(world, 6970)
    export(world, kind, folder / "first.csv")
    pay(world, 2)
    send_reading(world, 6971)
    assert export(world, kind, folder / "second.csv").lines == 1
    assert export(world, kind, folder / "third.csv").lines == 0
    assert len(lines(folder / "first.csv")) == len(lines(folder / "second.csv")) == 1
    assert lines(folder / "first.csv") != lines(folder / "second.csv")


def test_what_is_committed_while_a_file_is_written_is_in_the_next_one(world: World, folder: Path) -> None:
    pay(world, 5)
    with world.deps.transaction() as tx:
        claimed = RegisterExport(
            supplier_id=1, kind=PAYMENTS.value, path=str(folder / "first.csv"), started_at=world.clock.at
        )
        tx.register_exports.add(claimed, None)
    world.clock.move(hours=-1)
    pay(world, 3)  # its id and its time are before those of the file that is being written
    outcome = export(world, PAYMENTS, folder / "second.csv")
    assert (outcome.lines, outcome.completed) == (1, str(folder / "first.csv"))
    assert [line.split(";")[3] for line in lines(folder / "first.csv")] == ["5"]
    assert [line.split(";")[3] for line in lines(folder / "second.csv")] == ["3"]


def test_an_interrupted_file_is_written_again_byte_for_byte(world: World, folder: Path) -> None:
    first = folder / "first.csv"
    for amount in (4, 2, 3):
        pay(world, amount)
    export(world, PAYMENTS, first)
    told = first.read_bytes()
    with world.deps.transaction() as tx:  # as if it had been killed before it was marked
        export_row = tx.session.get(RegisterExport, 1)
        assert export_row is not None
        export_row.finished_at = None
        for amount in (4, 2, 3):
            tx.payments.get(str(amount)).exported_at = None
    pay(world, 1)
    again = export(world, PAYMENTS, first)
    assert (again.lines, again.completed) == (3, str(first))
    assert first.read_bytes() == told
    assert export(world, PAYMENTS, folder / "second.csv").lines == 1


def test_a_folder_that_is_gone_stops_no_export(world: World, folder: Path) -> None:
    pay(world, 1)
    lost = folder / "lost" / "first.csv"
    with world.deps.transaction() as tx:
        claimed = RegisterExport(
            supplier_id=1, kind=PAYMENTS.value, path=str(lost), started_at=world.clock.at
        )
        tx.register_exports.add(claimed, None)
    pay(world, 2)
    with pytest.raises(ExportUnwritable):  # it is asked for by its own name
        export(world, PAYMENTS, lost)
    (folder / "there.csv").write_text("kept", "utf-8")
    with pytest.raises(ExportFileExists):
        export(world, PAYMENTS, folder / "there.csv")
    outcome = export(world, PAYMENTS, folder / "second.csv")
    assert (outcome.lines, outcome.gone) == (1, str(lost))
    assert [line.split(";")[3] for line in lines(folder / "second.csv")] == ["1"]
    later = export(world, PAYMENTS, folder / "third.csv")
    assert (later.lines, later.gone) == (1, "")
    assert [line.split(";")[3] for line in lines(folder / "third.csv")] == ["2"]


def test_since_leaves_earlier_ones_for_another_file(world: World, folder: Path) -> None:
    pay(world, 1)
    world.clock.move(hours=16)  # midnight in Izhevsk
    pay(world, 2)
    assert export(world, PAYMENTS, folder / "today.csv", date(2026, 11, 21)).lines == 1
    assert export(world, PAYMENTS, folder / "again.csv", date(2026, 11, 21)).lines == 0
    assert export(world, PAYMENTS, folder / "all.csv").lines == 1


def test_only_what_stands_and_was_sent_from_here_goes_out(world: World, folder: Path) -> None:
    cancelled = send_reading(world, 6970)
    pay(world, 1, exported=True)
    pay(world, 2)
    with world.deps.transaction() as tx:
        found = tx.session.get(Reading, cancelled)
        assert found is not None
        found.cancelled_at = world.clock.at
        tx.payments.get("2").status = "pending"
    assert export(world, READINGS, folder / "readings.csv").lines == 0
    assert export(world, PAYMENTS, folder / "payments.csv").lines == 0


def test_another_supplier_is_told_nothing(world: World, folder: Path) -> None:
    add_test_supplier(world.deps, "glazov")
    pay(world, 1)
    send_reading(world, 6970)
    for kind in ExportKind:
        command = ExportRegister(kind, folder / f"{kind.value}.csv", "glazov")
        assert export_register(world.deps, Actor.system(), command).lines == 0
    operator = replace(Actor.system(), supplier_id=2)
    with pytest.raises(SupplierUnknown):
        export_register(world.deps, operator, ExportRegister(PAYMENTS, folder / "x.csv", "izhevsk"))
    with pytest.raises(Denied):
        export_register(
            world.deps,
            Actor.subscriber(Visitor("", "", ""), 1, 1),
            ExportRegister(PAYMENTS, folder / "x.csv", "izhevsk"),
        )


def test_a_file_is_never_overwritten_and_a_refused_one_takes_no_rows(world: World, folder: Path) -> None:
    pay(world, 1)
    (folder / "there.csv").write_text("kept", "utf-8")
    with pytest.raises(ExportFileExists):
        export(world, PAYMENTS, folder / "there.csv")
    for path in (folder / "none" / "x.csv", folder / "x\0.csv"):
        with pytest.raises(ExportUnwritable):
            export(world, PAYMENTS, path)
    assert (folder / "there.csv").read_text("utf-8") == "kept"
    assert export(world, PAYMENTS, folder / "payments.csv").lines == 1
    assert sorted(x.name for x in folder.iterdir()) == ["payments.csv", "there.csv"]


def test_a_name_that_another_export_is_about_to_take_is_refused(world: World, folder: Path) -> None:
    add_test_supplier(world.deps, "glazov")
    pay(world, 1)
    with world.deps.transaction() as tx:
        promised = RegisterExport(
            supplier_id=2, kind=READINGS.value, path=str(folder / "x.csv"), started_at=world.clock.at
        )
        tx.register_exports.add(promised, None)
    with pytest.raises(ExportFileExists):
        export(world, PAYMENTS, folder / "x.csv")
    assert export(world, PAYMENTS, folder / "y.csv").lines == 1


def test_exports_at_once_and_payments_meanwhile_lose_and_double_nothing(world: World, folder: Path) -> None:
    for amount in range(1, 21):
        pay(world, amount)

    def work(turn: int) -> None:
        if turn % 2:
            pay(world, 100 + turn)
        else:
            export(world, PAYMENTS, folder / f"{turn}.csv")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(12)))
    export(world, PAYMENTS, folder / "last.csv")
    told = [line.split(";")[3] for file in folder.iterdir() for line in lines(file)]
    assert sorted(map(int, told)) == [*range(1, 21), *range(101, 112, 2)]


def test_a_payment_is_known_to_the_supplier_only_when_its_file_is_there(world: World, folder: Path) -> None:
    pay(world, 10000)
    with world.deps.transaction() as tx:
        claimed = RegisterExport(
            supplier_id=1, kind=PAYMENTS.value, path=str(folder / "x.csv"), started_at=world.clock.at
        )
        tx.register_exports.add(claimed, None)
        tx.session.flush()
        assert tx.session.get(Payment, "10000").exported_at is None  # type: ignore[union-attr]
    assert account_id(world)
    export(world, PAYMENTS, folder / "y.csv")
    with world.deps.snapshot() as tx:
        assert tx.payments.get("10000").exported_at is not None
