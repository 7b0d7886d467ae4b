"""The settlement centre at 1280 px: from the operator's invitation to a PIN that opens an account, and a request decided."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cabinet.domain.permissions import OperatorRole
from cabinet.services import pin_requests
from cabinet.services.documents import Upload, attach_document
from cabinet.texts import desk_messages as messages
from cabinet.texts import desk_pins, desk_registers, desk_requests, second_factors
from tests.e2e.conftest import DESK, NewContext, OpenAs, Watch
from tests.e2e.people import PASSWORD, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, find_account, open_page, pass_human_check, radio
from tests.e2e.test_accessibility import Look, look
from tests.e2e.test_second_factor import enrol
from tests.processes import poll

__all__ = ["look"]
# Accounts that no household of the other tests has, and a line that goes into quarantine.
REGISTER = """account;locality;street;house;balance
990000000017;г. Ижевск;ул. Новая;1;10,00
990000000018;г. Ижевск;ул. Новая;2;20,00
99;г. Ижевск;ул. Новая;3;30,00
"""


def test_an_operator_begins_issues_a_pin_and_it_opens_the_account_in_capitals(
    new_context: NewContext, open_as: OpenAs, portal: Portal, town: Town, watch: Watch
) -> None:
    watch.allow("another origin: chrome(-extension)?:")  # the browser's own viewer shows the slip
    login, household = town.new_login(), town.household()
    portal.command("operator", "add", login, "--supplier", "izhevsk", "--name", "Ольга Зорина")
    assert "/reset" in portal.mail(login)
    page = new_context(viewport=DESK).new_page()
    open_page(page, "/reset")
    box(page, "Логин").fill(login)
    pass_human_check(page)
    button(page, "Получить код").click()
    box(page, "Код подтверждения").fill(portal.code(login))
    box(page, "Новый пароль").fill(PASSWORD)
    button(page, "Сменить пароль").click()
    # The desk's door leads to the factor's page, and after it stands open.
    expect(page.get_by_role("heading", level=1, name=second_factors.TITLE)).to_be_visible()
    enrol(page)
    open_page(page, "/desk")
    expect(page.get_by_role("heading", level=1, name=desk_pins.TITLE)).to_be_visible()
    pin = issue(page, household.account)
    person = town.person()
    theirs = open_as(person)
    open_page(theirs, "/accounts/new")
    find_account(theirs, household)
    theirs.get_by_role("radio", name=re.compile("^Расширенный")).check()
    radio(theirs, "Пин-код").check()
    box(theirs, "Пин-код").fill(pin.upper())
    button(theirs, "Открыть доступ").click()
    linked = poll(lambda: town.links(person), 20, "the account is connected")
    assert linked == [(household.account,)]


def issue(page: Page, account: str) -> str:
    """Find an account with the keyboard, tick the checklist, read the PIN."""
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name=desk_pins.QUERY)).to_be_focused()
    page.keyboard.type(account)
    page.keyboard.press("Enter")
    radio(page, desk_pins.SHOWN_CHOICES[0][1]).check()
    page.get_by_role("checkbox", name=desk_pins.CHECKED).check()
    radio(page, desk_pins.PRINT).check()
    button(page, desk_pins.ISSUE).dblclick()
    shown = page.locator(".desk-pin")
    expect(shown).to_be_visible()
    pin = shown.inner_text()
    assert re.fullmatch(r"[1-9a-z]{8}", pin)
    with page.context.expect_page() as opened:
        button(page, desk_pins.PRINT_SLIP).click()
    opened.value.close()
    page.reload()
    expect(page.get_by_text(desk_pins.NOBODY, exact=True)).to_be_visible()
    expect(page.get_by_text(pin)).to_have_count(0)
    return pin


def ask_for_a_pin(town: Town, number: str) -> None:
    """A request with a photograph, as the page sends it."""
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "#e8e0d0").save(picture, "JPEG")
    actor = town.person().actor
    attach_document(town._deps, actor, Upload("скан.jpg", picture.getvalue(), ""))
    form = {
        "number": number,
        "address": "Ижевск, Песочная 86-12",
        "phone": "8 912 745-10-20",
        "email": town.new_login(),
        "kind": "passport",
    }
    command = pin_requests.SendRequest.parse(form, "", visitor=False)
    pin_requests.send_request(town._deps, actor, command)


def test_a_request_is_decided_with_the_keyboard_and_leaves_a_colleagues_queue(
    open_as: OpenAs, town: Town, look: Look
) -> None:
    ask_for_a_pin(town, town.household().account)
    page = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    colleague = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    for tab in (page, colleague):
        open_page(tab, "/desk/requests")
        expect(tab.locator("[data-queue] button")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    approve = button(page, desk_requests.APPROVE)
    expect(approve).to_be_visible()
    expect(page.get_by_role("img", name=desk_requests.PAGE)).to_be_visible()
    expect(colleague.get_by_text(desk_requests.TAKEN)).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("combobox", name=desk_requests.REASON)).to_be_visible()
    look(page, "/desk/requests with a request open")
    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text=desk_requests.APPROVED)).to_be_focused()
    expect(colleague.get_by_text(desk_requests.NONE, exact=True)).to_be_visible()


def test_a_register_is_tried_then_taken_and_every_page_of_the_desk_is_sound(
    open_as: OpenAs, town: Town, look: Look, watch: Watch, tmp_path: Path
) -> None:
    register = tmp_path / "accounts.csv"
    register.write_text(REGISTER, encoding="utf-8")
    page = open_as(town.operator(), viewport=DESK)
    open_page(page, "/desk/registers")
    button(page, desk_registers.CHECK).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/desk/registers with errors")
    radio(page, "Лицевые счета").check()
    page.locator("[data-upload]").set_input_files(register)
    expect(page.get_by_text(desk_registers.TRIED)).to_be_visible()
    look(page, "/desk/registers with a file tried")
    button(page, desk_registers.TAKE).click()
    expect(page.get_by_text(desk_registers.DONE)).to_be_visible()
    open_page(page, "/desk/messages")
    expect(page.get_by_role("heading", level=1, name=messages.TITLE)).to_be_visible()
    look(page, "/desk/messages")
    open_page(page, "/desk/audit")
    expect(page.get_by_role("cell", name="Загружен реестр").first).to_be_visible()
    look(page, "/desk/audit")
    open_page(page, "/desk")
    page.get_by_role("searchbox").fill("3700")
    button(page, desk_pins.FIND).click()
    page.locator(".desk-choice").first.click()
    button(page, desk_pins.ISSUE).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/desk with errors")


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/requests", "/desk/registers", "/desk/messages", "/desk/audit"]
)
def test_a_subscriber_finds_every_door_of_the_desk_closed(open_as: OpenAs, town: Town, path: str) -> None:
    page = open_as(town.person(), viewport=DESK)
    open_page(page, path)
    expect(page.locator("[data-error-summary]")).to_contain_text("нет права")
