from collections.abc import Iterator
from pathlib import Path

import pytest

from cabinet import container
from cabinet.ui import pages
from tests.fakes import World, make_world


@pytest.fixture(scope="session", autouse=True)
def _all_states() -> None:
    """Every page's states are there, as in the served portal."""
    pages.load()


@pytest.fixture
def portal(demo_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The portal with the demo supplier behind the states."""
    made = make_world(demo_sqlite_url, tmp_path)
    monkeypatch.setattr(container, "current", lambda: made.deps)
    yield made
    made.dispose()
