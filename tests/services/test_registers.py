"""Registers come in on both databases: once, whole, and only what is good."""

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from cabinet.domain.errors import Denied
from cabinet.domain.money import Money
from cabinet.domain.permissions import Actor, Permission, Visitor
from cabinet.domain.registers import (
    Encoding,
    RegisterChanging,
    RegisterColumnsUnknown,
    RegisterEmpty,
    RegisterKind,
    RejectsUnwritable,
    SupplierUnknown,
)
from cabinet.persistence.audit import AuditEvent
from cabinet.persistence.charges import Charge
from cabinet.persistence.customer_accounts import AccessPin, CustomerAccount
from cabinet.persistence.journal import JournalEntry, JournalTransaction
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.payments import OutsidePayment
from cabinet.persistence.registers import Register, RegisterReject
from cabinet.services import register_files, registers
from cabinet.services.access_pins import IssuePin, issue_pin
from cabinet.services.register_undo import UndoImport, undo_import
from cabinet.services.registers import ImportRegister, RegisterOutcome, import_register
from cabinet.texts.registers import FAULTS
from cabinet.worker import run_round
from tests.fakes import NOON, World
from tests.register_files import (
    ACCOUNTS,
    CHARGES,
    DIRTY,
    OTHER_PIN,
    PAYMENTS,
    PIN,
    account_id,
    add_test_supplier,
    pay,
    take,
    text_of,
    write,
)

TABLES = (
    Register, RegisterReject, CustomerAccount, Meter, Reading, AccessPin, Charge, OutsidePayment,
    JournalTransaction, JournalEntry,
)  # fmt: skip
NUMBER = "370000000001"
OTHER = "370000000002"


@pytest.fixture(name="world")
def world_with_a_supplier(world: World) -> World:
    add_test_supplier(world.deps)
    return world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "registers"
    place.mkdir()
    return place


def counts(world: World) -> dict[str, int]:
    """How many rows the tables hold that an import fills."""
    with world.deps.snapshot() as tx:
        return {t.__name__: len(list(tx.session.exec(select(t)))) for t in TABLES}


def owed(world: World, number: str = NUMBER) -> Money:
    with world.deps.snapshot() as tx:
        return tx.journal.balance(account_id(world, number))


def account(world: World) -> CustomerAccount:
    with world.deps.snapshot() as tx:
        return tx.session.exec(select(CustomerAccount).where(CustomerAccount.number == NUMBER)).one()


def pin_of(world: World, kind: str = "pin") -> str:
    with world.deps.snapshot() as tx:
        return tx.customer_accounts.find_pin(account_id(world), kind)


def numbers(outcome: RegisterOutcome) -> tuple[int, int, int, int]:
    """Added, updated, unchanged, quarantined; together they are what was read."""
    found = (outcome.added, outcome.updated, outcome.unchanged, outcome.quarantined)
    assert sum(found) == outcome.read
    return found


def test_of_the_dirty_sample_exactly_the_planted_lines_are_quarantined(world: World, folder: Path) -> None:
    expected = json.loads((DIRTY / "expected-rejects.json").read_text("utf-8"))
    for kind, encoding in (
        (ACCOUNTS, Encoding.WINDOWS_1251),
        (CHARGES, Encoding.UTF_8),
        (PAYMENTS, Encoding.UTF_8),
    ):
        source, rejects = DIRTY / f"{kind.value}.csv", folder / f"{kind.value}.csv"
        outcome = import_register(
            world.deps, Actor.system(), ImportRegister(kind, source, "izhevsk", rejects=rejects)
        )
        planted = [(r["column"], r["value"]) for r in expected if r["register"] == kind.value]
        lines = source.read_bytes().decode("cp1251").split("\r\n")
        with rejects.open(encoding="utf-8", newline="") as file:
            written = list(csv.DictReader(file, delimiter=";"))
        assert outcome.encoding is encoding
        assert [(r["column"], field(lines[0], r)) for r in written] == planted
        assert [r["original"] for r in written] == [lines[int(r["line"]) - 1] for r in written]
        assert all(r["reason"] for r in written)
        assert numbers(outcome) == (len(lines) - 2 - len(planted), 0, 0, len(planted))
    found = counts(world)
    assert (found["CustomerAccount"], found["Charge"], found["OutsidePayment"]) == (40, 560, 437)
    assert found["RegisterReject"] == len(expected)


