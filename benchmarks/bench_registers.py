"""How fast and how flat registers come in, against two bare loads by turns in the same run.

*The file*: its very lines into one table of its columns, text as it stands, without a key, a check or an index: COPY
(PostgreSQL) or executemany (SQLite). *The rows*: what they became, finished, into the same tables with the same keys.
The first is what a file can be moved at; the second is what of that our tables and keys cost.

`python -m benchmarks.bench_registers [ACCOUNTS [MONTHS [ROUNDS [DATABASE]]]]`, or, for one import of a million
accounts (and as many charges for each month) on PostgreSQL, `python -m benchmarks.bench_registers million [MONTHS]`
"""

import csv
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
from benchmarks.registers_written import write_accounts, write_charges

TABLES = {
    "accounts": (
        "customer_accounts", "meters", "readings", "access_pins", "journal_transactions", "journal_entries",
    ),
    "charges": ("charges",),
}  # fmt: skip
CHANGED = "changed"  # the register of accounts a month later
BEFORE = ("suppliers", "supplier_policies", "prices", "registers")
NULL = "\\N"
GOAL = 0.5
MOST_MB = 300
MILLION = 1_000_000


def import_all(url: str, folder: Path) -> None:
    """What a child process does: one import after the other; prints name, seconds and the peak of memory."""
    from cabinet.domain.permissions import Actor  # noqa: PLC0415 - the parent needs none of it
    from cabinet.domain.registers import RegisterKind  # noqa: PLC0415
    from cabinet.services.registers import ImportRegister, import_register  # noqa: PLC0415
    from cabinet.services.suppliers import AddSupplier, add_supplier  # noqa: PLC0415
    from tests.fakes import make_world  # noqa: PLC0415

    deps = make_world(url, folder).deps
    add_supplier(deps, Actor.system(), AddSupplier.parse("bench", "Bench", "Europe/Samara"))
    for name in (*TABLES, CHANGED):
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        kind = RegisterKind.ACCOUNTS if name == CHANGED else RegisterKind(name)
        started = time.perf_counter()
        outcome = import_register(deps, Actor.system(), ImportRegister(kind, path, "bench"))
        print(name, time.perf_counter() - started, peak_mb(), flush=True)
        assert outcome.read == (outcome.updated if name == CHANGED else outcome.added), outcome


def peak_mb() -> float:
    """The most memory that this process has had."""
    [line] = [x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


@dataclass
class Series:
    """What the rounds gave for one register: seconds of ours, of the bare loads, and peak megabytes."""

    ours: list[float] = field(default_factory=list)
    file: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)

    def ratio(self, others: list[float]) -> float:
        """Of the rates: 1 is as fast as the others. The median of the rounds."""
        return statistics.median(other / own for own, other in zip(self.ours, others, strict=True))


Found = dict[str, Series]


@dataclass(frozen=True)
class Database:
    """How bare loads go: the method's name, seconds for the rows of tables, seconds for a file."""

    how: str
    urls: Callable[[Path, int], "Iterator[list[tuple[str, str]]]"]
    load_rows: Callable[[str, str, tuple[str, ...]], float]
    load_file: Callable[[str, Path], float]


def import_in_a_child(url: str, folder: Path, found: Found) -> None:
    """A process of its own, so that its memory is its own."""
    child = [sys.executable, "-m", "benchmarks.bench_registers", "--import", url, str(folder)]
    for line in subprocess.run(child, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines():
        name, seconds, peak = line.split()
        found[name].ours.append(float(seconds))
        found[name].peaks.append(float(peak))


def one_round(urls: tuple[str, str], folder: Path, database: Database, found: Found) -> None:
    """Import into one database, then load its rows and the files into another."""
    from cabinet.persistence.migrations import migrate  # noqa: PLC0415 - the tables

    for url in urls:
        migrate(url)
    import_in_a_child(urls[0], folder, found)
    database.load_rows(*urls, BEFORE)
    for name, tables in TABLES.items():
        found[name].rows.append(database.load_rows(*urls, tables))
        found[name].file.append(database.load_file(urls[1], folder / f"{name}.csv"))


def header_of(path: Path) -> list[str]:
    """The names of a register's columns."""
    with path.open(encoding="utf-8") as file:
        return file.readline().strip().split(";")


@contextmanager
def bare_sqlite(url: str) -> Iterator[sqlite3.Connection]:
    """As safe as ours."""
    target = sqlite3.connect(url.removeprefix("sqlite:///"))
    target.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        target.execute(f"PRAGMA {pragma}")
    yield target
    target.close()


def sqlite_file(url: str, path: Path) -> float:
    """Seconds of a bare executemany of a file's lines, in one transaction."""
    names = header_of(path)
    with bare_sqlite(url) as target, path.open(encoding="utf-8", newline="") as file:
        target.execute(f"CREATE TABLE {path.stem}_file ({', '.join(names)})")
        started = time.perf_counter()
        lines = csv.reader(file, delimiter=";")
        next(lines)
        target.execute("BEGIN IMMEDIATE")
        marks = ",".join("?" * len(names))
        target.executemany(f"INSERT INTO {path.stem}_file VALUES ({marks})", lines)  # noqa: S608
        target.execute("COMMIT")
        return time.perf_counter() - started


def sqlite_rows(source_url: str, target_url: str, tables: tuple[str, ...]) -> float:
    """Seconds of a bare executemany of the finished rows in a file, in one transaction."""
    seconds = 0.0
    with bare_sqlite(source_url) as source, bare_sqlite(target_url) as target:
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
        return seconds + time.perf_counter() - started


def postgresql_file(url: str, path: Path) -> float:
    """Seconds of a bare COPY of a file, in one transaction."""
    from tests import postgres  # noqa: PLC0415 - a server of its own

    columns = ", ".join(f"{name} text" for name in header_of(path))
    with postgres.connect(url) as target, path.open("rb") as file:
        target.execute(f"CREATE TABLE {path.stem}_file ({columns})")
        started = time.perf_counter()
        form = "(FORMAT csv, HEADER, DELIMITER ';')"
        with target.cursor().copy(f"COPY {path.stem}_file FROM STDIN {form}") as copy:
            while data := file.read(1 << 20):
                copy.write(data)
        return time.perf_counter() - started


def postgresql_rows(source_url: str, target_url: str, tables: tuple[str, ...]) -> float:
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


def sqlite_urls(folder: Path, rounds: int) -> Iterator[list[tuple[str, str]]]:
    yield [
        (f"sqlite:///{folder / f'ours-{n}.db'}", f"sqlite:///{folder / f'bare-{n}.db'}")
        for n in range(rounds)
    ]


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
    "SQLite": Database("executemany", sqlite_urls, sqlite_rows, sqlite_file),
    "PostgreSQL": Database("COPY", postgresql_urls, postgresql_rows, postgresql_file),
}


