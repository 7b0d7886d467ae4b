"""Every page in every state: axe, light and dark, on a phone and on a desk, narrow and enlarged."""

import base64
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from cabinet.domain import totp
from cabinet.texts import pin_requests, second_factors, settings
from tests.e2e.conftest import DESK, PHONE, NewContext, OpenAs, Watch, live, violations
from tests.e2e.people import Town
from tests.e2e.portal import Portal
from tests.e2e.steps import (
    SUPPLIER,
    box,
    button,
    enter_code,
    open_page,
    pass_human_check,
    pay,
    prove_by_serial,
    radio,
    register,
    send_reading,
    sign_in,
)
from tests.e2e.test_passkeys import device
from tests.e2e.test_pin_requests import fill, follow, give, rows
from tests.hostile_files import pdf, with_exif

SEE = "words => { localStorage.setItem('vision', words); document.documentElement.setAttribute('data-vision', words); }"
Look = Callable[[Page, str], None]

_NARROW: ViewportSize = {"width": 320, "height": 640}
# What reaches past the window's right edge outside of anything that scrolls by itself.
_SIDEWAYS = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const scrolls = (element) => element && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const over = [...document.body.querySelectorAll("*")].filter((element) =>
    element.checkVisibility() && element.getBoundingClientRect().right > page.clientWidth + 1 && !scrolls(element));
  return over.length ? over.map((element) => element.outerHTML.slice(0, 120)) : [`${page.scrollWidth} px wide`];
}"""
# What can be pressed and is less than 48 px high or wide; links in running text excepted. A choice is pressed by its words too.
_SMALL = """() => {
  const controls = 'a[href], button, summary, select, textarea, input:not([type=hidden], [type=file])';
  const running = (it) => it.matches('a') && [...it.parentElement.childNodes].some((x) => x.nodeType === 3 && x.data.trim());
  const pressed = (it) => it.labels?.length && it.matches('[type=radio], [type=checkbox]') ? [it, ...it.labels] : [it];
  const size = (it) => {
    const boxes = pressed(it).map((x) => x.getBoundingClientRect());
    const over = (low, high) => Math.max(...boxes.map((x) => x[high])) - Math.min(...boxes.map((x) => x[low]));
    return [over('left', 'right'), over('top', 'bottom')];
  };
  const small = (it) => it.checkVisibility({visibilityProperty: true}) && !it.matches('.skip') && !running(it) && Math.min(...size(it)) < 47.5;
  return [...document.querySelectorAll(controls)].filter(small).map((it) => `${size(it).map(Math.round).join(' by ')} px: ${it.outerHTML.slice(0, 120)}`);
}"""


def unroll(page: Page, size: ViewportSize) -> None:
    """A window as tall as the page, so that the sticky bar lies over nothing."""
    page.set_viewport_size(size)
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})


@pytest.fixture
def look() -> Iterator[Look]:
    """`look(page, state)` inspects a page as it stands; the test fails at its end with all that was found."""
    found: list[str] = []

    def inspect(page: Page, state: str) -> None:
        before = page.viewport_size
        for size in (PHONE, DESK):
            unroll(page, size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                found.extend(f"{state}, {size['width']} px, {scheme}: {x}" for x in violations(page))
            if size is PHONE:
                found.extend(f"{state}, too small to press: {x}" for x in page.evaluate(_SMALL))
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            found.extend(f"{state}, {size['width']} px at 200 %: {x}" for x in page.evaluate(_SIDEWAYS))
            page.evaluate("document.documentElement.style.fontSize = ''")
        page.set_viewport_size(_NARROW)
        found.extend(f"{state}, 320 px: {x}" for x in page.evaluate(_SIDEWAYS))
        if before:
            page.set_viewport_size(before)

    yield inspect
    assert not found, "\n".join(dict.fromkeys(found))


def test_pages_pass_axe_in_the_vision_schemes(new_context: NewContext, open_as: OpenAs, town: Town) -> None:
    visitor, subscriber = new_context().new_page(), open_as(town.subscriber(town.household()))
    operator = open_as(town.operator(), viewport=DESK)
    desk = [
        "/desk",
        "/desk/requests",
        "/desk/registers",
        "/desk/policy",
        "/desk/messages",
        "/desk/audit",
        "/desk/training",
    ]
    found: list[str] = []
    for page, paths in (
        (visitor, ["/pin", "/training", "/reset"]),
        (subscriber, ["/accounts"]),
        (operator, desk),
    ):
        page.emulate_media(reduced_motion="reduce")
        for path in paths:
            open_page(page, path)
            for scheme in ("black", "blue large"):
                page.evaluate(SEE, scheme)
                found.extend(f"{path}, {scheme}: {x}" for x in violations(page))
    assert not found, "\n".join(found)


def test_pages_that_visitors_see(new_context: NewContext, look: Look, watch: Watch) -> None:
    watch.allow("404")
    page = new_context().new_page()
    paths = (
        "/",
        "/pin",
        "/pin/status?token=x",
        "/training",
        "/reset",
        "/confirm",
        "/confirm?token=x",
        "/consent",
    )
    for path in paths:
        open_page(page, path)
        look(page, path)
    page.goto("/there/is/no/such")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, "an unknown address")
    page.goto("/demo/bank?payment=none")
    look(page, "a payment that the bank does not know")


def test_pages_of_the_ways_in(phone_page: Page, look: Look, portal: Portal, town: Town) -> None:
    page, login = phone_page, town.new_login()
    open_page(page, "/login")
    look(page, "/login")
    button(page, "Войти").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/login with errors")
    open_page(page, "/register")
    button(page, "Зарегистрироваться").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_text("Прочитать согласие").click()
    look(page, "/register with errors and the consent open")
    page.get_by_role("checkbox", name="Я не робот").check()
    expect(page.get_by_role("img", name=re.compile("^Задание"))).to_be_visible()
    look(page, "/register with the task")
    open_page(page, "/reset")
    box(page, "Логин").fill(login)
    pass_human_check(page)
    look(page, "/reset with the check passed")
    button(page, "Получить код").click()
    expect(box(page, "Новый пароль")).to_be_visible()
    look(page, "/reset with the code awaited")
    button(page, "Изменить адрес или номер").click()
    expect(box(page, "Логин")).to_be_focused()
    login = town.new_login()
    register(page, login)
    look(page, "/confirm")
    enter_code(page, "1")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/confirm with a wrong code")
    enter_code(page, portal.code(login))
    expect(page.get_by_role("link", name=re.compile("^Выберите поставщика"))).to_be_visible()
    look(page, "/ with the first steps")
    page.goto("/demo/inbox")
    expect(page.get_by_text(login).first).to_be_visible()
    look(page, "/demo/inbox")


def test_the_sign_in_page_with_the_check_and_with_a_pause(phone_page: Page, look: Look, town: Town) -> None:
    page, login = phone_page, town.person().login
    sign_in(page, login, "не тот пароль")
    for _ in range(2):
        expect(page.locator("[data-error-summary]")).to_be_focused()
        button(page, "Войти").click()
        expect(button(page, "Войти")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("checkbox", name="Я не робот")).to_be_visible()
    look(page, "/login with the check")
    summary = page.locator("[data-error-summary]")
    while not summary.get_by_text("Подождите").count():
        pass_human_check(page)
        button(page, "Войти").click()
        expect(summary).to_be_focused()
        expect(button(page, "Войти")).to_have_attribute("aria-busy", "false")
    look(page, "/login with a pause")


def test_pages_of_a_request_for_a_pin(phone_page: Page, look: Look, town: Town) -> None:
    page = phone_page
    open_page(page, "/pin")
    radio(page, "Поквартирная карточка").check()
    button(page, "Отправить заявку").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/pin with errors")
    fill(page, town.household().account, town.new_login())
    radio(page, "Паспорт").check()
    for number, (name, data) in enumerate((("a.jpg", with_exif()), ("b.pdf", pdf(3))), 1):
        give(page, name, data)
        expect(rows(page)).to_have_count(number)
    expect(page.get_by_alt_text(pin_requests.PREVIEW).filter(visible=True)).to_have_count(1)
    pass_human_check(page)
    look(page, "/pin with files")
    button(page, "Отправить заявку").click()
    follow(page)
    page.get_by_text(pin_requests.WITHDRAW_OPEN, exact=True).click()
    look(page, "/pin/status about to be taken back")
    button(page, pin_requests.WITHDRAW).click()
    expect(page.get_by_role("status").filter(has_text="Отозвана")).to_be_visible()
    look(page, "/pin/status taken back")


def test_paper_is_white_and_ink_black_whatever_the_scheme(phone_page: Page) -> None:
    open_page(phone_page, "/consent")
    for theme in ("dark", "light"):
        phone_page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        phone_page.emulate_media(media="print", color_scheme="dark")
        colours = phone_page.evaluate(
            "() => { const it = getComputedStyle(document.body); return [it.color, it.backgroundColor]; }"
        )
        assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], theme


def test_pages_of_connecting_an_account(open_as: OpenAs, look: Look, town: Town) -> None:
    page, household = open_as(town.person()), town.household()
    for path in ("/", "/settings", "/settings/data", "/accounts", "/readings", "/charges", "/pay"):
        open_page(page, path)
        look(page, f"{path} without an account")
    open_page(page, "/accounts/new")
    look(page, "/accounts/new")
    box(page, "Лицевой счёт").fill("12")
    button(page, "Найти").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_text("Где его найти").click()
    look(page, "/accounts/new with a wrong number")
    box(page, "Лицевой счёт").fill(household.account)
    button(page, "Найти").click()
    expect(button(page, "Это мой счёт")).to_be_visible()
    look(page, "/accounts/new with an account found")
    button(page, "Это мой счёт").click()
    button(page, "Открыть доступ").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/accounts/new without an access chosen")
    prove_by_serial(page, "0")
    expect(box(page, "Заводской номер счётчика")).to_have_attribute("aria-invalid", "true")
    look(page, "/accounts/new with a wrong serial number")
    radio(page, "Пин-код").check()
    expect(box(page, "Пин-код")).to_be_visible()
    look(page, "/accounts/new with a PIN")


def test_pages_of_passkeys(open_as: OpenAs, new_context: NewContext, look: Look, town: Town) -> None:
    page = open_as(town.person())
    telephone = device(page)
    open_page(page, "/settings/passkeys")
    look(page, "/settings/passkeys without one")
    button(page, "Добавить ключ доступа").click()
    expect(page.get_by_role("status").filter(has_text="Ключ доступа добавлен")).to_be_focused()
    look(page, "/settings/passkeys with one just added")
    telephone.recognise(yes=False)
    button(page, "Добавить ключ доступа").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page, "/settings/passkeys with one not chosen")
    page.get_by_role("link", name=re.compile("^Изменить")).click()
    box(page, "Название").fill("я" * 61)
    button(page, "Сохранить").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/settings/passkey with an error")
    visitor = new_context().new_page()
    device(visitor)
    open_page(visitor, "/login")
    button(visitor, "Войти с ключом доступа").click()
    expect(visitor.get_by_role("alert")).to_be_focused()
    look(visitor, "/login with no passkey chosen")


def test_pages_of_basic_access(open_as: OpenAs, look: Look, town: Town) -> None:
    page = open_as(town.subscriber(town.household(), extended=False))
    for path in ("/", "/settings", "/accounts", "/readings", "/charges", "/pay"):
        open_page(page, path)
        look(page, f"{path} in basic access")
    page.get_by_text("Ещё", exact=True).click()
    look(page, "«Ещё» open")


def test_pages_of_readings_and_charges(open_as: OpenAs, look: Look, town: Town) -> None:
    household = town.household()
    page = open_as(town.subscriber(household))
    open_page(page, "/")
    look(page, "/")
    open_page(page, "/charges")
    look(page, "/charges")
    page.get_by_text("Почему столько?").first.click()
    page.get_by_text("Показать таблицей").click()
    look(page, "/charges with why")
    open_page(page, "/readings")
    look(page, "/readings")
    send_reading(page, "1")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/readings with an error")
    send_reading(page, str(household.last_reading + 800))
    expect(page.get_by_role("checkbox", name="Показание верное")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Расход 800 м³")).to_be_visible()
    look(page, "/readings with an unusual value")
    town.expire_verification(household)
    open_page(page, "/readings")
    send_reading(page, str(household.last_reading + 3))
    expect(page.get_by_text("Показание принято")).to_be_visible()
    expect(page.get_by_role("listitem").get_by_text("не учитывается в начислении")).to_be_visible()
    look(page, "/readings with a receipt of a reading that does not count")


def test_pages_of_payment(open_as: OpenAs, look: Look, town: Town) -> None:
    page = open_as(town.subscriber(town.household()))
    open_page(page, "/pay")
    look(page, "/pay")
    box(page, "Сумма").fill("1e3")
    button(page, "Оплатить").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/pay with an error")
    for answer, words in (
        ("Закрыть без ответа", "Банк ещё подтверждает"),
        ("Отклонить", "Банк отклонил оплату"),
        ("Подтвердить оплату", "Деньги зачислены"),
    ):
        open_page(page, "/pay")
        pay(page, "10")
        look(page, "/demo/bank")
        button(page, answer).click()
        expect(page.get_by_text(words).first).to_be_visible()
        live(page)
        look(page, f"/pay after «{answer}»")


def test_pages_of_settings(open_as: OpenAs, look: Look, portal: Portal, town: Town) -> None:
    person = town.subscriber(town.household())
    page = open_as(person)
    open_page(page, "/settings")
    look(page, "/settings")
    page.get_by_text(settings.SUPPLIER_CHANGE, exact=True).click()
    expect(radio(page, SUPPLIER)).to_be_checked()
    look(page, "/settings with another supplier about to be chosen")
    page.get_by_role("link", name="Название и отключение").click()
    expect(box(page, "Название")).to_be_visible()
    box(page, "Название").fill("я" * 61)
    button(page, "Сохранить").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/settings/account with an error")
    box(page, "Название").fill("Дача")
    button(page, "Сохранить").click()
    expect(page.get_by_role("status").filter(has_text="Название сохранено")).to_be_focused()
    look(page, "/settings/account saved")
    open_page(page, "/settings/password")
    look(page, "/settings/password")
    button(page, "Сменить пароль").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/settings/password with errors")
    open_page(page, "/settings/history")
    look(page, "/settings/history")
    open_page(page, "/settings/notifications")
    look(page, "/settings/notifications")
    button(page, "Сохранить").click()
    expect(page.get_by_role("status").filter(has_text="Выбор сохранён")).to_be_focused()
    look(page, "/settings/notifications saved")
    new = town.new_login()
    open_page(page, "/settings/login")
    look(page, "/settings/login")
    box(page, "Новый логин").fill("никто")
    button(page, "Получить код").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/settings/login with an error")
    box(page, "Новый логин").fill(new)
    button(page, "Получить код").click()
    expect(box(page, "Код подтверждения")).to_be_visible()
    look(page, "/settings/login with the code awaited")
    box(page, "Код подтверждения").fill(portal.code(new))
    button(page, "Сменить логин").click()
    expect(page.get_by_role("status").filter(has_text="Логин изменён")).to_be_focused()
    look(page, "/settings/login changed")


def test_pages_of_the_second_factor(open_as: OpenAs, new_context: NewContext, look: Look, town: Town) -> None:
    person = town.person()
    page = open_as(person)
    open_page(page, "/settings/confirm?next=/settings")
    look(page, "/settings/confirm")
    button(page, "Подтвердить").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/settings/confirm with an error")
    open_page(page, "/settings/second")
    look(page, "/settings/second")
    button(page, second_factors.BEGIN).click()
    page.get_by_text(second_factors.BY_HAND, exact=True).click()
    secret = base64.b32decode(page.locator(".secret").inner_text().replace(" ", ""))
    look(page, "/settings/second with the QR code")
    box(page, second_factors.CODE).fill("1")
    button(page, second_factors.ENABLE).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page, "/settings/second with an error")
    box(page, second_factors.CODE).fill(totp.code_at(secret, totp.step_at(datetime.now(UTC))))
    button(page, second_factors.ENABLE).click()
    expect(page.locator(".codes")).to_be_visible()
    look(page, "/settings/second with the codes")
    button(page, second_factors.SAVED).click()
    expect(page.get_by_text(second_factors.RECOVERY_LEFT)).to_be_visible()
    look(page, "/settings/second turned on")
    fresh = new_context().new_page()
    sign_in(fresh, person.login)
    expect(fresh.get_by_role("heading", name=second_factors.STEP_TITLE)).to_be_visible()
    live(fresh)
    look(fresh, "/login/second")
    button(fresh, second_factors.USE_RECOVERY).click()
    box(fresh, second_factors.RECOVERY_CODE).fill("x")
    button(fresh, second_factors.CONFIRM).click()
    expect(fresh.locator("[data-error-summary]")).to_be_focused()
    look(fresh, "/login/second with an error")
    other = new_context().new_page()
    open_page(other, "/login/second")
    expect(other.get_by_text(second_factors.GONE)).to_be_visible()
    look(other, "/login/second that is gone")
