"""Above more than seven suppliers a field leaves those that its words begin."""

from typing import Any

import pytest

from cabinet.persistence.suppliers import Supplier
from cabinet.ui.states.pin_requests import PinRequestState
from cabinet.ui.states.settings import SettingsState
from tests.factories import subscriber
from tests.fakes import World
from tests.ui.browsers import ANNA, Browser, session_cookie, visitor_of

CITIES = ("Воронеж", "Казань", "Киров", "Краснодар", "Пермь", "Самара", "Уфа")


@pytest.fixture
def browser(portal: World) -> Browser:
    with portal.deps.transaction() as tx:
        for code, city in enumerate(CITIES):
            name = f"Межрегионгаз {city}"
            tx.suppliers.add(Supplier(code=f"s{code}", name=name, region="Россия", timezone="Europe/Moscow"))
    anna = subscriber(portal, visitor=visitor_of(portal, ANNA))
    return Browser(ANNA, session_cookie(portal, anna.user))


@pytest.mark.parametrize(("state", "path"), [(SettingsState, "/settings"), (PinRequestState, "/pin")])
async def test_what_is_typed_leaves_the_suppliers_that_it_begins(
    browser: Browser, state: Any, path: str
) -> None:
    await browser.call(state.load, path)
    shown = await browser.state(state)
    assert len(shown.found) == len(shown.suppliers) == 8
    await browser.call(state.find_supplier, path, typed="меж К")
    assert [x.name.split()[-1] for x in shown.found] == ["Казань", "Киров", "Краснодар"]
    for nobody in ("газ", "я" * 100):
        await browser.call(state.find_supplier, path, typed=nobody)
        assert shown.found == []
    for nothing in ("", "я" * 10_000, "\ud800"):
        await browser.call(state.find_supplier, path, typed=nothing)
        assert shown.found == shown.suppliers
