"""Rules of the pages that no type checker knows: what the browser may write, and what it is sent."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import reflex as rx
from reflex.istate.storage import ClientStorageBase

from cabinet.ui import pages

ROOT = Path(__file__).resolve().parents[2]
# Interface preferences that the browser itself may write into a State; there are none: the theme is cabinet.js's.
BROWSER_WRITES: frozenset[str] = frozenset()
STORAGE = {"Cookie", "LocalStorage", "SessionStorage"}
SCRIPTS = {"call_script", "call_function", "run_script"}
# Where a script is put together from literals of the same file, and by which function.
COMPOSED = {("states/human_check.py", "script"), ("states/passkeys.py", "script")}
PLAIN = {str, bool, int}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "cabinet").rglob("*.py")):
        yield path.relative_to(ROOT / "cabinet").as_posix(), ast.parse(path.read_text())


def named(node: ast.AST) -> str:
    """The last name of `rx.call_script` and of `call_script`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def states() -> list[type[rx.State]]:
    pages.load()
    return [x for x in rx.State.get_substates() if x.__module__.startswith("cabinet.ui")]


def test_the_browser_writes_into_no_state() -> None:
    used = {(file, named(x)) for file, tree in sources() for x in ast.walk(tree) if named(x) in STORAGE}
    assert {name for _, name in used} <= BROWSER_WRITES
    kept = {
        name
        for state in states()
        for name, value in state.get_fields().items()
        if isinstance(value.default, ClientStorageBase)
    }
    assert kept <= BROWSER_WRITES


def test_nothing_is_uploaded_by_reflexs_own_route() -> None:
    used = [
        file
        for file, tree in sources()
        for x in ast.walk(tree)
        if isinstance(x, ast.Attribute)
        and x.attr in {"upload", "upload_files", "get_upload_url", "UploadFile"}
        and isinstance(x.value, ast.Name)
        and x.value.id == "rx"
    ]
    assert used == []


def is_fixed(argument: ast.AST | None, function: str) -> bool:
    """A literal, a choice of literals, a constant, or a private method's argument, which no browser sends."""
    if isinstance(argument, ast.IfExp):
        return is_fixed(argument.body, function) and is_fixed(argument.orelse, function)
    if isinstance(argument, ast.Name):
        return argument.id.isupper() or function.startswith("_")
    return isinstance(argument, ast.Constant)


def test_no_data_goes_into_a_script() -> None:
    found = []
    for file, tree in sources():
        functions = [x for x in ast.walk(tree) if isinstance(x, ast.FunctionDef | ast.AsyncFunctionDef)]
        inside = {x: f.name for f in functions for x in ast.walk(f)}
        for call in (x for x in ast.walk(tree) if isinstance(x, ast.Call)):
            function, where = named(call.func), (file.removeprefix("ui/"), inside.get(call, ""))
            composed = (where[0], function) in COMPOSED
            if (function in SCRIPTS and where not in COMPOSED) or composed:
                first = call.args[0] if call.args else None
                found += [] if is_fixed(first, where[1]) else [(file, call.lineno)]
    assert found == []


def test_a_state_has_no_parent_but_reflexs() -> None:
    assert len(states()) > 8
    assert [x.__name__ for x in states() if x.__bases__ != (rx.State,)] == []


def test_every_public_var_is_texts_flags_and_whole_numbers_or_rows_of_them() -> None:
    wrong = [
        f"{state.__name__}.{name}: {field.outer_type_}"
        for state in states()
        for name, field in state.get_fields().items()
        if not name.startswith("_") and name in state.base_vars and name not in rx.State.base_vars
        if not is_plain(field.outer_type_)
    ]
    assert wrong == []


def test_no_var_is_computed_from_what_a_service_must_say() -> None:
    own = {
        f"{x.__name__}.{name}"
        for x in states()
        for name in x.computed_vars
        if name not in rx.State.computed_vars
    }
    assert own == set()


def is_plain(kind: Any) -> bool:
    """Strings, booleans, integers; lists and dicts of such; frozen rows of such; never a float or a Decimal."""
    if kind in PLAIN:
        return True
    if get_origin(kind) in {list, tuple, dict}:
        return all(is_plain(x) for x in get_args(kind) if x is not Ellipsis)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        frozen = kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        return frozen and all(is_plain(x) for x in get_type_hints(kind).values())
    return False
