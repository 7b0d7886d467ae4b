"""How fast and how flat registers come in, against a bare load of the very rows that they became.

The same tables with the same keys, once by our import of the file, once by COPY (PostgreSQL) or
executemany (SQLite) of the finished rows, by turns in the same run.

`python -m benchmarks.bench_registers [ACCOUNTS [MONTHS [ROUNDS [DATABASE]]]]`
"""

import csv
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import Row

ACCOUNT_COLUMNS = (
    "account;els;izhku;last_name;first_name;middle_name;region;locality;street;house;flat;area_m2;residents;"
    "usage;meter_serial;meter_type;meter_capacity;meter_installed_on;verification_due_on;thermo_compensated;"
    "last_reading;last_reading_on;pin_bcrypt;legacy_password_bcrypt;balance"
)
CHARGE_COLUMNS = (
    "account;period;service;method;reading_from;reading_to;coefficient;volume_m3;price;amount;recalculation;"
    "penalty;opening;paid;closing"
)
TABLES = {
    "accounts": (
        "customer_accounts", "meters", "readings", "access_pins", "journal_transactions", "journal_entries",
    ),
    "charges": ("charges",),
}  # fmt: skip
BEFORE = ("suppliers", "supplier_policies", "prices", "registers")
BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
NULL = "\\N"
FIRST = 370_000_000_000
GOAL = 0.5
MOST_MB = 300
PRICE_KOPECKS = 830


def write_accounts(path: Path, accounts: int) -> None:
    """Each account with a meter, a reading, a PIN and a balance."""
    chance = random.Random(7)
    pins = ["$2b$10$" + "".join(chance.choices(BCRYPT, k=53)) for _ in range(4096)]
    with path.open("w", encoding="utf-8") as file:
        file.write(ACCOUNT_COLUMNS + "\n")
        for n in range(accounts):
            due = f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.{chance.randint(2027, 2036)}"
            file.write(
                f"{FIRST + n};{chance.randint(10, 99)}АБ{n % 1_000_000:06d};-;Наговицын;Анна;Сергеевна;"
                f"Удмуртская Республика;г. Ижевск;ул. Песочная;{chance.randint(1, 200)};{chance.randint(1, 99)};"
                f"{chance.randint(200, 1200) / 10};{chance.randint(0, 6)};stove;{n:08d};ВК-G4Т;5;"
                f"2020-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d};{due};1;"
                f"{chance.randint(100, 99999)};2026-10-20;{chance.choice(pins)};-;"
                f"{chance.randint(1, 300000) / 100:.2f}\n"
            )


def write_charges(path: Path, accounts: int, months: int) -> None:
    """Month after month, a line of gas for each account."""
    chance = random.Random(8)
    with path.open("w", encoding="utf-8") as file:
        file.write(CHARGE_COLUMNS + "\n")
        for month in range(months):
            period = f"{2025 + month // 12}-{month % 12 + 1:02d}"
            for n in range(accounts):
                start, volume = chance.randint(0, 90_000), chance.randint(0, 400)
                amount, owed = volume * PRICE_KOPECKS, chance.randint(0, 300_000)
                file.write(
                    f"{FIRST + n};{period};gas;metered;{start};{start + volume};1;{volume},000;8,30;"
                    f"{roubles(amount)};0;0;{roubles(owed)};{roubles(owed)};{roubles(amount)}\n"
                )


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100},{kopecks % 100:02d}"


def import_all(url: str, folder: Path) -> None:
    """What a child process does: one import after the other; prints seconds and the peak of memory."""
    from cabinet.domain.permissions import Actor  # noqa: PLC0415 - the parent needs none of it
    from cabinet.domain.registers import RegisterKind  # noqa: PLC0415
    from cabinet.services.registers import ImportRegister, import_register  # noqa: PLC0415
    from cabinet.services.suppliers import AddSupplier, add_supplier  # noqa: PLC0415
    from tests.fakes import make_world  # noqa: PLC0415

    deps = make_world(url, folder).deps
    add_supplier(deps, Actor.system(), AddSupplier.parse("bench", "Bench", "Europe/Samara"))
    for name in TABLES:
        command = ImportRegister(RegisterKind(name), folder / f"{name}.csv", "bench")
        started = time.perf_counter()
        outcome = import_register(deps, Actor.system(), command)
        print(time.perf_counter() - started, peak_mb())
        assert outcome.added == outcome.read, outcome


