"""Every handler that Reflex has registered says who may call it, and only what fits passes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from reflex_base.registry import RegistrationContext

from cabinet.domain.permissions import Permission
from cabinet.ui import gate
from tests.ui.browsers import Browser, Dropped

ROOT = Path(__file__).resolve().parents[2]
STATES = "reflex___state____state"
SIGN_IN = f"{STATES}.cabinet___ui___states___sign_in____sign_in_state"
NEW_ACCOUNT = f"{STATES}.cabinet___ui___states___customer_accounts____new_account_state"
# A process of its own: what tests plant must not be counted, and what the served app registers must be.
SCRIPT = """
import json
import cabinet.cabinet
import reflex as rx
from reflex_base.registry import RegistrationContext
from cabinet.ui import gate

def found():
    return list(RegistrationContext.get().event_handlers)

names = found()
before = gate.undeclared(names)

class PlantedState(rx.State):
    @rx.event
    def open_the_door(self, form: dict):
        pass

    def an_undecorated_method(self):
        pass

planted = [x for x in found() if x not in names]
admitted = [x for x in found() if gate.admits(x, {}) or gate.admits(x, {"form": {}})]
print(json.dumps({"names": names, "before": before, "after": gate.undeclared(found()), "planted": planted, "admitted": admitted}))
"""


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the served app registers, and what the check says of a planted State."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CABINET_")}
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**own, "CABINET_ENV": "test", "CABINET_DATA_DIR": str(tmp_path_factory.mktemp("gate"))},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_every_registered_handler_says_who_may_call_it(registered: dict[str, list[str]]) -> None:
    assert registered["before"] == []


def test_an_undeclared_handler_is_found_by_name_and_never_admitted(registered: dict[str, list[str]]) -> None:
    found = [name.rpartition(".")[2] for name in registered["after"]]
    assert found == ["an_undecorated_method", "open_the_door"]
    assert not set(registered["planted"]) & set(registered["admitted"])


def test_setvar_is_registered_for_every_state_and_admitted_for_none(registered: dict[str, list[str]]) -> None:
    setvars = [name for name in registered["names"] if name.endswith(".setvar")]
    assert len(setvars) > 10
    assert not any(gate.declared(x) or gate.allow_framework(x) for x in setvars)
    for payload in ({}, {"var_name": "ticket", "value": "x"}):
        assert not any(gate.admits(x, payload) for x in setvars)


def test_the_frameworks_own_handlers_are_those_that_we_know(registered: dict[str, list[str]]) -> None:
    """A new version of Reflex that adds or renames one is looked at before it is let in."""
    own = {x for x in registered["names"] if ".cabinet___" not in x and not x.endswith(".setvar")}
    assert own == set(gate._FRAMEWORK)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (f"{SIGN_IN}.submit", {}),
        (f"{SIGN_IN}.submit", {"form": {}, "more": 1}),
        (f"{SIGN_IN}.submit", {"self": {}, "form": {}}),
        (f"{SIGN_IN}.submit", [{"form": {}}]),
        (f"{SIGN_IN}.submit", "form"),
        (f"{SIGN_IN}.submit", None),
        (f"{SIGN_IN}.submit", {"form": []}),
        (f"{SIGN_IN}.submit", {"form": "login"}),
        (f"{SIGN_IN}.submit", {"form": {"__reflex_form_data__": {"a": 1}}}),
        (f"{SIGN_IN}.submit", {"form": {"__reflex_form_data__": [["a"]]}}),
        (f"{SIGN_IN}.submit", {"form": {"__reflex_form_data__": [[{}, 1]]}}),
        (f"{SIGN_IN}.submit", {"form": {"__reflex_form_data__": [], "login": 1}}),
        (f"{SIGN_IN}.load", {"form": {}}),
        (f"{NEW_ACCOUNT}.choose_access", {"value": {"__reflex_form_data__": [["a", "b"]]}}),
        (f"{NEW_ACCOUNT}.choose_access", {"value": {"__reflex_form_data__": True}}),
        (f"{SIGN_IN}.setvar", {"var_name": "ticket", "value": "x"}),
        (f"{SIGN_IN}.__init__", {}),
        (f"{SIGN_IN}", {}),
        (f"{SIGN_IN}.submit\0", {"form": {}}),
        ("", {}),
        (None, {}),
        ({}, {}),
        (f"{STATES}.hydrate", {"value": 1}),
        (f"{STATES}.set_is_hydrated", {"value": "x" * 60_000}),
        (f"{STATES}.set_is_hydrated", {}),
        (f"{STATES}.hydrate_and_load", {"vars": {"a.b": 1}}),
        (f"{STATES}.hydrate_and_load", {"hashes": "x"}),
        (f"{STATES}.hydrate_and_load", {"hashes": ["x"] * 501}),
        (f"{STATES}.reflex___state____update_vars_internal_state.update_vars_internal", {"vars": {"a.b": 1}}),
        (f"{STATES}.reflex___state____frontend_event_exception_state.handle_frontend_exception", {"info": 1}),
    ],
)
def test_what_does_not_fit_is_not_admitted(name: object, payload: object) -> None:
    assert not gate.admits(name, payload)
    assert gate.cleaned({"name": name, "payload": payload}) is None


@pytest.mark.parametrize("sent", [None, [], "event", b"event", 1, {}, {"name": 1}, {"payload": {}}])
def test_what_is_no_event_is_dropped(sent: object) -> None:
    assert gate.cleaned(sent) is None


@pytest.mark.parametrize(
    "place",
    [
        None,
        [],
        "x",
        {"pathname": ["x"], "asPath": {"x": 1}, "query": [1]},
        {"pathname": "//evil", "asPath": "http://[", "query": {"a": [1], "b": None, "c": {"d": 1}}},
        {"pathname": "x" * 9000, "asPath": "[", "query": {"a": "x" * 9000}},
        {
            "pathname": "\0",
            "asPath": "\ud800",
            "query": "a=b",
            "headers": {"cookie": "session=x"},
            "ip": "1.1.1.1",
        },
    ],
)
def test_the_pages_address_is_paths_and_texts_whatever_was_sent(place: object) -> None:
    event = gate.cleaned({"name": f"{SIGN_IN}.load", "payload": {}, "router_data": place, "token": "x"})
    assert event
    assert event.keys() == {"name", "payload", "router_data"}
    got = event["router_data"]
    assert got.keys() == {"pathname", "asPath", "query"}
    assert got["pathname"].startswith("/")
    assert got["asPath"].startswith("/")
    assert got["query"] == {}


def test_a_pages_own_event_passes_as_it_is() -> None:
    place = {"pathname": "/login", "asPath": "/login?next=%2Fpay", "query": {"next": "/pay"}}
    event = {"name": f"{SIGN_IN}.submit", "payload": {"form": {"login": "a"}}, "router_data": place}
    assert gate.cleaned(event) == event


def test_a_form_passes_by_name_and_as_reflex_wraps_it() -> None:
    assert gate.admits(f"{SIGN_IN}.submit", {"form": {"login": "a"}})
    assert gate.admits(
        f"{SIGN_IN}.submit", {"form": {"__reflex_form_data__": [["login", "a"], ["login", "b"]]}}
    )


def test_a_handler_says_its_permission() -> None:
    assert gate.declared(f"{SIGN_IN}.submit") is Permission.PUBLIC
    assert (
        gate.declared(f"{STATES}.cabinet___ui___states___payments____pay_state.submit")
        is Permission.PAYMENT_MAKE
    )
    assert gate.declared(f"{STATES}.nothing") is None


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (f"{SIGN_IN}.setvar", {"var_name": "ticket", "value": "canary"}),
        (f"{SIGN_IN}.submit", {"x": "canary"}),
    ],
)
async def test_the_middleware_drops_it_with_one_warning_without_what_was_sent(
    portal: Any, caplog: pytest.LogCaptureFixture, name: str, payload: dict[str, str]
) -> None:
    with pytest.raises(Dropped):
        await Browser().send(name, payload)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "canary" not in record.getMessage()


async def test_every_admitted_name_is_registered(portal: Any) -> None:
    known = RegistrationContext.get().event_handlers
    assert all(name in known for name in gate._FRAMEWORK)
