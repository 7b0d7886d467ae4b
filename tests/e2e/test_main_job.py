"""A stranger becomes a subscriber who sends a reading and pays: by the accessible names alone."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext, OpenAs, live, seen_in
from tests.e2e.people import Household, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import (
    box,
    button,
    choose_supplier,
    enter_code,
    find_account,
    open_page,
    pass_human_check,
    pay,
    prove_by_serial,
    radio,
    register,
    send_reading,
    sign_in,
    sign_out,
)


def become_subscriber(page: Page, portal: Portal, household: Household, login: str) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Зарегистрироваться").click()
    register(page, login)
    enter_code(page, portal.code(login))
    expect(page).to_have_url(f"{portal.url}/")
    page.get_by_role("link", name=re.compile("^Выберите поставщика")).click()
    choose_supplier(page, portal)
    page.get_by_role("link", name="Подключить лицевой счёт").click()
    find_account(page, household)
    prove_by_serial(page, household.serial)
    expect(page.get_by_role("heading", name=re.compile("^К оплате"))).to_be_visible()


def read_and_see_charges(page: Page, household: Household) -> None:
    page.get_by_role("link", name="Передать показание").click()
    value = str(household.last_reading + 9)
    box(page, "Показание").press_sequentially(value)
    expect(page.get_by_text("Расход 9 м³")).to_be_visible()
    button(page, "Передать показание").click()
    receipt = page.get_by_role("status").filter(has_text="Показание принято")
    expect(receipt).to_contain_text(re.compile(r"П-\d{8}"))
    open_page(page, "/charges")
    month = page.locator("section").filter(has=page.get_by_role("heading", name="Октябрь 2026"))
    month.get_by_text("Почему столько?").click()
    expect(month.get_by_text(re.compile(r"\d+ м³ × [78],\d+ ₽ = \d"))).to_be_visible()


def pay_whole_debt(page: Page, household: Household) -> None:
    open_page(page, "/")
    page.get_by_role("link", name="Оплатить").click()
    expect(box(page, "Сумма")).to_have_value(household.debt)
    pay(page)
    expect(page.get_by_text(f"{household.debt}\u00a0₽")).to_be_visible()
    button(page, "Подтвердить оплату").click()
    paid = page.get_by_role("status").filter(has_text="Деньги зачислены")
    expect(paid).to_contain_text(household.debt)
    expect(page.get_by_text("Долга нет")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="личный кабинет")).to_contain_text(household.debt)


@seen_in("390px", "1280px", "firefox-390px")
def test_a_stranger_registers_connects_reads_and_pays(page: Page, portal: Portal, town: Town) -> None:
    household, login = town.household(), town.new_login()
    become_subscriber(page, portal, household, login)
    read_and_see_charges(page, household)
    pay_whole_debt(page, household)
    open_page(page, "/")
    expect(page.get_by_role("heading", name="Долга нет")).to_be_visible()
    assert town.readings(household) == [household.last_reading + 9]
    assert town.payments(household) == [(int(household.debt.replace(",", "")), "succeeded")]
    letter = portal.mail(login)
    assert "Оплата принята" in letter
    assert household.debt in letter


COUNT_TAPS = (
    "addEventListener('click', () => { sessionStorage.taps = 1 + Number(sessionStorage.taps ?? 0) }, true)"
)


def taps(page: Page) -> int:
    """How often the page's own tab was tapped, since it was opened."""
    return int(page.evaluate("Number(sessionStorage.taps ?? 0)"))


