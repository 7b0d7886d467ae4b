from collections.abc import Iterator
from pathlib import Path

import pytest

from cabinet import container
from cabinet.practice import PracticeWorlds
from cabinet.ui import pages
from tests.fakes import World, make_world


@pytest.fixture(scope="session", autouse=True)
def _all_states() -> None:
    """Every page's states are there, as in the served portal."""
    pages.load()


@pytest.fixture(autouse=True)
def _own_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The practice worlds are those of whichever portal is behind the states."""
    monkeypatch.setattr(
        container, "practice_worlds", lambda: PracticeWorlds(tmp_path / "practice", container.current())
    )


@pytest.fixture
def portal(demo_sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The portal with the demo supplier behind the states."""
    made = make_world(demo_sqlite_url, tmp_path)
    monkeypatch.setattr(container, "current", lambda: made.deps)
    yield made
    made.dispose()
