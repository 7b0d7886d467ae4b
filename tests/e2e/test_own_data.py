"""Мои данные: the archive is downloaded and opened, the cabinet is given up and kept; the consent is read by anybody."""

import json
import zipfile

from playwright.sync_api import expect

from tests.e2e.conftest import CheckAxe, NewContext, OpenAs
from tests.e2e.people import Town
from tests.e2e.steps import button, open_page

TALL = {"width": 390, "height": 4000}


def test_the_archive_is_downloaded_and_holds_what_is_the_persons(
    open_as: OpenAs, town: Town, check_axe: CheckAxe
) -> None:
    household = town.household()
    person = town.subscriber(household)
    page = open_as(person, viewport=TALL)
    open_page(page, "/settings")
    page.get_by_role("link", name="Архив, согласие, удаление").click()
    expect(page.get_by_role("heading", name="Мои данные", level=1)).to_be_visible()
    expect(page.get_by_text("Принята редакция")).to_be_visible()
    check_axe(page)
    with page.expect_download() as started:
        button(page, "Скачать архив").click()
    assert started.value.suggested_filename.startswith("my-data-")
    with zipfile.ZipFile(started.value.path()) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("profile.json"))["login"] == person.login
        assert [x["number"] for x in json.loads(archive.read("accounts.json"))] == [household.account]
        assert any(x.endswith(".pdf") for x in archive.namelist())
    expect(page.get_by_role("heading", name="Мои данные", level=1)).to_be_visible()


def test_the_cabinet_is_given_up_and_kept(open_as: OpenAs, town: Town, check_axe: CheckAxe) -> None:
    person = town.person()
    page = open_as(person, viewport=TALL)
    open_page(page, "/settings/data")
    button(page, "Удалить кабинет").click()
    waiting = page.get_by_role("status").filter(has_text="Кабинет будет удалён")
    expect(waiting).to_be_focused()
    expect(button(page, "Удалить кабинет")).to_have_count(0)
    check_axe(page)
    for path in ("/settings", "/"):
        open_page(page, path)
        expect(waiting).to_be_visible()
    button(page, "Отменить удаление").click()
    expect(page.get_by_role("status").filter(has_text="Удаление отменено")).to_be_focused()
    open_page(page, "/settings/history")
    expect(page.get_by_text("Удаление кабинета отменено")).to_be_visible()
    expect(page.get_by_text("Кабинет назначен к удалению")).to_be_visible()


def test_anybody_reads_the_consent(new_context: NewContext, check_axe: CheckAxe) -> None:
    page = new_context().new_page()
    open_page(page, "/consent#2026-11")
    expect(page.get_by_role("heading", name="Редакция 2026-11")).to_be_visible()
    check_axe(page)
    open_page(page, "/register")
    page.get_by_text("Прочитать согласие").click()
    expect(page.get_by_role("link", name="Открыть согласие отдельной страницей")).to_be_visible()
