"""How fast and how flat a register of accounts comes in, against a bare executemany of the same rows.

`python -m benchmarks.bench_registers [ACCOUNTS]`, 100 000 by default; SQLite in a folder of its own.
"""

import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import Row

COLUMNS = (
    "account;els;izhku;last_name;first_name;middle_name;region;locality;street;house;flat;area_m2;residents;"
    "usage;meter_serial;meter_type;meter_capacity;meter_installed_on;verification_due_on;thermo_compensated;"
    "last_reading;last_reading_on;pin_bcrypt;legacy_password_bcrypt;balance"
)
TABLES = ("customer_accounts", "meters", "readings", "access_pins", "journal_entries")
BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
GOAL_SECONDS = 60
FLAT = 1.25


def write_register(path: Path, accounts: int) -> None:
    """An accounts register: each with a meter, a reading, a PIN and a balance."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(COLUMNS + "\n")
        for n in range(accounts):
            pin = "$2b$10$" + "".join(chance.choices(BCRYPT, k=53))
            due = f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.{chance.randint(2027, 2036)}"
            file.write(
                f"{370000000000 + n};{chance.randint(10, 99)}АБ{n:06d};-;Наговицын;Анна;Сергеевна;"
                f"Удмуртская Республика;г. Ижевск;ул. Песочная;{chance.randint(1, 200)};{chance.randint(1, 99)};"
                f"{chance.randint(200, 1200) / 10};{chance.randint(0, 6)};stove;{n:08d};ВК-G4Т;5;"
                f"2020-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d};{due};1;"
                f"{chance.randint(100, 99999)};2026-10-20;{pin};-;{chance.randint(0, 300000) / 100:.2f}\n"
            )


def import_once(folder: Path, register: Path) -> None:
    """What a child process does: a fresh database, one import; prints seconds and peak kilobytes."""
    from cabinet.domain.permissions import Actor  # noqa: PLC0415 - the parent needs none of it
    from cabinet.domain.registers import RegisterKind  # noqa: PLC0415
    from cabinet.persistence.migrations import migrate  # noqa: PLC0415
    from cabinet.services.registers import ImportRegister, import_register  # noqa: PLC0415
    from cabinet.services.suppliers import AddSupplier, add_supplier  # noqa: PLC0415
    from tests.fakes import make_world  # noqa: PLC0415

    url = f"sqlite:///{folder / 'bench.db'}"
    migrate(url)
    deps = make_world(url, folder).deps
    add_supplier(deps, Actor.system(), AddSupplier.parse("bench", "Bench", "Europe/Samara"))
    started = time.perf_counter()
    outcome = import_register(deps, Actor.system(), ImportRegister(RegisterKind.ACCOUNTS, register, "bench"))
    seconds = time.perf_counter() - started
    assert outcome.quarantined == 0, outcome
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, outcome.added)


def measure(folder: Path, accounts: int) -> tuple[float, float]:
    """Seconds and peak megabytes of an import in a process of its own."""
    register = folder / "accounts.csv"
    folder.mkdir()
    write_register(register, accounts)
    child = [sys.executable, "-m", "benchmarks.bench_registers", "--import", str(folder), str(register)]
    said = subprocess.run(child, check=True, capture_output=True, text=True).stdout.split()
    assert int(said[2]) == accounts
    return float(said[0]), int(said[1]) / 1024


def bare_insert(folder: Path) -> float:
    """Seconds that sqlite3 itself takes to insert the very rows, in one transaction."""
    from cabinet.persistence.migrations import migrate  # noqa: PLC0415 - the tables

    source = sqlite3.connect(folder / "bench.db")
    migrate(f"sqlite:///{folder / 'bare.db'}")
    target = sqlite3.connect(folder / "bare.db", isolation_level=None)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
    started = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    for table, values in rows.items():
        marks = ",".join("?" * len(values[0]))
        target.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608
    target.execute("COMMIT")
    return time.perf_counter() - started


def run(accounts: int = 100_000) -> list[Row]:
    """Time, memory against a tenth of the accounts, and the ratio to a bare insert of the same rows."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _, small = measure(folder / "small", accounts // 10)
        seconds, large = measure(folder / "large", accounts)
        bare = bare_insert(folder / "large")
    name = f"registers: {accounts:,} accounts on SQLite".replace(",", " ")
    return [
        Row(
            name,
            f"{seconds:.1f} s = {accounts / seconds:.0f} a second",
            f"≤ {GOAL_SECONDS} s",
            ok=seconds <= GOAL_SECONDS,
        ),
        Row(
            f"{name}, peak memory",
            f"{large:.0f} MB, {small:.0f} MB for a tenth",
            "flat",
            ok=large <= small * FLAT,
        ),
        Row(
            f"{name}, against a bare executemany ({bare:.1f} s)",
            f"{seconds / bare:.1f} times",
            "≤ 10 times",
            ok=seconds <= 10 * bare,
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        import_once(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        for row in run(int(sys.argv[1]) if sys.argv[1:] else 100_000):
            print(row)
