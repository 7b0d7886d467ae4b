"""The name of every field that a form of ours has, found in the sources: whoever adds one has it here."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from typing import Final

from tests.architecture.house import calls, strings, trees

_FLOORS: Final = ("cabinet/domain/", "cabinet/services/", "cabinet/ui/")
_DRAWN: Final = ("cabinet/ui/components/", "cabinet/ui/pages/")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def form_fields() -> tuple[str, ...]:
    """What is read of a form and what is drawn in one; a few other words of those functions are among them."""
    found = {name for path, tree in trees().items() if path.startswith(_FLOORS) for name in _read(path, tree)}
    drawn = [tree for path, tree in trees().items() if path.startswith(_DRAWN)]
    inputs = {x.name for tree in drawn for x in _functions(tree) if _first_argument(x) == "name"}
    found |= {name for tree in drawn for name in _named(tree, inputs)}
    return tuple(sorted(x for x in found if x.isidentifier()))


def _functions(tree: ast.AST) -> Iterator[_Function]:
    return (node for node in ast.walk(tree) if isinstance(node, _Function))


def _first_argument(function: _Function) -> str:
    return next((x.arg for x in function.args.args), "")


def _read(path: str, tree: ast.AST) -> Iterator[str]:
    """The words of functions that read a form or are given one, and what they go through where a name is no word."""
    for function in _functions(tree):
        names = [call.args[1] for called, call in calls(function) if called == "text_of" and call.args[1:]]
        if names or any(x.arg == "form" for x in function.args.args):
            yield from (str(x.value) for x in strings(function))
        if not all(isinstance(x, ast.Constant) for x in names):
            yield from _gone_through(path, function)


def _gone_through(path: str, function: _Function) -> Iterator[str]:
    """The members of an enumeration, or of a tuple of the module."""
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    for node in ast.walk(function):
        if isinstance(node, ast.comprehension) and isinstance(node.iter, ast.Name):
            yield from map(str, getattr(module, node.iter.id, ()))


def _named(tree: ast.AST, inputs: set[str]) -> Iterator[str]:
    """What is first in a call of our own inputs, and `name="…"` of any."""
    for called, call in calls(tree):
        names = [x.value for x in call.keywords if x.arg == "name"]
        names += call.args[:1] if called in inputs else []
        yield from (str(x.value) for x in names if isinstance(x, ast.Constant))
