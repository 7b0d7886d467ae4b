"""What the contracts of the floors do not say: who reads the settings, who may need what, who commits."""

import ast
import sys

import pytest

from tests.architecture.house import trees

READ_SETTINGS = {
    "cabinet/container.py",
    "cabinet/cabinet.py",
    "cabinet/serve.py",
    "cabinet/terminal.py",
}
KNOW_REFLEX = ("cabinet/ui/", "cabinet/cabinet.py", "cabinet/serve.py")


def imports(tree: ast.Module) -> set[str]:
    """Full names of the modules, and of what is taken from them."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_settings_are_read_by_the_container_and_the_entry_points() -> None:
    readers = {path for path, tree in trees().items() if "cabinet.settings" in imports(tree)}
    commands = {path for path in readers if path.startswith("cabinet/commands/")}
    assert readers - commands == READ_SETTINGS


def test_reflex_is_known_to_the_pages_and_the_entry_only() -> None:
    knowing = [
        path for path, tree in trees().items() if any(x.split(".")[0] == "reflex" for x in imports(tree))
    ]
    assert knowing
    assert [path for path in knowing if not path.startswith(KNOW_REFLEX)] == []


@pytest.mark.parametrize("floor", ["cabinet/domain/", "cabinet/texts/"])
def test_the_lowest_floors_need_the_standard_library_only(floor: str) -> None:
    allowed = {"cabinet", *sys.stdlib_module_names}
    foreign = {
        (path, name)
        for path, tree in trees().items()
        if path.startswith(floor)
        for name in imports(tree)
        if name.split(".")[0] not in allowed
    }
    assert foreign == set()


def test_nobody_but_the_unit_of_work_commits() -> None:
    commits = {
        path
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert commits == set()
