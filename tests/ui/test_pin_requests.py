"""What the page says of a file that did not arrive."""

from typing import Any

import pytest

from cabinet.domain.documents import DocumentRefused
from cabinet.services.documents import DocumentRow
from cabinet.texts import errors
from cabinet.texts import pin_requests as texts
from cabinet.ui.states.pin_requests import after_upload, upload_problem


@pytest.mark.parametrize("kind", DocumentRefused.__subclasses__())
def test_every_refusal_has_its_words(kind: type[DocumentRefused]) -> None:
    assert upload_problem(kind.code) == errors.WORDS[kind.code]


@pytest.mark.parametrize(
    "code", ["lost", "unexpected", "password.wrong", None, {}, [], 1, True, "я" * 10_000]
)
def test_whatever_else_the_browser_says_means_that_nothing_arrived(code: Any) -> None:
    assert upload_problem(code) == texts.LOST


def test_limits_are_told() -> None:
    assert upload_problem("too_many") == texts.TOO_OFTEN
    assert upload_problem("busy") == errors.WORDS["busy"]


def test_a_good_file_takes_the_files_own_problem_away_and_leaves_the_others() -> None:
    problems = {"": "x", "document": "x", "phone": "y"}
    assert after_upload(problems, "", [DocumentRow("1", "2 страницы")]) == (
        {"phone": "y"},
        texts.ADDED.format(pages="2 страницы"),
    )
    assert after_upload(problems, "", []) == ({"phone": "y"}, "")
