"""What hashes passwords stands in a line of its own: a use case that forgets to say so stands in everybody's way."""

import ast

from cabinet.services import sign_in
from cabinet.services.deps import is_hashing
from tests.architecture.house import calls, trees

_HASHER = {"hash", "verify", "hash_plain", "verify_plain"}
_SERVICES = "cabinet/services/"


def functions() -> dict[tuple[str, str], ast.FunctionDef]:
    """Of the services, by module and name."""
    return {
        (path.removeprefix(_SERVICES).removesuffix(".py"), node.name): node
        for path, tree in trees().items()
        if path.startswith(_SERVICES)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def hashes_itself(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(x, ast.Attribute) and x.attr in _HASHER and ast.unparse(x.value).endswith(".passwords")
        for x in ast.walk(function)
    )


def called(module: str, function: ast.FunctionDef) -> set[tuple[str, str]]:
    """What a function calls by `name` and by `module.name`."""
    found = {call.func for node in [function] for _, call in calls(ast.Module([node], []))}
    names = {(module, x.id) for x in found if isinstance(x, ast.Name)}
    return names | {
        (x.value.id, x.attr) for x in found if isinstance(x, ast.Attribute) and isinstance(x.value, ast.Name)
    }


def hashing() -> set[tuple[str, str]]:
    """The functions that hash, or call one that does."""
    every = functions()
    found = {place for place, function in every.items() if hashes_itself(function)}
    while more := {x for x, function in every.items() if called(x[0], function) & found} - found:
        found |= more
    return found


def asked_by_pages() -> set[tuple[str, str]]:
    """The use cases that states give to `run`."""
    return {
        (call.args[1].value.id, call.args[1].attr)
        for path, tree in trees().items()
        if path.startswith("cabinet/ui/")
        for name, call in calls(tree)
        if name == "run" and len(call.args) > 1
        if isinstance(call.args[1], ast.Attribute) and isinstance(call.args[1].value, ast.Name)
    }


def test_every_use_case_that_hashes_says_so_and_no_other() -> None:
    marked = {
        place
        for place, function in functions().items()
        if any(ast.unparse(x) == "hashing" for x in function.decorator_list)
    }
    assert marked == hashing() & asked_by_pages()
    assert ("sign_in", "sign_in") in marked


def test_the_mark_is_the_functions_own() -> None:
    assert is_hashing(sign_in.sign_in)
    assert not is_hashing(sign_in.asks_human)
