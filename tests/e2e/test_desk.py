"""The settlement centre at 1280 px: from the operator's invitation to a PIN that opens an account, and a request decided."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, WebSocketRoute, expect

from cabinet.domain.permissions import AccessLevel, OperatorRole
from cabinet.services import pin_requests
from cabinet.services.documents import Upload, attach_document
from cabinet.texts import desk_messages as messages
from cabinet.texts import (
    desk_pins,
    desk_policy,
    desk_registers,
    desk_requests,
    entrance,
    second_factors,
    shell,
)
from cabinet.texts import pin_requests as pin_texts
from tests import hostile_files
from tests.e2e.conftest import DESK, NewContext, OpenAs, Watch
from tests.e2e.people import PASSWORD, Household, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, find_account, open_page, pass_human_check, radio
from tests.e2e.test_accessibility import Look, look
from tests.e2e.test_pin_requests import fill, follow, give, rows
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


def ask_for_a_pin(town: Town, household: Household) -> None:
    """A request with a photograph, as the page sends it."""
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "#e8e0d0").save(picture, "JPEG")
    actor = town.person().actor
    attach_document(town._deps, actor, Upload("скан.jpg", picture.getvalue(), ""))
    form = {
        "number": household.account,
        "address": household.address,
        "phone": "8 912 745-10-20",
        "email": town.new_login(),
        "kind": "passport",
    }
    command = pin_requests.SendRequest.parse(form, "", visitor=False)
    pin_requests.send_request(town._deps, actor, command)


def test_a_request_is_decided_with_the_keyboard_and_leaves_a_colleagues_queue(
    open_as: OpenAs, town: Town, look: Look
) -> None:
    ask_for_a_pin(town, town.household())
    page = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    colleague = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    for tab in (page, colleague):
        open_page(tab, "/desk/requests")
        expect(tab.locator("[data-queue] button")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    approve = button(page, desk_requests.APPROVE)
    expect(approve).to_be_visible()
    look_at_document(page)
    expect(colleague.get_by_text(desk_requests.TAKEN)).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("combobox", name=desk_requests.REASON)).to_be_focused()
    look(page, "/desk/requests with a request open")
    page.keyboard.press("Escape")
    expect(page.locator("summary").filter(has_text=desk_requests.REFUSE)).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text=desk_requests.APPROVED)).to_be_focused()
    expect(colleague.get_by_text(desk_requests.NONE, exact=True)).to_be_visible()


def test_where_two_decide_a_clerk_begins_and_a_senior_operator_ends(open_as: OpenAs, town: Town) -> None:
    """Nothing but the document ties the request to the account: its address is another house's."""
    household = town.household()
    ask_for_a_pin(town, replace(household, address=household.address.replace("-", "г-")))
    clerk = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    senior = open_as(town.operator(OperatorRole.SENIOR), viewport=DESK)
    for page, told in ((clerk, desk_requests.APPROVED_ONCE), (senior, desk_requests.APPROVED)):
        open_page(page, "/desk/requests")
        row = page.locator("[data-queue] button")
        expect(row).to_have_count(1)
        row.click()
        expect(page.get_by_text(desk_requests.TWO)).to_be_visible()
        look_at_document(page)
        page.keyboard.press("a")
        expect(page.get_by_role("status").filter(has_text=told)).to_be_focused()
    expect(clerk.get_by_text(desk_requests.NONE, exact=True)).to_be_visible()


def test_the_focus_walks_the_queue_and_stays_there_when_a_colleague_decides(
    open_as: OpenAs, town: Town
) -> None:
    for _ in range(3):
        ask_for_a_pin(town, town.household())
    page = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    colleague = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    sockets: list[WebSocketRoute] = []
    page.route_web_socket(re.compile("/_event"), lambda socket: through(socket, sockets))
    for tab in (page, colleague):
        open_page(tab, "/desk/requests")
        expect(tab.locator("[data-queue] button")).to_have_count(3)
    row, names = page.locator("[data-queue] button"), row_names(page)
    for key, at in (("j", 0), ("k", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(row.nth(at)).to_be_focused()
    decide(colleague, names[1])  # the row that has the focus
    expect(row).to_have_count(2)
    assert row_names(page) == [names[0], names[2]]
    expect(row.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=names[2].partition(",")[0])).to_be_focused()
    page.keyboard.press("k")
    expect(row.nth(0)).to_be_focused()
    sockets[-1].close()  # a lost connection costs neither the open request nor what colleagues do
    assert poll(lambda: page.evaluate("1") and len(sockets) > 1, 20, "the page is connected again")
    decide(colleague, names[0])
    expect(row).to_have_count(1)
    expect(row).to_be_focused()
    expect(page.get_by_role("region", name=names[2].partition(",")[0])).to_be_visible()
    look_at_document(page)
    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text=desk_requests.APPROVED)).to_be_focused()
    expect(page.get_by_text(desk_requests.NONE, exact=True)).to_be_visible()


