from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import World, make_world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """An empty portal on both databases."""
    made = make_world(database_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def izhevsk(demo_url: str, tmp_path: Path) -> Iterator[World]:
    """The portal with the demo supplier's registers in it, on both databases."""
    made = make_world(demo_url, tmp_path)
    yield made
    made.dispose()
