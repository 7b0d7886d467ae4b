"""НАСТРОЙКИ: where the cabinet is open, the password, an account's name, and the panel for weak eyes."""

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.e2e.conftest import CheckAxe, NewContext, OpenAs, live
from tests.e2e.people import PASSWORD, Person, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, enter_code, open_page, radio, sign_in

NEW_PASSWORD = "совсем другая фраза"
# Taller than the pages, so that the sticky bar lies over nothing when axe looks.
TALL = {"width": 390, "height": 3000}
NARROW = {"width": 320, "height": 6000}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
VISION = "document.documentElement.dataset.vision || ''"


def elsewhere(new_context: NewContext, portal: Portal, person: Person) -> Page:
    """The person's second browser, signed in by a password and a code."""
    page = new_context().new_page()
    sign_in(page, person.login)
    enter_code(page, portal.code(person.login))
    expect(page).to_have_url(f"{portal.url}/")
    return live(page)


def signed_out_by_itself(page: Page) -> None:
    """Without a reload or a click: its socket is closed, and the page that asks again is a visitor's."""
    expect(page.get_by_role("link", name="Войти").filter(visible=True).first).to_be_visible()
    expect(page.get_by_role("link", name="Оплата").filter(visible=True)).to_have_count(0)


def ends(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Завершить"))


def test_one_session_is_ended_from_another(
    open_as: OpenAs, new_context: NewContext, portal: Portal, town: Town, check_axe: CheckAxe
) -> None:
    person = town.person()
    other = elsewhere(new_context, portal, person)
    here = open_as(person, viewport=TALL)
    open_page(here, "/settings")
    expect(here.get_by_text("Это устройство")).to_have_count(1)
    expect(here.get_by_text("Chrome, Linux")).to_be_visible()
    check_axe(here)
    ends(here).click()
    done = here.get_by_role("status").filter(has_text="Сеанс завершён")
    expect(done).to_be_focused()
    expect(ends(here)).to_have_count(0)
    check_axe(here)
    signed_out_by_itself(other)
    open_page(here, "/settings/history")
    expect(here.get_by_text("Сеанс завершён: Chrome, Linux")).to_be_visible()


def test_all_other_sessions_are_ended_at_once(
    open_as: OpenAs, new_context: NewContext, portal: Portal, town: Town
) -> None:
    person = town.person()
    other = elsewhere(new_context, portal, person)
    here = open_as(person)
    open_page(here, "/settings")
    button(here, "Выйти на всех остальных устройствах").click()
    expect(here.get_by_role("status").filter(has_text="выполнен выход")).to_be_focused()
    expect(button(here, "Выйти на всех остальных устройствах")).to_have_count(0)
    signed_out_by_itself(other)


def test_the_password_is_changed_by_the_current_one(
    page: Page, new_context: NewContext, portal: Portal, town: Town
) -> None:
    person = town.person()
    other = elsewhere(new_context, portal, person)
    person.move_in(page.context, portal.url)
    open_page(page, "/settings")
    page.get_by_role("link", name="Сменить пароль").click()
    box(page, "Текущий пароль").fill("не тот пароль")
    box(page, "Новый пароль").fill(NEW_PASSWORD)
    button(page, "Сменить пароль").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(box(page, "Текущий пароль")).to_have_accessible_description(re.compile("не подошёл"))
    expect(box(page, "Новый пароль")).to_have_value(NEW_PASSWORD)
    box(page, "Текущий пароль").fill(PASSWORD)
    button(page, "Сменить пароль").click()
    expect(page.get_by_role("status").filter(has_text="Пароль изменён")).to_be_focused()
    assert "Пароль изменён" in portal.mail(person.login)
    signed_out_by_itself(other)
    page.get_by_role("link", name="Вернуться в НАСТРОЙКИ").click()
    page.get_by_role("link", name="История входов и изменений").click()
    expect(page.get_by_role("listitem").filter(has_text="Пароль изменён")).to_be_visible()


def test_the_login_is_changed_by_a_code_to_the_new_one(
    page: Page, new_context: NewContext, portal: Portal, town: Town
) -> None:
    person, new = town.person(), town.new_login()
    other = elsewhere(new_context, portal, person)
    person.move_in(page.context, portal.url)
    open_page(page, "/settings")
    page.get_by_role("link", name="Сменить логин").click()
    box(page, "Новый логин").fill(person.login)
    button(page, "Получить код").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(box(page, "Новый логин")).to_have_accessible_description(re.compile("Это и есть ваш логин"))
    box(page, "Новый логин").fill(new)
    button(page, "Получить код").click()
    expect(box(page, "Код подтверждения")).to_be_visible()
    open_page(page, "/settings/login")
    code = portal.code(new)
    box(page, "Код подтверждения").fill("1")
    button(page, "Сменить логин").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    box(page, "Код подтверждения").fill(code)
    button(page, "Сменить логин").click()
    expect(page.get_by_role("status").filter(has_text="Логин изменён")).to_be_focused()
    assert "Логин кабинета изменён" in portal.mail(person.login)
    signed_out_by_itself(other)
    sign_in(other, person.login)
    expect(other.locator("[data-error-summary]")).to_be_focused()
    assert "Это новый логин" in portal.mail(new)
    town.pass_a_minute(new)
    sign_in(other, new)
    # The other browsers are known no more.
    expect(other.get_by_role("heading", name="Подтверждение")).to_be_visible()
    enter_code(other, portal.code(new))
    expect(other).to_have_url(f"{portal.url}/")


def test_what_to_be_told_of_is_chosen_and_remembered(page: Page, portal: Portal, town: Town) -> None:
    person = town.person()
    person.move_in(page.context, portal.url)
    open_page(page, "/settings")
    page.get_by_role("link", name="Уведомления").click()
    readings = page.get_by_role("checkbox", name="Приём показаний")
    expect(readings).to_be_checked()
    expect(page.get_by_text(person.login)).to_be_visible()
    expect(page.get_by_text("Отключить нельзя")).to_be_visible()
    readings.focus()
    page.keyboard.press("Space")
    expect(readings).not_to_be_checked()
    button(page, "Сохранить").click()
    expect(page.get_by_role("status").filter(has_text="Выбор сохранён")).to_be_focused()
    open_page(page, "/settings/notifications")
    expect(readings).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Оплата")).to_be_checked()


def test_an_account_gets_a_name_is_taken_out_and_brought_back(page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(page.context, portal.url)
    open_page(page, "/settings")
    page.get_by_role("link", name="Название и отключение").click()
    box(page, "Название").fill("я" * 61)
    button(page, "Сохранить").click()
    expect(box(page, "Название")).to_have_accessible_description(re.compile("длиннее 60 знаков"))
    box(page, "Название").fill("Дача")
    button(page, "Сохранить").click()
    expect(page.get_by_role("status").filter(has_text="Название сохранено")).to_be_focused()
    button(page, "Отключить").click()
    expect(page).to_have_url(f"{portal.url}/settings")
    expect(page.get_by_text("Отключён лицевой счёт")).to_be_visible()
    expect(page.get_by_role("heading", name="Дача")).to_have_count(0)
    page.get_by_role("button", name="Вернуть: Дача").click()
    expect(page.get_by_role("heading", name="Дача")).to_be_visible()
    expect(page.get_by_text("Отключён лицевой счёт")).to_have_count(0)


def test_a_strangers_account_has_no_settings(open_as: OpenAs, town: Town) -> None:
    owner = town.subscriber(town.household())
    [(account,)] = town.stored(
        "SELECT customer_account_id FROM account_links WHERE user_id = ?", owner.actor.user
    )
    page = open_as(town.person())
    open_page(page, f"/settings/account?account={account}")
    expect(page.locator("[data-error-summary]")).to_contain_text("Этого нет в вашем кабинете")
    expect(box(page, "Название")).to_have_count(0)


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Версия для слабовидящих")


def opener(page: Page) -> Locator:
    """The first button that opens the panel: the header's."""
    return page.get_by_role("button", name="Версия для слабовидящих").filter(visible=True).first


def test_the_panel_works_signed_out_by_keyboard_and_asks_no_server(page: Page, check_axe: CheckAxe) -> None:
    sent: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(str(frame)))

    page.on("websocket", listen)
    open_page(page, "/login")
    opener(page).focus()
    sent.clear()
    page.keyboard.press("Enter")
    expect(panel(page)).to_be_visible()
    expect(panel(page).get_by_role("radio", name="100 %")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(radio(page, "150 %")).to_be_checked()
    assert page.evaluate(VISION) == "large"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    radio(page, "Увеличенное").check()
    assert page.evaluate(VISION) == "huge white spaced"
    check_axe(page)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(opener(page)).to_be_focused()
    # The suggestion of a passkey, that a browser without any gives up by itself, is the page's own.
    assert [x for x in sent if "event" in x and "passkey_sign_in_state" not in x] == []
    open_page(page, "/register")
    assert page.evaluate(VISION) == "huge white spaced"
    opener(page).click()
    expect(radio(page, "200 %")).to_be_checked()
    expect(radio(page, "Белым по чёрному")).to_be_checked()
    button(page, "Вернуть обычную версию").click()
    expect(panel(page)).to_be_hidden()
    assert page.evaluate(VISION) == ""


def test_the_sheet_leads_to_the_panel_and_gets_the_focus_back(open_as: OpenAs, town: Town) -> None:
    page = open_as(town.person())
    open_page(page, "/")
    more = page.locator("summary").filter(has_text="Ещё")
    more.click()
    page.locator(".sheet").get_by_role("button", name="Версия для слабовидящих").click()
    radio(page, "Синим по голубому").check()
    assert page.evaluate(VISION) == "blue"
    button(page, "Готово").click()
    expect(more).to_be_focused()
    expect(page.locator(".sheet")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["black", "white", "blue"])
def test_every_page_holds_in_a_scheme_at_200_percent(
    open_as: OpenAs, town: Town, check_axe: CheckAxe, scheme: str
) -> None:
    page = open_as(town.subscriber(town.household()), viewport=NARROW)
    page.add_init_script(f"localStorage.setItem('vision', '{scheme} huge spaced')")
    found = []
    for path in (
        "/", "/settings", "/settings/login", "/settings/notifications", "/settings/password",
        "/settings/confirm", "/settings/second", "/settings/history", "/readings", "/charges", "/pay",
        "/accounts/new", "/login", "/register",
    ):  # fmt: skip
        open_page(page, path)
        if page.evaluate(SIDEWAYS) > 0:
            found.append(path)
        opener(page).click()
        if panel(page).evaluate("x => x.scrollWidth - x.clientWidth") > 0:
            found.append(f"{path}: the panel")
        check_axe(page)
        button(page, "Готово").click()
        check_axe(page)
    assert found == []