def field(header: str, reject: dict[str, str]) -> str:
    return reject["original"].split(";")[header.split(";").index(reject["column"])]


def test_what_the_sample_says_is_what_the_house_knows(world: World) -> None:
    for kind in RegisterKind:
        take(world.deps, kind, DIRTY / f"{kind.value}.csv")
    known = json.loads((DIRTY / "known.json").read_text("utf-8"))
    with world.deps.snapshot() as tx:
        for row in known[::4]:
            found = tx.customer_accounts.find_by_number(1, row["account"])
            assert found is not None
            assert found.id is not None
            [meter] = tx.meters.list_of(found.id)
            last = tx.readings.find_last(meter.id or 0, world.clock.at.date())
            assert (found.street, found.house, found.usage) == (row["street"], row["house"], row["usage"])
            assert meter.serial_number == row["serial"]
            assert last is not None
            assert last.value_m3 == row["last_reading"]
            assert tx.journal.balance(found.id) == Money.parse(row["balance"])
            assert world.deps.passwords.verify_plain(
                row["pin"], tx.customer_accounts.find_pin(found.id, "pin")
            )
        assert tx.journal.unbalanced() == []


def test_the_same_file_again_changes_nothing_and_says_so(world: World, folder: Path) -> None:
    path = write(folder, ACCOUNTS, {}, {"account": "bad"})
    first = take(world.deps, ACCOUNTS, path)
    before = counts(world)
    again = take(world.deps, ACCOUNTS, path)
    assert (first.again, again.again) == (False, True)
    assert numbers(again) == (0, 0, 1, 1)
    assert again.rejects == first.rejects
    assert counts(world) == before


def test_the_same_bytes_are_another_register_of_another_supplier(world: World, folder: Path) -> None:
    add_test_supplier(world.deps, "glazov")
    path = write(folder, ACCOUNTS, {})
    take(world.deps, ACCOUNTS, path)
    other = import_register(world.deps, Actor.system(), ImportRegister(ACCOUNTS, path, "glazov"))
    assert numbers(other) == (1, 0, 0, 0)
    assert counts(world)["CustomerAccount"] == 2


@pytest.mark.parametrize("kind", RegisterKind)
def test_a_dry_run_does_everything_and_leaves_no_trace(
    world: World, folder: Path, kind: RegisterKind
) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    before = counts(world)
    with world.deps.snapshot() as tx:
        audited = len(list(tx.session.exec(select(AuditEvent))))
    path = write(folder, kind, {"account": NUMBER if kind is not ACCOUNTS else OTHER}, {"account": "bad"})
    tried = take(world.deps, kind, path, dry_run=True)
    assert tried.dry_run
    assert numbers(tried) == (1, 0, 0, 1)
    assert counts(world) == before
    with world.deps.snapshot() as tx:
        assert len(list(tx.session.exec(select(AuditEvent)))) == audited
    assert numbers(take(world.deps, kind, path)) == (1, 0, 0, 1)


def test_a_changed_register_updates_what_it_says_and_erases_nothing(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    changed = {"flat": "-", "area_m2": "", "usage": "heating", "residents": "3", "pin_bcrypt": "-"}
    outcome = take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, changed))
    assert numbers(outcome) == (0, 1, 0, 0)
    found = account(world)
    assert (found.flat, found.area_m2) == ("12", Decimal("54.3"))
    assert (found.usage, found.residents) == ("heating", 3)
    assert pin_of(world) == PIN


def test_another_file_that_says_the_same_changes_nothing(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    before = counts(world)
    same = take(
        world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"balance": "282,2", "account": " 3700 0000 0001"})
    )
    assert numbers(same) == (0, 0, 1, 0)
    after = counts(world)
    assert after.pop("Register") == before.pop("Register") + 1
    assert after == before