def test_a_reading_is_two_taps_and_the_digits_away(phone_page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    phone_page.add_init_script(COUNT_TAPS)
    open_page(phone_page, "/")
    phone_page.get_by_role("link", name="Передать показание").click()
    send_reading(phone_page, str(household.last_reading + 2))
    expect(phone_page.get_by_role("status").filter(has_text="Показание принято")).to_be_visible()
    assert taps(phone_page) == 2
    assert town.readings(household) == [household.last_reading + 2]


def test_the_window_goes_into_the_calendar(phone_page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    open_page(phone_page, "/readings")
    send_reading(phone_page, str(household.last_reading + 1))
    receipt = phone_page.get_by_role("status").filter(has_text="Показание принято")
    with phone_page.expect_download() as saved:
        receipt.get_by_role("link", name="Напомнить в календаре").click()
    assert saved.value.suggested_filename == "readings.ics"
    event = saved.value.path().read_text("utf-8")
    assert event.startswith("BEGIN:VCALENDAR\n")
    assert "RRULE:FREQ=MONTHLY;BYMONTHDAY=15" in event


def test_the_whole_debt_is_two_taps_from_the_bank(phone_page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    phone_page.add_init_script(COUNT_TAPS)
    open_page(phone_page, "/")
    phone_page.get_by_role("main").get_by_role("link", name="Оплатить").click()
    button(phone_page, "Оплатить").click()
    expect(button(phone_page, "Подтвердить оплату")).to_be_visible()
    expect(phone_page.get_by_text(f"{household.debt}\u00a0₽")).to_be_visible()
    assert taps(phone_page) == 2


def test_a_phone_registers_by_sms(phone_page: Page, portal: Portal) -> None:
    register(phone_page, "8 (912) 345-67-89")
    expect(phone_page.get_by_text("Мы отправили СМС с кодом на +7")).to_be_visible()
    message = portal.sms("+79123456789")
    code = re.findall(r"\d{6}", message)[0]
    assert message.endswith(f"@localhost #{code}")
    enter_code(phone_page, f"{code[:3]} {code[3:]}")
    expect(phone_page.get_by_role("link", name=re.compile("^Выберите поставщика"))).to_be_visible()


def test_the_letters_link_confirms_too(
    phone_page: Page, new_context: NewContext, portal: Portal, town: Town
) -> None:
    login = town.new_login()
    register(phone_page, login)
    link = portal.link(login)
    assert "/confirm#token=" in link
    elsewhere = new_context().new_page()
    open_page(elsewhere, link)
    button(elsewhere, "Подтвердить").click()
    expect(elsewhere.get_by_text("Регистрация подтверждена")).to_be_visible()
    open_page(phone_page, link)
    button(phone_page, "Подтвердить").click()
    expect(phone_page.get_by_text("регистрация уже подтверждена").first).to_be_visible()
    phone_page.get_by_role("link", name="Ввести код из письма").click()
    enter_code(phone_page, "123456")
    expect(phone_page.get_by_text("Код не подошёл").first).to_be_visible()
    town.pass_a_minute(login)
    sign_in(phone_page, login)
    enter_code(phone_page, portal.code(login))
    expect(phone_page).to_have_url(f"{portal.url}/")


def test_a_known_browser_signs_in_without_a_code(page: Page, town: Town, portal: Portal) -> None:
    person = town.person()
    person.move_in(page.context, portal.url)
    open_page(page, "/settings")
    sign_out(page)
    expect(page.get_by_role("heading", level=1, name="Вход")).to_be_visible()
    sign_in(page, person.login.upper())
    expect(page).to_have_url(f"{portal.url}/")
    expect(page.get_by_role("link", name=re.compile("^Подключите лицевой счёт"))).to_be_visible()


def test_a_new_browser_is_asked_for_a_code(phone_page: Page, town: Town, portal: Portal) -> None:
    person = town.person()
    sign_in(phone_page, person.login)
    expect(phone_page).to_have_url(f"{portal.url}/confirm")
    enter_code(phone_page, portal.code(person.login))
    expect(phone_page).to_have_url(f"{portal.url}/")
    live(phone_page)
    open_page(phone_page, "/settings")
    expect(phone_page.get_by_text(person.login)).to_be_visible()


def test_a_forgotten_password_is_changed_by_a_code(phone_page: Page, town: Town, portal: Portal) -> None:
    person = town.person()
    open_page(phone_page, "/login")
    phone_page.get_by_role("link", name="Забыли пароль?").click()
    # The page that one leaves has a field of the same name.
    expect(phone_page.get_by_role("heading", name="Новый пароль")).to_be_visible()
    box(phone_page, "Логин").fill(person.login)
    pass_human_check(phone_page)
    button(phone_page, "Получить код").click()
    expect(button(phone_page, "Отправить код ещё раз")).to_be_visible()
    open_page(phone_page, "/reset")
    box(phone_page, "Код подтверждения").fill(portal.code(person.login))
    box(phone_page, "Новый пароль").fill("новая фраза про газ")
    button(phone_page, "Сменить пароль").click()
    expect(phone_page).to_have_url(f"{portal.url}/")
    assert "Пароль изменён" in portal.mail(person.login)


def test_basic_access_grows_into_extended_by_a_pin(phone_page: Page, town: Town, portal: Portal) -> None:
    household = town.household()
    pin = portal.command("pin", "issue", "--supplier", "izhevsk", "--account", household.account)
    person = town.subscriber(household, extended=False)
    person.move_in(phone_page.context, portal.url)
    open_page(phone_page, "/")
    phone_page.get_by_role("link", name="Открыть расширенный доступ").click()
    radio(phone_page, "Пин-код").check()
    code = re.search(r"^.*Пин-код.*?: (\S+)", pin, re.MULTILINE)
    assert code
    box(phone_page, "Пин-код").fill(code[1].upper())
    button(phone_page, "Открыть доступ").click()
    phone_page.get_by_role("link", name="Передать показание").click()
    send_reading(phone_page, str(household.last_reading))
    expect(phone_page.get_by_text("Показание принято")).to_be_visible()
    assert town.readings(household) == [household.last_reading]


def test_the_coefficient_of_the_meter_stands_in_the_estimate_and_on_the_receipt(
    open_as: OpenAs, town: Town
) -> None:
    household = town.household()
    town.spoil_compensation(household, "1,035")
    page = open_as(town.subscriber(household))
    open_page(page, "/readings")
    box(page, "Показание").fill(str(household.last_reading + 9))
    formula = re.compile(r"^9\sм³ × 1,035 \(температурный коэффициент\) × [78],\d+\s₽")
    expect(page.get_by_text(formula)).to_be_visible()
    button(page, "Передать показание").click()
    receipt = page.get_by_role("status").filter(has_text="Показание принято")
    expect(receipt.get_by_text(formula)).to_be_visible()
