"""What every suite shares: the two databases, and no network but where it is the subject."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from cabinet.persistence import engine
from cabinet.persistence.migrations import migrate
from tests import databases, dovecot, postgres
from tests.dovecot import ImapServerHere
from tests.fakes import World, make_world

# A busy machine is no failure; what CI tries is the same each time, what a developer tries is not.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")
engine._LOCKED_MS = 60_000
NETWORK = ("tests/adapters", "tests/api", "tests/e2e")
BOTH = ["sqlite", "postgresql"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(config.rootpath).as_posix()
        if place.startswith(NETWORK):
            item.add_marker(pytest.mark.enable_socket)
        if place.startswith("tests/e2e"):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def fast_folder() -> Iterator[Path]:
    """Where databases are quick."""
    with databases.fast_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_url(fast_folder: Path) -> Iterator[str]:
    """A private PostgreSQL server with an empty database."""
    with postgres.server(fast_folder) as url:
        yield url


@pytest.fixture(scope="session")
def imap_server() -> Iterator[ImapServerHere]:
    """A private IMAP server; every test takes a user of its own."""
    with dovecot.server() as here:
        yield here


@pytest.fixture(scope="session")
def migrated_sqlite(fast_folder: Path) -> Path:
    """A SQLite file at the newest version, to be copied."""
    path = fast_folder / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The server's URL; its database `template` is at the newest version."""
    with postgres.connect(postgres_url) as connection:
        connection.execute("CREATE DATABASE template")
    migrate(postgres_url.replace("/postgres?", "/template?"))
    return postgres_url


@pytest.fixture(scope="session")
def demo_sqlite(migrated_sqlite: Path) -> Path:
    """A SQLite file with the demo supplier in it, to be copied."""
    path = migrated_sqlite.with_name("demo.db")
    shutil.copyfile(migrated_sqlite, path)
    databases.fill_with_demo(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def demo_postgres(migrated_postgres: str, fast_folder: Path) -> str:
    """The server's URL; its database `demo` has the demo supplier in it."""
    with postgres.connect(migrated_postgres) as connection:
        connection.execute("CREATE DATABASE demo TEMPLATE template STRATEGY file_copy")
    databases.fill_with_demo(migrated_postgres.replace("/postgres?", "/demo?"), fast_folder)
    return migrated_postgres


@pytest.fixture(scope="session")
def practice_templates(fast_folder: Path) -> Path:
    """Databases that practice worlds were copied from."""
    folder = fast_folder / "practice-templates"
    folder.mkdir()
    return folder


@pytest.fixture
def practice_folder(practice_templates: Path, tmp_path: Path) -> Iterator[Path]:
    """Where a test's practice worlds lie; what was furnished for one test is there for the next."""
    folder = tmp_path / "practice"
    folder.mkdir()
    for path in practice_templates.iterdir():
        shutil.copyfile(path, folder / path.name)
    yield folder
    for path in folder.glob("template-*.db"):
        if not (practice_templates / path.name).exists():
            shutil.copyfile(path, practice_templates / path.name)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path) -> Iterator[str]:
    """A fresh SQLite database at the newest version."""
    with databases.sqlite_copy(migrated_sqlite) as url:
        yield url


@pytest.fixture
def fresh_postgres_url(migrated_postgres: str) -> Iterator[str]:
    """A fresh PostgreSQL database at the newest version."""
    with databases.postgres_copy(migrated_postgres, "template") as url:
        yield url


@pytest.fixture
def demo_sqlite_url(demo_sqlite: Path) -> Iterator[str]:
    """A SQLite database of its own with the demo supplier."""
    with databases.sqlite_copy(demo_sqlite) as url:
        yield url


@pytest.fixture
def demo_postgres_url(demo_postgres: str) -> Iterator[str]:
    """A PostgreSQL database of its own with the demo supplier."""
    with databases.postgres_copy(demo_postgres, "demo") as url:
        yield url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database at the newest version, once on SQLite and once on PostgreSQL."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "fresh_postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture(params=BOTH)
def demo_url(request: pytest.FixtureRequest) -> str:
    """A database of its own with the demo supplier, once on SQLite and once on PostgreSQL."""
    fixture = {"sqlite": "demo_sqlite_url", "postgresql": "demo_postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """An empty portal, on both databases."""
    made = make_world(database_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def izhevsk(demo_url: str, tmp_path: Path) -> Iterator[World]:
    """The portal with the demo supplier's registers in it, on both databases."""
    made = make_world(demo_url, tmp_path)
    yield made
    made.dispose()