def test_a_second_line_of_an_account_adds_a_meter(world: World, folder: Path) -> None:
    second = {"meter_serial": "7777", "last_reading": "12", "meter_capacity": "-"}
    outcome = take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}, second))
    assert numbers(outcome) == (1, 1, 0, 0)
    with world.deps.snapshot() as tx:
        meters = tx.meters.list_of(account_id(world))
        lasts = [tx.readings.find_last(meter.id or 0, world.clock.at.date()) for meter in meters]
    assert {(m.serial_number, m.capacity) for m in meters} == {("04666666", 5), ("7777", 5)}
    assert {last.value_m3 for last in lasts if last} == {6928, 12}
    assert owed(world) == Money(28220)


def test_a_serial_number_is_compared_as_people_would_and_kept_as_written(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"meter_serial": "АВ 123"}))
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"meter_serial": "ab123"}))
    with world.deps.snapshot() as tx:
        [meter] = tx.meters.list_of(account_id(world))
    assert meter.serial_number == "ab123"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_value_without_a_capacity_is_held_against_the_dial_that_is_known(
    world: World, folder: Path, *, at_once: bool
) -> None:
    no_digits = {"meter_capacity": "-", "last_reading_on": "2026-11-01"}
    first = [{"balance": "1"}]
    second = [
        {**no_digits, "last_reading": "100000", "balance": "2"},
        {**no_digits, "last_reading": "7000", "balance": "-", "flat": "13"},
        {**no_digits, "last_reading": "1000000", "account": OTHER, "meter_serial": "wide", "balance": "-"},
        {**no_digits, "last_reading": "1234567", "account": OTHER, "meter_serial": "wide", "balance": "-"},
        {**no_digits, "last_reading": "10000000", "account": OTHER, "meter_serial": "wide"},
    ]
    if at_once:
        outcome = take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *first, *second))
    else:
        take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *first))
        outcome = take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *second))
    shift = len(first) if at_once else 0
    assert [(x.line - shift, x.column, x.reason) for x in outcome.rejects] == [
        (line, "last_reading", FAULTS["reading"]) for line in (2, 6)
    ]
    assert (account(world).flat, owed(world)) == ("13", Money(100))
    with world.deps.snapshot() as tx:
        [dial] = tx.meters.list_of(account_id(world, OTHER))
        assert dial.capacity == 7
    again = {**no_digits, "last_reading": "100000", "meter_capacity": "6"}  # another dial was put in
    assert numbers(take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, again))) == (0, 1, 0, 0)


def test_the_suppliers_tomorrow_is_believed_and_no_later_day(world: World, folder: Path) -> None:
    world.clock.at = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # 00:30 of the 21st in Izhevsk
    lines = [{"last_reading": str(7000 + day), "last_reading_on": f"2026-11-{day}"} for day in (22, 23)]
    outcome = take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *lines))
    assert [(x.line, x.column, x.reason) for x in outcome.rejects] == [
        (3, "last_reading_on", FAULTS["future"])
    ]


def test_the_latest_reading_comes_once_whoever_brought_it(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    with world.deps.transaction() as tx:
        [meter] = tx.meters.list_of(account_id(world))
        sent = Reading(
            meter_id=meter.id or 0, value_m3=6970, kind="actual", source="web", taken_on=date(2026, 11, 20),
            period="2026-11", received_at=NOON, idempotency_key="form",
        )  # fmt: skip
        tx.readings.add(sent)
    returned = {"last_reading": "6970", "last_reading_on": "20.11.2026"}
    assert numbers(take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, returned))) == (0, 0, 1, 0)
    corrected = {"last_reading": "06971", "last_reading_on": "20.11.2026"}
    assert numbers(take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, corrected))) == (0, 1, 0, 0)
    with world.deps.snapshot() as tx:
        found = tx.readings.list_recent(meter.id or 0)
    assert [(r.value_m3, r.source) for r in found] == [(6971, "register"), (6970, "web"), (6928, "register")]
    assert found[0].idempotency_key == f"register:{meter.id}:2026-11-20:6971"


def test_what_is_owed_is_what_the_supplier_says_less_what_it_does_not_know_of(
    world: World, folder: Path
) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    assert owed(world) == Money(28220)
    pay(world, 10000)
    assert numbers(take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"balance": "300"}))) == (0, 1, 0, 0)
    assert owed(world) == Money(20000)


