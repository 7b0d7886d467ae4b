"""What the page says of a file that did not arrive, and what its link carries where."""

from typing import Any

import pytest

from cabinet.domain.documents import DocumentRefused
from cabinet.services.documents import DocumentRow
from cabinet.texts import errors
from cabinet.texts import pin_requests as texts
from cabinet.ui import routes
from cabinet.ui.states.pin_requests import PinStatusState, after_upload, upload_problem
from tests.factories import last_text
from tests.fakes import World
from tests.requests import EMAIL, send
from tests.ui.browsers import BORIS, Browser


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


async def test_the_token_of_a_link_is_where_no_server_sees_it_and_of_earlier_letters_in_the_query(
    portal: World,
) -> None:
    token = send(portal).token
    assert f"{portal.deps.address}{routes.pin_status(token)}" in last_text(portal, EMAIL)
    assert f"{routes.PIN_STATUS}#" in routes.pin_status(token)
    for path, query in ((routes.pin_status(token), {}), (routes.PIN_STATUS, {"token": token})):
        browser = Browser(BORIS)
        await browser.call(PinStatusState.load, path, query)
        assert (await browser.state(PinStatusState)).row.account == "3700\u00a00000\u00a00000"
    await browser.call(PinStatusState.load, f"{routes.PIN_STATUS}#token=nonsense")
    assert (await browser.state(PinStatusState)).row.account == ""