def through(socket: WebSocketRoute, kept: list[WebSocketRoute]) -> None:
    """A page's socket to the portal, kept to be cut."""
    socket.connect_to_server()
    kept.append(socket)


def row_names(page: Page) -> list[str]:
    return page.locator("[data-queue] button > b").all_inner_texts()


def look_at_document(page: Page) -> None:
    """Wait for the picture: what nobody has seen is not approved."""
    picture = page.get_by_role("img", name=desk_requests.PAGE)
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)


def decide(page: Page, name: str) -> None:
    """Approve a request of the queue with the mouse, and hear that it is done."""
    page.locator("[data-queue] button").filter(has_text=name).click()
    expect(page.get_by_role("region", name=name.partition(",")[0])).to_be_focused()
    look_at_document(page)
    button(page, desk_requests.APPROVE).click()
    expect(page.get_by_role("status").filter(has_text=desk_requests.APPROVED)).to_be_focused()


def test_a_request_that_is_taken_back_leaves_whoever_reads_it_and_an_ended_session_hears_nothing(
    new_context: NewContext, open_as: OpenAs, town: Town
) -> None:
    ended = town.operator(OperatorRole.CLERK)
    page = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    gone = open_as(ended, viewport=DESK)
    heard, told = frames(gone), frames(page)
    for tab in (page, gone):
        open_page(tab, "/desk/requests")
        expect(tab.get_by_text(desk_requests.NONE, exact=True)).to_be_visible()
    town.end_sessions(ended)
    status = send_as_a_visitor(new_context().new_page(), town.household(), town.new_login())
    expect(page.locator("[data-queue] button")).to_have_count(1)
    page.locator("[data-queue] button").click()
    expect(button(page, desk_requests.APPROVE)).to_be_visible()
    expect(gone.get_by_role("heading", level=1, name=entrance.LOGIN_TITLE)).to_be_visible()
    assert ('"waits"' in "".join(told), '"waits"' in "".join(heard)) == (True, False)
    status.get_by_text(pin_texts.WITHDRAW_OPEN).click()
    button(status, pin_texts.WITHDRAW).click()
    expect(page.get_by_role("status").filter(has_text=desk_requests.GONE)).to_be_focused()
    expect(page.get_by_text(desk_requests.NONE, exact=True)).to_be_visible()
    expect(page.get_by_role("img", name=desk_requests.PAGE)).to_have_count(0)


def frames(page: Page) -> list[str]:
    """What a page's socket receives from now on."""
    got: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: got.append(str(data))))
    return got


def send_as_a_visitor(page: Page, household: Household, email: str) -> Page:
    """A request of the page, up to its status."""
    open_page(page, "/pin")
    fill(page, household.account, email, household.address)
    radio(page, "Паспорт").check()
    give(page, "паспорт.jpg", hostile_files.with_exif())
    expect(rows(page)).to_have_count(1)
    pass_human_check(page)
    button(page, "Отправить заявку").click()
    follow(page)
    return page


