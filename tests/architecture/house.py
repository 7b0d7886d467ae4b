"""The house as a tree of modules, to be looked at by tests."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cabinet
from cabinet.domain.errors import CabinetError

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "cabinet"
_PROGRAMS = ("cabinet.__main__", "cabinet.cabinet")  # they begin to work when they are imported


@cache
def trees() -> dict[str, ast.Module]:
    """Every module's syntax by its path in the repository."""
    paths = sorted(HOUSE.rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants, parts of f-strings among them, without docstrings."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, _WITH_DOCSTRINGS)]
    said = {
        id(line.value) for body in bodies for line in body if isinstance(line, ast.Expr)
    }  # a docstring, or one after an assignment
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node


_WITH_DOCSTRINGS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def errors() -> dict[str, type[CabinetError]]:
    """Every broken rule of the house by the name of its class."""
    for module in pkgutil.walk_packages(cabinet.__path__, "cabinet."):
        if module.name not in _PROGRAMS:
            importlib.import_module(module.name)
    found = {kind.__name__: kind for kind in _descendants(CabinetError)}
    return {name: kind for name, kind in sorted(found.items()) if kind.__module__.startswith("cabinet.")}


def _descendants(kind: type[CabinetError]) -> Iterator[type[CabinetError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            yield str(name), node
