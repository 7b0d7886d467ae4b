"""What attackers send: every handler of ours, and hostile values for each of its arguments."""

import inspect
from typing import Any, Final

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from cabinet.ui import gate, pages
from tests.form_fields import form_fields

HOSTILE: Final[dict[str, Any]] = {
    "dict": {},
    "list": [],
    "true": True,
    "float": 1.5,
    "huge": 10**30,
    "none": None,
    "empty": "",
    "long": "я" * 10_000,
    "nested": {"a": {"b": [{"c": None}]}},
    "sql": "1' OR '1'='1'; DROP TABLE users; --",
    "html": "<img src=x onerror=alert(1)>",
    "nul": "\0",
    "surrogate": "\ud800",
    "minus": "-1",
    "nan": float("nan"),
}


def handlers() -> list[str]:
    """The full name of every handler of our states."""
    pages.load()
    known = RegistrationContext.get().event_handlers
    return sorted(x for x in known if ".cabinet___ui___states___" in x and gate.declared(x))


def arguments(name: str) -> list[str]:
    """The names of a handler's arguments."""
    return list(inspect.signature(RegistrationContext.get().event_handlers[name].handler.fn).parameters)[1:]


def payloads(name: str) -> list[dict[str, Any]]:
    """Each hostile value for every argument, in every field of a form, and in the place of Reflex's own list."""
    names = arguments(name)
    if not names:
        return [{}]
    return [dict.fromkeys(names, whole) for value in HOSTILE.values() for whole in _everywhere(value)]


def _everywhere(value: object) -> tuple[object, ...]:
    fields = form_fields()
    pairs = [[field, value] for field in fields]
    return value, dict.fromkeys(fields, value), {FORM_DATA_ENTRIES_KEY: pairs}, {FORM_DATA_ENTRIES_KEY: value}


def short(name: str) -> str:
    """`sign_in_state.submit`: for the names of tests."""
    return name.rsplit("___", maxsplit=1)[-1]