def peak_mb() -> float:
    """The most memory that this process has had."""
    [line] = [x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


@dataclass
class Series:
    """What the rounds gave for one register: seconds of ours, of the bare load, and peak megabytes."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Of the rates: 1 is as fast as a bare load. The median of the rounds."""
        return statistics.median(b / o for o, b in zip(self.ours, self.bare, strict=True))


Bare = Callable[[str, str, tuple[str, ...]], float]


def one_round(urls: tuple[str, str], folder: Path, bare: Bare, found: dict[str, Series]) -> None:
    """Import into one database, then load its rows into another."""
    from cabinet.persistence.migrations import migrate  # noqa: PLC0415 - the tables

    for url in urls:
        migrate(url)
    child = [sys.executable, "-m", "benchmarks.bench_registers", "--import", urls[0], str(folder)]
    said = subprocess.run(child, check=True, capture_output=True, text=True).stdout.split()
    bare(*urls, BEFORE)
    for place, (name, tables) in enumerate(TABLES.items()):
        found[name].ours.append(float(said[2 * place]))
        found[name].peaks.append(float(said[2 * place + 1]))
        found[name].bare.append(bare(*urls, tables))


def bare_sqlite(source_url: str, target_url: str, tables: tuple[str, ...]) -> float:
    """Seconds of a bare executemany of the finished rows in a file, in one transaction."""
    source, target = (sqlite3.connect(url.removeprefix("sqlite:///")) for url in (source_url, target_url))
    target.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        target.execute(f"PRAGMA {pragma}")
    seconds = 0.0
    target.execute("BEGIN IMMEDIATE")
    for table in tables:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as kept:
            found = source.execute(f"SELECT * FROM {table}")  # noqa: S608
            marks = ",".join("?" * len(found.description))
            writer = csv.writer(kept, delimiter=";")
            writer.writerows([NULL if value is None else value for value in row] for row in found)
            kept.seek(0)
            started = time.perf_counter()
            rows = ([None if x == NULL else x for x in row] for row in csv.reader(kept, delimiter=";"))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
            seconds += time.perf_counter() - started
    started = time.perf_counter()
    target.execute("COMMIT")
    seconds += time.perf_counter() - started
    source.close()
    target.close()
    return seconds


def bare_postgresql(source_url: str, target_url: str, tables: tuple[str, ...]) -> float:
    """Seconds of a bare COPY of the finished rows in a file, in one transaction."""
    from tests import postgres  # noqa: PLC0415 - a server of its own

    seconds = 0.0
    with (
        postgres.connect(source_url) as source,
        postgres.connect(target_url) as target,
        tempfile.TemporaryFile() as kept,
    ):
        target.autocommit = False
        for table in tables:
            kept.seek(0)
            kept.truncate()
            with source.cursor().copy(f"COPY {table} TO STDOUT") as rows:
                for data in rows:
                    kept.write(data)
            kept.seek(0)
            started = time.perf_counter()
            with target.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                while data := kept.read(1 << 20):
                    copy.write(data)
            seconds += time.perf_counter() - started
        started = time.perf_counter()
        target.commit()
    return seconds + time.perf_counter() - started


@contextmanager
def sqlite_urls(folder: Path, rounds: int) -> Iterator[list[tuple[str, str]]]:
    yield [
        (f"sqlite:///{folder / f'ours-{n}.db'}", f"sqlite:///{folder / f'bare-{n}.db'}")
        for n in range(rounds)
    ]


@contextmanager
def postgresql_urls(folder: Path, rounds: int) -> Iterator[list[tuple[str, str]]]:
    from tests import postgres  # noqa: PLC0415 - a server of its own

    folder.chmod(0o711)
    with postgres.server(folder) as url, postgres.connect(url) as connection:
        pairs = []
        for n in range(rounds):
            for name in (f"ours_{n}", f"bare_{n}"):
                connection.execute(f"CREATE DATABASE {name}")
            pairs.append(tuple(url.replace("/postgres?", f"/{name}_{n}?") for name in ("ours", "bare")))
        yield pairs


DATABASES = {
    "SQLite": (sqlite_urls, bare_sqlite, "executemany"),
    "PostgreSQL": (postgresql_urls, bare_postgresql, "COPY"),
}


def run(accounts: int = 30_000, months: int = 4, rounds: int = 3, only: str = "") -> list[Row]:
    """The rate of each register on each database as a ratio to the bare load, and the peak of memory."""
    rows = []
    for database, (urls_of, bare, how) in DATABASES.items():
        if only not in ("", database):
            continue
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write_accounts(folder / "accounts.csv", accounts)
            write_charges(folder / "charges.csv", accounts, months)
            found = {name: Series() for name in TABLES}
            with urls_of(folder, rounds) as pairs:
                for pair in pairs:
                    one_round(pair, folder, bare, found)
        for name, lines in (("accounts", accounts), ("charges", accounts * months)):
            rows += told(
                f"registers: {lines:,} lines of {name}, {database}".replace(",", " "), lines, found[name], how
            )
    return rows


def told(name: str, lines: int, series: Series, how: str) -> list[Row]:
    """The rows of one register."""
    ours, bare, peak = min(series.ours), min(series.bare), max(series.peaks)
    speed = (
        f"{series.ratio:.2f} of a bare {how}: {ours:.1f} s ({lines / ours:.0f} lines/s) against {bare:.1f} s"
    )
    return [
        Row(name, speed, f"≥ {GOAL}", ok=series.ratio >= GOAL),
        Row(f"{name}, peak memory", f"{peak:.0f} MB", f"≤ {MOST_MB} MB", ok=peak <= MOST_MB),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        import_all(sys.argv[2], Path(sys.argv[3]))
    else:
        for row in run(*(int(x) for x in sys.argv[1:4]), *sys.argv[4:]):
            print(row)