def test_a_visitors_photo_becomes_a_pin_by_keys_and_the_pin_opens_extended_access_in_capitals(
    new_context: NewContext, open_as: OpenAs, portal: Portal, town: Town
) -> None:
    household, email = town.household(), town.new_login()
    send_as_a_visitor(new_context().new_page(), household, email)
    portal.mail(email)  # the request's number
    page = open_as(town.operator(OperatorRole.CLERK), viewport=DESK)
    open_page(page, "/desk/requests")
    expect(page.locator("[data-queue] button")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    look_at_document(page)
    page.keyboard.press("a")
    expect(page.get_by_role("status").filter(has_text=desk_requests.APPROVED)).to_be_focused()
    letter = portal.mail(email)
    pin = re.search(r"\b(?=[a-z1-9]*[a-z])[1-9a-z]{8}\b", letter)
    assert pin, letter
    person = town.person(login=email)
    theirs = open_as(person)
    open_page(theirs, "/accounts/new")
    find_account(theirs, household)
    theirs.get_by_role("radio", name=re.compile("^Расширенный")).check()
    radio(theirs, "Пин-код").check()
    box(theirs, "Пин-код").fill(pin.group().upper())
    button(theirs, "Открыть доступ").click()
    assert poll(lambda: town.links(person), 20, "the account is connected") == [(household.account,)]
    level = "SELECT level FROM account_links WHERE user_id = ?"
    assert town.stored(level, person.actor.user) == [(AccessLevel.EXTENDED,)]


def test_the_menu_shows_what_the_role_opens_and_nothing_more(open_as: OpenAs, town: Town) -> None:
    clerks = {shell.DESK_PINS, shell.DESK_REQUESTS, shell.DESK_TRAINING}
    seniors = clerks | {shell.DESK_MESSAGES, shell.DESK_AUDIT}
    every = seniors | {shell.DESK_REGISTERS, shell.DESK_POLICY}
    for role, names in (
        (OperatorRole.ADMINISTRATOR, every),
        (OperatorRole.SENIOR, seniors),
        (OperatorRole.CLERK, clerks),
    ):
        page = open_as(town.operator(role), viewport=DESK)
        open_page(page, "/desk")
        links = page.get_by_role("navigation", name=shell.MAIN_MENU).get_by_role("link")
        expect(links).to_have_count(len(names))
        assert set(links.all_inner_texts()) == names


def unfold(page: Page, title: str) -> None:
    """Open one of the page's forms."""
    page.locator("summary").filter(has_text=title).click()


def test_rules_and_prices_are_added_from_today_on(open_as: OpenAs, town: Town, look: Look) -> None:
    page = open_as(town.operator(), viewport=DESK)
    open_page(page, "/desk/policy")
    expect(page.get_by_role("heading", name=desk_policy.NOW)).to_be_visible()
    look(page, "/desk/policy")
    unfold(page, desk_policy.ADD_RULES)
    box(page, desk_policy.FROM_DAY).fill("99")
    box(page, desk_policy.TO_DAY).fill("5")
    button(page, desk_policy.SAVE_RULES).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(box(page, desk_policy.FROM_DAY)).to_have_value("99")
    look(page, "/desk/policy with errors")
    page.locator("#valid_from").fill("2099-01-01")
    box(page, desk_policy.FROM_DAY).fill("20")
    box(page, desk_policy.DUE).fill("10")
    box(page, desk_policy.MOST).fill("5000")
    button(page, desk_policy.SAVE_RULES).click()
    expect(page.get_by_role("status").filter(has_text=desk_policy.ADDED)).to_be_focused()
    expect(page.get_by_text("с 20 по 5 число следующего месяца")).to_be_visible()
    expect(box(page, desk_policy.FROM_DAY)).to_be_hidden()  # the form is empty and closed again
    unfold(page, desk_policy.ADD_PRICE)
    page.get_by_role("combobox", name=desk_policy.USAGE).select_option(label="Плита")
    box(page, desk_policy.PRICE).fill("9,15")
    page.locator("#price_from").fill("2099-01-01")
    button(page, desk_policy.SAVE_PRICE).click()
    prices = page.get_by_role("region", name=f"{desk_policy.COMING}: {desk_policy.PRICES}")
    expect(prices).to_contain_text("9,15")
    unfold(page, desk_policy.ADD_VALUE)
    page.get_by_role("combobox", name=desk_policy.VALUE_KIND).select_option("coefficient")
    page.get_by_role("combobox", name=desk_policy.REGION).select_option("Удмуртская Республика")
    box(page, desk_policy.VALUE).fill("12,5")
    page.locator("#value_from").fill("2099-01-01")
    button(page, desk_policy.SAVE_VALUE).click()
    norms = page.get_by_role("region", name=f"{desk_policy.COMING}: {desk_policy.NORMS}")
    expect(norms).to_contain_text(f"{desk_policy.VALUES['coefficient']}, Удмуртская Республика")
    expect(norms).to_contain_text("12,5")
    look(page, "/desk/policy with rules to come")


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
    undo_the_import(page, look)
    open_page(page, "/desk/messages")
    expect(page.get_by_role("heading", level=1, name=messages.TITLE)).to_be_visible()
    look(page, "/desk/messages")
    open_page(page, "/desk/audit")
    expect(page.get_by_role("cell", name="Загружен реестр").first).to_be_visible()
    look(page, "/desk/audit")
    open_page(page, "/desk/training")
    expect(page.get_by_role("heading", level=1, name="Обучение")).to_be_visible()
    look(page, "/desk/training")
    open_page(page, "/desk")
    page.get_by_role("searchbox").fill("3700")
    button(page, desk_pins.FIND).click()
    page.locator(".desk-choice").first.click()
    button(page, desk_pins.ISSUE).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/desk with errors")


def undo_the_import(page: Page, look: Look) -> None:
    """Looked at, kept, looked at again, undone."""
    asking = page.get_by_role("button", name=re.compile(f"^{desk_registers.UNDO}.*accounts"))
    asking.click()
    card = page.get_by_role("heading", name=desk_registers.UNDO_TITLE)
    expect(card).to_be_visible()
    look(page, "/desk/registers before an import is undone")
    button(page, desk_registers.UNDO_KEEP).click()
    expect(card).to_be_hidden()
    asking.click()
    button(page, desk_registers.UNDO_NOW).click()
    expect(page.get_by_role("status").filter(has_text=desk_registers.UNDONE)).to_be_focused()
    expect(asking).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    [
        "/desk",
        "/desk/requests",
        "/desk/registers",
        "/desk/policy",
        "/desk/messages",
        "/desk/audit",
        "/desk/training",
    ],
)
def test_a_subscriber_finds_every_door_of_the_desk_closed(open_as: OpenAs, town: Town, path: str) -> None:
    page = open_as(town.person(), viewport=DESK)
    open_page(page, path)
    expect(page.locator("[data-error-summary]")).to_contain_text("нет права")