def test_a_payment_that_the_supplier_was_told_of_is_in_its_balance(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    pay(world, 10000, exported=True)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"balance": "182.20"}))
    assert owed(world) == Money(18220)


def test_a_register_is_one_journal_transaction_that_sums_to_zero(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}, {"account": OTHER, "balance": "-5"}))
    with world.deps.snapshot() as tx:
        [transaction] = tx.session.exec(select(JournalTransaction))
        entries = list(tx.session.exec(select(JournalEntry).order_by(JournalEntry.amount_kopecks)))  # type: ignore[arg-type]
        [register] = tx.session.exec(select(Register))
    assert (transaction.kind, transaction.provider) == ("statement", "register")
    assert transaction.object_id == str(register.id)
    assert [(e.ledger, e.amount_kopecks) for e in entries] == [
        ("statement", -27720),
        ("subscriber", -500),
        ("subscriber", 28220),
    ]


def test_an_unknown_balance_leaves_the_debt_as_it_is(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    assert numbers(take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"balance": "-"}))) == (0, 0, 1, 0)
    assert owed(world) == Money(28220)


def test_a_pin_that_the_desk_has_replaced_does_not_come_back_with_the_next_register(
    world: World, folder: Path
) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    issue_pin(world.deps, Actor.system(), IssuePin("izhevsk", NUMBER))
    issued = pin_of(world)
    assert numbers(take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"residents": "2", "els": "-"}))) == (
        0,
        0,
        1,
        0,
    )
    assert pin_of(world) == issued
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"pin_bcrypt": OTHER_PIN}))
    assert pin_of(world) == OTHER_PIN
    issue_pin(world.deps, Actor.system(), IssuePin("izhevsk", NUMBER))
    again = pin_of(world)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"pin_bcrypt": OTHER_PIN, "flat": "13"}))
    assert pin_of(world) == again


