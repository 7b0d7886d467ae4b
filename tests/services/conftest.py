from collections.abc import Iterator
from pathlib import Path

import pytest

from cabinet.domain.permissions import Actor
from cabinet.services.demo import load_demo
from tests.fakes import World, make_world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """An empty portal on both databases."""
    made = make_world(database_url, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def izhevsk(world: World) -> World:
    """The portal with the demo supplier's registers in it."""
    load_demo(world.deps, Actor.system())
    return world
