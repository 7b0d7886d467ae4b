"""The event of the window over HTTP: of one's own account alone."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from cabinet.api import reminders
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services.deps import Deps
from tests.factories import ACCOUNT, link, owner, with_supplier
from tests.fakes import VISITOR, World


async def ask(world: World, actor: Actor, account: str) -> httpx.Response:
    def asking(_request: Request) -> tuple[Deps, Actor]:
        return world.deps, actor

    app = Starlette(routes=reminders.routes(asking))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(reminders.REMINDER, params={"account": account})


async def test_the_owner_gets_an_event_for_the_calendar(izhevsk: World) -> None:
    anna, account = owner(izhevsk)
    answer = await ask(izhevsk, anna, str(account))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "DTSTART;VALUE=DATE:20261215\r\n" in answer.text
    assert "Труда" in answer.text.replace("\r\n ", "")


@pytest.mark.parametrize("account", ["", "-1", "1e9", "2", "9" * 40])
async def test_an_account_of_nobodys_own_is_not_found(izhevsk: World, account: str) -> None:
    anna, _ = owner(izhevsk)
    answer = await ask(izhevsk, anna, account)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_strangers_and_those_who_only_pay_get_none(izhevsk: World) -> None:
    _, account = owner(izhevsk)
    boris = with_supplier(izhevsk, "boris@example.ru", Visitor("boris", "192.0.2.2"))
    assert (await ask(izhevsk, boris, str(account))).json()["error"] == "not_found"
    link(izhevsk, boris, ACCOUNT)
    assert (await ask(izhevsk, boris, str(account))).json()["error"] == "access.extended_needed"
    answer = await ask(izhevsk, Actor.anonymous(VISITOR), str(account))
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/readings")
