"""«Вход с подтверждением»: an app and recovery codes enrolled and signed in with; guessing costs the human check."""

import base64
import re
from datetime import UTC, datetime
from urllib.parse import unquote

from playwright.sync_api import Page, expect

from cabinet.domain import totp
from cabinet.texts import second_factors as texts
from cabinet.texts import shell
from tests.e2e.conftest import CheckAxe, NewContext, OpenAs, live
from tests.e2e.people import PASSWORD, Person, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, open_page, pass_human_check, sign_in

# Taller than the pages, so that the sticky bar lies over nothing when axe looks.
TALL = {"width": 390, "height": 2400}


def code_of(secret: bytes, later: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return totp.code_at(secret, totp.step_at(datetime.now(UTC)) + later)


def shown_secret(page: Page) -> bytes:
    page.get_by_text(texts.BY_HAND, exact=True).click()
    return base64.b32decode(page.locator(".secret").inner_text().replace(" ", ""))


def enrol(page: Page) -> tuple[bytes, list[str]]:
    """From the settings' page to the recovery codes: the secret and the codes."""
    button(page, texts.BEGIN).click()
    expect(page.get_by_role("img", name=texts.QR)).to_be_visible()
    secret = shown_secret(page)
    box(page, texts.CODE).fill(code_of(secret))
    button(page, texts.ENABLE).click()
    expect(page.get_by_role("heading", name=texts.SAVE_CODES)).to_be_visible()
    return secret, page.locator(".codes li").all_inner_texts()


def knock(new_context: NewContext, person: Person) -> Page:
    """The person's password in a fresh browser, as far as the second step."""
    page = new_context(viewport=TALL).new_page()
    open_page(page, "/login?next=%2Fpay")
    box(page, "Логин").fill(person.login)
    box(page, "Пароль").fill(PASSWORD)
    button(page, "Войти").click()
    expect(page.get_by_role("heading", name=texts.STEP_TITLE)).to_be_visible()
    return live(page)


def test_an_app_is_enrolled_and_signs_in_a_fresh_browser(
    open_as: OpenAs, new_context: NewContext, portal: Portal, town: Town, check_axe: CheckAxe
) -> None:
    person = town.person()
    page = open_as(person, viewport=TALL)
    open_page(page, "/settings")
    page.get_by_role("link", name=texts.TITLE).click()
    expect(page.get_by_role("heading", level=1, name=texts.TITLE)).to_be_visible()
    check_axe(page)
    button(page, texts.BEGIN).click()
    secret = shown_secret(page)
    check_axe(page)
    box(page, texts.CODE).fill(code_of(secret, 7))
    button(page, texts.ENABLE).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(box(page, texts.CODE)).to_have_accessible_description(re.compile("Код не подошёл"))
    check_axe(page)
    box(page, texts.CODE).fill(code_of(secret))
    button(page, texts.ENABLE).click()
    expect(page.get_by_role("status").filter(has_text=texts.TURNED_ON)).to_be_focused()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(set(codes)) == 10
    check_axe(page)
    file = page.get_by_role("link", name=texts.DOWNLOAD)
    assert all(code in unquote(file.get_attribute("href") or "") for code in codes)
    button(page, texts.SAVED).click()
    expect(page.locator(".codes")).to_have_count(0)
    check_axe(page)
    assert "Вход с подтверждением включён" in portal.mail(person.login)

    fresh = knock(new_context, person)
    check_axe(fresh)
    box(fresh, texts.CODE).fill(code_of(secret, 7))
    button(fresh, texts.CONFIRM).click()
    expect(box(fresh, texts.CODE)).to_have_accessible_description(re.compile(r"Осталось 4\sпопытки"))
    check_axe(fresh)
    box(fresh, texts.CODE).fill(code_of(secret, 1))
    button(fresh, texts.CONFIRM).click()
    expect(fresh).to_have_url(f"{portal.url}/pay")


def test_a_recovery_code_signs_in_once_and_the_factor_is_turned_off_after_the_password_and_a_code(
    open_as: OpenAs, new_context: NewContext, portal: Portal, town: Town, check_axe: CheckAxe
) -> None:
    person = town.person()
    page, sent = open_as(person, viewport=TALL), list[str]()
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data))))
    open_page(page, "/settings/second")
    _, codes = enrol(page)
    assert not [x for x in sent if ".leave" in x]
    page.get_by_role("link", name=shell.BACK).click()
    expect(page.get_by_role("heading", level=1, name=texts.TITLE)).to_have_count(0)
    live(page)
    assert len([x for x in sent if "second_factors_state.leave" in x]) == 1
    for code, works in ((codes[0], True), (codes[0], False)):
        fresh = knock(new_context, person)
        button(fresh, texts.USE_RECOVERY).click()
        box(fresh, texts.RECOVERY_CODE).fill(code.lower())
        button(fresh, texts.CONFIRM).click()
        if works:
            expect(fresh).to_have_url(f"{portal.url}/pay")
        else:
            field = box(fresh, texts.RECOVERY_CODE)
            expect(field).to_have_accessible_description(re.compile("уже использован"))
            check_axe(fresh)
    town.age_sessions(person)
    open_page(page, "/settings/second")
    expect(page.get_by_role("heading", name="Подтвердите, что это вы")).to_be_visible()
    live(page)
    check_axe(page)
    box(page, "Пароль").fill("не тот пароль")
    box(page, texts.CODE).fill(codes[1])
    button(page, "Подтвердить").click()
    expect(box(page, "Пароль")).to_have_accessible_description(re.compile("не подошёл"))
    box(page, "Пароль").fill(PASSWORD)
    box(page, texts.CODE).fill("000000")
    button(page, "Подтвердить").click()
    expect(box(page, texts.CODE)).to_have_accessible_description(re.compile("не подошёл"))
    check_axe(page)
    box(page, texts.CODE).fill(codes[1])
    button(page, "Подтвердить").click()
    expect(page.get_by_text(texts.RECOVERY_LEFT)).to_contain_text("8")
    button(page, texts.TURN_OFF).click()
    expect(page.get_by_role("status").filter(has_text=texts.TURNED_OFF)).to_be_focused()
    expect(button(page, texts.BEGIN)).to_be_visible()