def run(accounts: int = 30_000, months: int = 4, rounds: int = 3, only: str = "") -> list[Row]:
    """The rate of each register on each database as ratios to the bare loads, and the peak of memory."""
    rows = []
    for name, database in DATABASES.items():
        if only in ("", name):
            found = measured(database, accounts, months, rounds)
            for register, lines in (("accounts", accounts), ("charges", accounts * months)):
                rows += told(
                    f"{spaced(lines)} lines of {register}, {name}", lines, found[register], database.how
                )
            rows.append(told_of_changes(f"{spaced(accounts)} accounts changed, {name}", accounts, found))
    return rows


def measured(database: Database, accounts: int, months: int, rounds: int) -> Found:
    """All rounds on one database."""
    found = {name: Series() for name in (*TABLES, CHANGED)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_accounts(folder / "accounts.csv", accounts)
        write_accounts(folder / f"{CHANGED}.csv", accounts, months_later=1)
        write_charges(folder / "charges.csv", accounts, months)
        with contextmanager(database.urls)(folder, rounds) as pairs:
            for pair in pairs:
                one_round(pair, folder, database, found)
    return found


def spaced(number: int) -> str:
    """«100 000»."""
    return f"{number:,}".replace(",", " ")


def told(name: str, lines: int, series: Series, how: str) -> list[Row]:
    """The rows of one register."""
    ours, peak = min(series.ours), max(series.peaks)
    rows = []
    for what, others in (("the file", series.file), ("the finished rows", series.rows)):
        ratio = series.ratio(others)
        speed = (
            f"{ratio:.2f} of a bare {how} of {what}: {ours:.1f} s ({lines / ours:.0f} lines/s) "
            f"against {min(others):.2f} s"
        )
        rows.append(Row(name, speed, f"≥ {GOAL}", ok=ratio >= GOAL))
    return [*rows, Row(f"{name}, peak memory", f"{peak:.0f} MB", f"≤ {MOST_MB} MB", ok=peak <= MOST_MB)]


def told_of_changes(name: str, lines: int, found: Found) -> Row:
    """The register of accounts again, a month later: every line updates an account."""
    ratio, seconds = found[CHANGED].ratio(found["accounts"].ours), min(found[CHANGED].ours)
    speed = f"{ratio:.2f} of the first import: {seconds:.1f} s ({lines / seconds:.0f} lines/s)"
    return Row(name, speed, f"≥ {GOAL}", ok=ratio >= GOAL)


def run_million(months: int = 0) -> list[Row]:
    """A million accounts, and as many charges for each month, on PostgreSQL: once, for minutes."""
    found = {name: Series() for name in (*TABLES, CHANGED)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_accounts(folder / "accounts.csv", MILLION)
        if months:
            write_charges(folder / "charges.csv", MILLION, months)
        with contextmanager(postgresql_urls)(folder, 1) as [(url, _)]:
            from cabinet.persistence.migrations import migrate  # noqa: PLC0415 - the tables

            migrate(url)
            import_in_a_child(url, folder, found)
    rows = []
    for name, series in found.items():
        if series.ours:
            lines, [seconds], [peak] = (
                MILLION * (months if name == "charges" else 1),
                series.ours,
                series.peaks,
            )
            speed = f"{peak:.0f} MB; {seconds:.0f} s ({lines / seconds:.0f} lines/s)"
            title = f"{spaced(lines)} lines of {name}, PostgreSQL, peak memory"
            rows.append(Row(title, speed, f"≤ {MOST_MB} MB", ok=peak <= MOST_MB))
    return rows


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--import", url, folder]:
            import_all(url, Path(folder))
        case ["million", *months]:
            print(*run_million(*map(int, months)), sep="\n")
        case words:
            print(*run(*map(int, words[:3]), *words[3:]), sep="\n")
