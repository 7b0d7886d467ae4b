"""When Reflex itself fails: our words with a number, and a log without values."""

import json
import re

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext
from reflex_components_sonner.toast import Toaster

from cabinet.ui import crash


def test_a_fault_behind_the_handlers_shows_our_words_with_a_number(caplog: pytest.LogCaptureFixture) -> None:
    spec = crash.backend_fault(ZeroDivisionError("canary"))
    shown = str(spec)
    number = re.search(r"Номер для справки: ([0-9A-F]{8})", json.loads(json.dumps(shown, ensure_ascii=False)))
    assert number
    assert number[1] in caplog.text
    assert "canary" not in caplog.text + shown
    assert "error occurred" not in shown
    assert Toaster.__name__ not in shown


def test_reflex_accepts_the_handlers() -> None:
    with RegistrationContext():  # a process may hold the portal's own app already
        app = rx.App(
            backend_exception_handler=crash.backend_fault,
            frontend_exception_handler=crash.frontend_fault,
            _state=None,
        )
        app._validate_exception_handlers()
    assert (app.backend_exception_handler, app.frontend_exception_handler) == (
        crash.backend_fault,
        crash.frontend_fault,
    )


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (
            "TypeError: canary is undefined\n  at x (http://localhost:3000/assets/login-abc.js:1:20)\n at /assets/y.js:3:4",
            "a browser failed: TypeError at login-abc.js:1:20, y.js:3:4",
        ),
        ("canary" * 5000, "a browser failed: unnamed at no place of ours"),
        ("\n\x1b[31mERROR canary", "a browser failed: unnamed at no place of ours"),
        (
            "RangeError at https://evil.example/canary.js:1:1",
            "a browser failed: RangeError at no place of ours",
        ),
    ],
)
def test_a_browsers_report_is_its_kind_and_our_lines(
    caplog: pytest.LogCaptureFixture, report: str, told: str
) -> None:
    crash.frontend_fault(Exception(report))
    (record,) = caplog.records
    assert record.getMessage() == told