def test_the_second_step_without_a_password_leads_back(phone_page: Page, check_axe: CheckAxe) -> None:
    open_page(phone_page, "/login/second")
    expect(phone_page.get_by_text(texts.GONE)).to_be_visible()
    check_axe(phone_page)
    phone_page.get_by_role("link", name=texts.START_OVER).click()
    expect(phone_page.get_by_role("heading", name="Вход", exact=True)).to_be_visible()


def test_after_three_wrong_passwords_the_box_appears_and_the_right_one_with_it_enters(
    new_context: NewContext, portal: Portal, town: Town, check_axe: CheckAxe
) -> None:
    person = town.person()
    page = new_context(viewport=TALL).new_page()
    sign_in(page, person.login, "не тот пароль")
    summary = page.locator("[data-error-summary]")
    tick = page.get_by_role("checkbox", name="Я не робот")
    expect(summary).to_contain_text("не подошёл")
    expect(tick).to_have_count(0)
    for left in (False, True):
        page.evaluate("document.activeElement.blur()")
        button(page, "Войти").click()
        expect(summary).to_be_focused()  # which only an answer gives it
        expect(tick).to_have_count(int(left))
    check_axe(page)
    box(page, "Пароль").fill(PASSWORD)
    button(page, "Войти").click()
    expect(tick).to_have_accessible_description(re.compile("Пройдите проверку"))
    pass_human_check(page)
    button(page, "Войти").click()
    expect(page.get_by_role("heading", name="Подтверждение")).to_be_visible()
    assert portal.code(person.login)
