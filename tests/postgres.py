"""A private PostgreSQL server for one test process: fast, reachable by a socket in its own folder, gone at the end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.processes import die_with_parent, poll

ADVICE = "PostgreSQL is not installed: `make test` installs it where it may, or: apt-get install postgresql"
_START = 60  # seconds


def find_program(name: str) -> Path:
    """`initdb` or `postgres`: Debian keeps them out of PATH, newest version last.

    Raises:
        FileNotFoundError: with what to install.
    """
    places = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    places.sort(key=lambda p: int(p.parent.parent.name))
    found = shutil.which(name) or (str(places[-1]) if places else "")
    if not found:
        raise FileNotFoundError(ADVICE)
    return Path(found).resolve()


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as its own user, or as nobody."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def server(place: Path | None = None) -> Iterator[str]:
    """Yields the URL of its empty database, `postgresql+psycopg://…`.

    Args:
        place: the folder in which it makes its own.
    """
    initdb, postgres = find_program("initdb"), find_program("postgres")
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="cabinet-pg-", dir=place))
    data = folder / "data"
    if owner:
        shutil.chown(folder, owner)
    make: list[str | Path] = [
        initdb,
        "-D",
        data,
        "-U",
        "cabinet",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    options = ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    options += ["autovacuum=off", "max_connections=60", "shared_buffers=32MB", "max_wal_size=128MB"]
    options += ["wal_level=minimal", "max_wal_senders=0"]
    run: list[str | Path] = [
        postgres,
        "-D",
        data,
        "-k",
        folder,
        *(f for option in options for f in ("-c", option)),
    ]
    try:
        subprocess.run(make, check=True, capture_output=True, user=owner, cwd="/")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                run,
                stdout=log,
                stderr=log,
                user=owner,
                cwd="/",
                preexec_fn=die_with_parent,
            )
        try:
            _wait(folder, process)
            yield f"postgresql+psycopg://cabinet@/postgres?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)  # a fast shutdown: clients are dropped
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def connect(url: str) -> psycopg.Connection:
    """A plain connection outside of transactions, by a SQLAlchemy URL."""
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError((folder / "log").read_text())
        try:
            psycopg.connect(host=str(folder), user="cabinet", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    poll(answers, _START, "PostgreSQL starts")
