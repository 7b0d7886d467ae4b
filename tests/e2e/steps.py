"""What people do on the pages, by the names that people and screen readers find things by."""

import re

from playwright.sync_api import Locator, Page, expect

from cabinet.texts import human_check, shell
from tests.e2e.conftest import live
from tests.e2e.people import PASSWORD, Household
from tests.e2e.portal import ANSWER, Portal

SUPPLIER = "Межрегионгаз Ижевск"


def button(page: Page, name: str) -> Locator:
    """A button by its whole name."""
    return page.get_by_role("button", name=name, exact=True)


def box(page: Page, name: str) -> Locator:
    """A field by its whole name."""
    return page.get_by_role("textbox", name=name, exact=True)


def radio(page: Page, name: str) -> Locator:
    """A radio by its whole name."""
    return page.get_by_role("radio", name=name, exact=True)


def type_in(field: Locator, text: str) -> None:
    """Key by key in place of what is there, as hands do; `fill` does not replace e-mail addresses in Firefox."""
    field.press("ControlOrMeta+a")
    field.press("Delete")
    field.press_sequentially(text)


def open_page(page: Page, path: str) -> None:
    """Go to a page and wait until it has its data."""
    page.goto(path)
    live(page)


def fill_login(page: Page, login: str, password: str = PASSWORD) -> None:
    """The two fields of registration and of signing in."""
    box(page, "Логин").fill(login)
    box(page, "Пароль").fill(password)


def pass_human_check(page: Page) -> None:
    """«Я не робот» and its task."""
    page.get_by_role("checkbox", name="Я не робот").check()
    box(page, "Ответ").fill(ANSWER)
    expect(box(page, "Ответ")).to_have_value(ANSWER)
    button(page, "Проверить").click()
    expect(page.get_by_role("status").filter(has_text=human_check.PASSED)).to_be_visible()


def register(page: Page, login: str) -> None:
    """From the registration page to the confirmation page."""
    open_page(page, "/register")
    fill_login(page, login)
    pass_human_check(page)
    page.get_by_role("checkbox", name=re.compile("^Согласие")).check()
    button(page, "Зарегистрироваться").click()
    expect(box(page, "Код подтверждения")).to_be_visible()


def enter_code(page: Page, code: str) -> None:
    """The code of the confirmation page."""
    box(page, "Код подтверждения").fill(code)
    button(page, "Подтвердить").click()


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Fill the sign-in page and send it."""
    open_page(page, "/login")
    fill_login(page, login, password)
    button(page, "Войти").click()


def sign_out(page: Page) -> None:
    """«Выйти», which on a phone lies under «Ещё»."""
    more = page.get_by_text(shell.MORE, exact=True)
    if more.is_visible():
        more.click()
    page.get_by_role("button", name="Выйти").filter(visible=True).click()
    expect(page).to_have_url(re.compile("/login$"))


def choose_supplier(page: Page, portal: Portal) -> None:
    """НАСТРОЙКИ: the supplier; nothing is chosen beforehand."""
    page.goto("/settings")
    suppliers = page.get_by_role("group", name="Поставщик услуг", exact=True)
    supplier = suppliers.get_by_role("radio", name=SUPPLIER, exact=True)
    expect(supplier).not_to_be_checked()
    supplier.check()
    button(page, "Сохранить").click()
    expect(page.get_by_text("Поставщик сохранён")).to_be_visible()


def find_account(page: Page, household: Household) -> None:
    """From the number to «Это мой счёт»."""
    box(page, "Лицевой счёт").fill(household.account)
    button(page, "Найти").click()
    button(page, "Это мой счёт").click()


def prove_by_serial(page: Page, serial: str) -> None:
    """Extended access by the meter's factory number."""
    page.get_by_role("radio", name=re.compile("^Расширенный")).check()
    radio(page, "Заводской номер счётчика").check()
    box(page, "Заводской номер счётчика").fill(serial)
    button(page, "Открыть доступ").click()


def send_reading(page: Page, value: str) -> None:
    """Type a value and send it."""
    box(page, "Показание").fill(value)
    button(page, "Передать показание").click()


def pay(page: Page, amount: str = "") -> None:
    """From the page of payment to the bank's page; the prefilled sum unless another is given."""
    if amount:
        box(page, "Сумма").fill(amount)
    button(page, "Оплатить").click()
    expect(button(page, "Подтвердить оплату")).to_be_visible()
