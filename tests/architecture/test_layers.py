"""Imports run downward only."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.house import calls, trees

ROOT = Path(__file__).resolve().parents[2]


def test_the_contracts_of_the_floors_are_kept() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_only_the_entry_points_and_the_container_read_the_environment() -> None:
    allowed = {"settings.py", "container.py", "serve.py", "__main__.py"}
    found = {
        path.relative_to(ROOT / "cabinet").as_posix()
        for path in (ROOT / "cabinet").rglob("*.py")
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    assert found <= allowed


def test_whatever_is_counted_by_address_is_counted_by_network() -> None:
    """One IPv6 address of a /64 is no limit to whoever has all of them."""
    counting = {"reserve", "release", "hold", "left", "tried_at", "clear"}
    found = [
        f"{path}:{call.lineno}"
        for path, tree in trees().items()
        for name, call in calls(tree)
        if name in counting and any("visitor.address" in ast.unparse(x) for x in call.args)
    ]
    assert not found