def test_a_closed_period_never_changes(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    take(world.deps, CHARGES, write(folder, CHARGES, {}))
    later = {"period": "2026-11", "opening": "283,30", "paid": "283,30", "closing": "283.30"}
    changed = {"amount": "382,20", "closing": "383,30"}
    outcome = take(world.deps, CHARGES, write(folder, CHARGES, later, changed, {"penalty": "1.1"}))
    assert numbers(outcome) == (1, 0, 1, 1)
    [reject] = outcome.rejects
    assert (reject.line, reject.column) == (3, "amount")
    with world.deps.snapshot() as tx:
        assert [c.amount for c in tx.charges.list_recent(account_id(world))] == [Money(28220), Money(28220)]
    assert owed(world) == Money(28220)


def test_a_period_told_twice_in_one_file_is_taken_once(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    outcome = take(world.deps, CHARGES, write(folder, CHARGES, {}, {}, {"method": "norm"}))
    assert numbers(outcome) == (1, 0, 1, 1)
    assert outcome.rejects[0].column == "method"


def test_a_payment_made_elsewhere_comes_once(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    take(world.deps, PAYMENTS, write(folder, PAYMENTS, {}))
    differs = {"amount": "48.79"}
    outcome = take(world.deps, PAYMENTS, write(folder, PAYMENTS, {"channel": "sber"}, {}, differs))
    assert numbers(outcome) == (1, 0, 1, 1)
    assert (outcome.rejects[0].line, outcome.rejects[0].column) == (4, "amount")
    assert owed(world) == Money(28220)


@pytest.mark.parametrize("kind", [CHARGES, PAYMENTS])
def test_an_account_that_the_supplier_does_not_have_is_quarantined(
    world: World, folder: Path, kind: RegisterKind
) -> None:
    outcome = take(world.deps, kind, write(folder, kind, {}))
    assert numbers(outcome) == (0, 0, 0, 1)
    assert (outcome.rejects[0].line, outcome.rejects[0].column) == (2, "account")


def test_lines_in_quarantine_stand_in_the_order_of_the_file(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    lines = [{"account": OTHER}, {"period": "?"}, {"account": OTHER}, {}, {"amount": "?"}]
    outcome = take(world.deps, CHARGES, write(folder, CHARGES, *lines))
    assert [(r.line, r.column) for r in outcome.rejects] == [
        (2, "account"),
        (3, "period"),
        (4, "account"),
        (6, "amount"),
    ]


@pytest.mark.parametrize("known", [0, 900, 1799])
def test_news_and_what_is_known_come_by_turns_in_blocks(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    monkeypatch.setattr(register_files, "BLOCK", 1 << 15)
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    months = [{"period": f"{1901 + n // 12}-{n % 12 + 1:02d}"} for n in range(1500)]
    lines = [
        line for n, month in enumerate(months) for line in [month, {"account": OTHER}][: 1 + (n % 5 == 0)]
    ]
    before = lines[known]
    take(world.deps, CHARGES, write(folder, CHARGES, before))
    lines.append(before | {"method": "norm"})
    outcome = take(world.deps, CHARGES, write(folder, CHARGES, *lines))
    assert numbers(outcome) == (1499, 0, 1, 301)
    with world.deps.snapshot() as tx:
        columns = [reject.column for reject in tx.registers.list_rejects(3)]
    assert columns == ["account"] * 300 + ["method"]
    assert counts(world)["Charge"] == 1500
    undo_import(world.deps, Actor.system(), UndoImport(CHARGES, "izhevsk"))
    assert counts(world)["Charge"] == 1


def test_what_quarantined_lines_said_is_kept_for_ninety_days(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {"account": "?"}))

    def kept() -> list[tuple[int, str, bool]]:
        with world.deps.snapshot() as tx:
            return [(x.line, x.column, bool(x.original)) for x in tx.registers.list_rejects(1)]

    world.clock.move(days=89, hours=23)
    run_round(world.deps, 0)
    assert kept() == [(2, "account", True)]
    world.clock.move(hours=2)
    run_round(world.deps, 0)
    assert kept() == [(2, "account", False)]
    assert registers.forget_rejects(world.deps) == 0


def test_broken_lines_are_quarantined_and_kept_without_what_no_database_takes(
    world: World, folder: Path
) -> None:
    path = folder / "broken.csv"
    good = text_of(ACCOUNTS, {}).encode()
    path.write_bytes(good + b"nul\0byte\n\n" + b'"lone quote\n' + b"x" * (1 << 20) + b"\n;;;\n")
    outcome = take(world.deps, ACCOUNTS, path)
    assert numbers(outcome) == (1, 0, 0, 4)
    assert [r.line for r in outcome.rejects] == [3, 5, 6, 7]
    assert outcome.rejects[0].original == "nul\ufffdbyte"
    assert len(outcome.rejects[2].original) == 4001
    with world.deps.snapshot() as tx:
        assert [r.column for r in tx.registers.list_rejects(1)] == ["-"] * 4


def test_an_account_of_two_blocks_is_one_account(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_files, "BLOCK", 1 << 17)
    lines = [{"account": f"37{n:010d}", "meter_serial": str(n)} for n in range(1200)]
    heard: list[tuple[int, int]] = []
    path = write(folder, ACCOUNTS, *lines, {"account": lines[0]["account"], "meter_serial": "second"})
    outcome = import_register(
        world.deps, Actor.system(), ImportRegister(ACCOUNTS, path, "izhevsk"), lambda *at: heard.append(at)
    )
    assert numbers(outcome) == (1200, 1, 0, 0)
    assert heard[0] == (0, path.stat().st_size)
    assert heard[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(heard) > 3
    with world.deps.snapshot() as tx:
        assert tx.journal.total() == Money(0)
        assert counts(world)["JournalEntry"] == 1201


def test_a_refused_file_leaves_nothing_behind(world: World, folder: Path) -> None:
    before = counts(world)
    empty, odd = folder / "empty.csv", folder / "odd.csv"
    empty.write_bytes(b"")
    odd.write_text("account;colour\n", "utf-8")
    rejects = folder / "rejects.csv"
    with pytest.raises(RegisterEmpty):
        take(world.deps, ACCOUNTS, empty)
    with pytest.raises(RegisterColumnsUnknown):
        import_register(world.deps, Actor.system(), ImportRegister(ACCOUNTS, odd, "izhevsk", rejects=rejects))
    with pytest.raises(SupplierUnknown):
        import_register(world.deps, Actor.system(), ImportRegister(ACCOUNTS, odd, "nobody"))
    assert counts(world) == before
    assert sorted(p.name for p in folder.iterdir()) == ["empty.csv", "odd.csv"]


def test_a_file_that_grows_while_it_is_read_is_refused(world: World, folder: Path) -> None:
    path = write(folder, ACCOUNTS, {})

    def grow(done: int, _total: int) -> None:
        if not done:
            with path.open("a") as file:
                file.write("one more line\n")

    with pytest.raises(RegisterChanging):
        import_register(world.deps, Actor.system(), ImportRegister(ACCOUNTS, path, "izhevsk"), grow)
    assert counts(world)["CustomerAccount"] == 0


@pytest.mark.parametrize(
    ("begin", "kept"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+7", "'+7"),
        ("-", "-"),
        ("-5.00", "-5.00"),
    ],
)
def test_no_line_in_quarantine_is_a_formula(world: World, folder: Path, begin: str, kept: str) -> None:
    path, rejects = write(folder, ACCOUNTS, {"account": begin}), folder / "rejects.csv"
    for _ in range(2):  # the second time they come from the database
        import_register(
            world.deps, Actor.system(), ImportRegister(ACCOUNTS, path, "izhevsk", rejects=rejects)
        )
        _, row = csv.reader(rejects.read_text("utf-8").splitlines(), delimiter=";")
        assert row[3].startswith(f"{kept};")


def test_rejects_never_overwrite_the_register_nor_a_folder(world: World, folder: Path) -> None:
    path = write(folder, ACCOUNTS, {})
    kept = path.read_bytes()
    for rejects in (path, folder, folder / "none" / "rejects.csv"):
        with pytest.raises(RejectsUnwritable):
            import_register(
                world.deps, Actor.system(), ImportRegister(ACCOUNTS, path, "izhevsk", rejects=rejects)
            )
    assert path.read_bytes() == kept
    assert counts(world)["Register"] == 0


def test_only_who_may_import_imports(world: World, folder: Path) -> None:
    subscriber = Actor.subscriber(Visitor("", "", ""), 1, 1)
    assert Permission.REGISTER_IMPORT not in subscriber.granted
    with pytest.raises(Denied):
        import_register(
            world.deps, subscriber, ImportRegister(ACCOUNTS, write(folder, ACCOUNTS, {}), "izhevsk")
        )


def test_of_two_imports_of_one_file_at_once_one_does_the_work(world: World, folder: Path) -> None:
    path = write(folder, ACCOUNTS, *({"account": f"37{n:010d}", "meter_serial": str(n)} for n in range(300)))
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(lambda _: take(world.deps, ACCOUNTS, path), range(2)))
    assert sorted(outcome.again for outcome in outcomes) == [False, True]
    found = counts(world)
    assert (found["Register"], found["CustomerAccount"], found["JournalEntry"]) == (1, 300, 301)


@pytest.mark.parametrize("repeats", [3, 102])
def test_lines_of_one_account_are_taken_one_after_the_other(world: World, folder: Path, repeats: int) -> None:
    lines = [{"flat": str(n + 1), "balance": f"{n}.00", "meter_serial": f"s{n}"} for n in range(repeats)]
    outcome = take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, *lines))
    last = min(repeats, 100)
    assert numbers(outcome) == (1, last - 1, 0, repeats - last)
    assert [(r.line, r.column) for r in outcome.rejects] == [(n + 2, "account") for n in range(last, repeats)]
    assert (account(world).flat, owed(world)) == (str(last), Money((last - 1) * 100))
    found = counts(world)
    assert (found["Meter"], found["Reading"], found["JournalEntry"]) == (last, last, 2)


def test_what_an_account_is_found_by_follows_its_name_and_address(world: World, folder: Path) -> None:
    take(world.deps, ACCOUNTS, write(folder, ACCOUNTS, {}))
    assert (account(world).name_key, account(world).address_key) == ("широбоков", "песочная 86 12 ижевск")
    take(
        world.deps,
        ACCOUNTS,
        write(folder, ACCOUNTS, {"first_name": "Артём", "last_name": "-", "house": "87 а"}),
    )
    assert (account(world).name_key, account(world).address_key) == (
        "широбоков артем",
        "песочная 87 а 12 ижевск",
    )
