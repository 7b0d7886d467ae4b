"""What every suite shares: the two databases, and no network but where it is the subject."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cabinet.persistence.engine import migrate
from tests import postgres

NETWORK = ("tests/adapters", "tests/api", "tests/e2e")
_numbers = count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        place = item.path.relative_to(config.rootpath).as_posix()
        if place.startswith(NETWORK):
            item.add_marker(pytest.mark.enable_socket)
        if place.startswith("tests/e2e"):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL server with an empty database."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest version, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The server's URL; its database `template` is at the newest version."""
    with postgres.connect(postgres_url) as connection:
        connection.execute("CREATE DATABASE template")
    migrate(postgres_url.replace("/postgres?", "/template?"))
    return postgres_url


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database at the newest version."""
    copy = tmp_path / "cabinet.db"
    shutil.copyfile(migrated_sqlite, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def fresh_postgres_url(migrated_postgres: str) -> Iterator[str]:
    """A fresh PostgreSQL database at the newest version."""
    name = f"test_{next(_numbers)}"
    with postgres.connect(migrated_postgres) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template STRATEGY file_copy")
    yield migrated_postgres.replace("/postgres?", f"/{name}?")
    with postgres.connect(migrated_postgres) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database at the newest version, once on SQLite and once on PostgreSQL."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "fresh_postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url
