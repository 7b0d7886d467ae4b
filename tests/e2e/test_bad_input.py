"""Whatever is typed wrong: words beside the field and in the summary, nothing lost, nothing stored."""

import re

from playwright.sync_api import Locator, Page, expect

from cabinet.texts import shell
from tests.e2e.conftest import OpenAs
from tests.e2e.people import PASSWORD, Town
from tests.e2e.portal import ANSWER, Portal
from tests.e2e.steps import (
    box,
    button,
    enter_code,
    fill_login,
    find_account,
    open_page,
    prove_by_serial,
    radio,
    send_reading,
    sign_in,
)

HUGE = "1" + "0" * 30


def as_read(words: str) -> re.Pattern[str]:
    """The words among others; a space may be a no-break one."""
    return re.compile(re.escape(words).replace(r"\ ", r"\s"))


def told(page: Page, *words: str) -> None:
    """The summary has the focus and says it, and so does the title."""
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    for line in words:
        expect(summary).to_contain_text(line)
    expect(page).to_have_title(re.compile(f"^{shell.ERROR_PREFIX}"))


def refused(page: Page, field: Locator, typed: str, words: str) -> None:
    """The same words in the summary and beside the field, which keeps what was typed."""
    told(page, words)
    expect(field).to_have_accessible_description(as_read(words))
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)


def wrong_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_an_empty_registration_says_all_that_is_missing(page: Page, town: Town) -> None:
    users = town.stored("SELECT count(*) FROM users")
    open_page(page, "/register")
    button(page, "Зарегистрироваться").click()
    told(
        page,
        "Введите номер телефона или почту",
        "В пароле меньше 8 знаков",
        "Пройдите проверку «Я не робот»",
        "Поставьте галочку",
    )
    page.locator("[data-error-summary]").get_by_role("link", name=re.compile("^В пароле")).click()
    expect(box(page, "Пароль")).to_be_focused()
    assert town.stored("SELECT count(*) FROM users") == users


def test_a_registration_that_does_not_hold(phone_page: Page, town: Town) -> None:
    open_page(phone_page, "/register")
    phone_page.get_by_role("checkbox", name=re.compile("^Согласие")).check()
    for login, password, field, words in (
        ("anna@", PASSWORD, "Логин", "Введите номер телефона или почту"),
        ("8 912 34", PASSWORD, "Логин", "Введите номер телефона или почту"),
        ("anna@example.ru", "раму", "Пароль", "В пароле меньше 8 знаков"),
        ("anna@example.ru", "йцукенгшщ", "Пароль", "Такой пароль подбирают первым"),
        ("anna.petrova@example.ru", "anna.petrova", "Пароль", "Пароль похож на логин"),
    ):
        fill_login(phone_page, login, password)
        button(phone_page, "Зарегистрироваться").click()
        refused(phone_page, box(phone_page, field), login if field == "Логин" else password, words)
        expect(box(phone_page, "Логин")).to_have_value(login)
        expect(box(phone_page, "Пароль")).to_have_value(password)
        expect(phone_page.get_by_role("checkbox", name=re.compile("^Согласие"))).to_be_checked()
        assert town.stored("SELECT count(*) FROM users WHERE login = ?", login) == [(0,)]


def test_a_wrong_answer_and_a_new_picture_clear_no_other_field(phone_page: Page) -> None:
    open_page(phone_page, "/register")
    fill_login(phone_page, "anna@example.ru")
    phone_page.get_by_role("checkbox", name="Я не робот").check()
    task = phone_page.get_by_role("group", name="Задание", exact=True)
    picture = task.get_by_role("img", name="Задание", exact=True)
    expect(picture).to_have_accessible_description(re.compile("^Шесть букв и цифр"))
    first = picture.get_attribute("src")
    button(phone_page, "СМЕНИТЬ ИЗОБРАЖЕНИЕ").click()
    expect(picture).not_to_have_attribute("src", str(first))
    box(phone_page, "Ответ").fill(f"не {ANSWER}")
    button(phone_page, "Проверить").click()
    expect(
        phone_page.get_by_role("status").filter(has_text="Не совпало. Вот другая картинка")
    ).to_be_visible()
    expect(box(phone_page, "Логин")).to_have_value("anna@example.ru")
    box(phone_page, "Ответ").fill(ANSWER.upper())
    box(phone_page, "Ответ").press("Enter")
    expect(phone_page.get_by_role("status").filter(has_text="Проверка пройдена")).to_be_visible()


def test_a_wrong_password_does_not_say_what_was_wrong(page: Page, town: Town) -> None:
    person = town.person()
    sign_in(page, person.login, "мама мыла раму")
    told(page, "Логин или пароль не подошёл")
    expect(box(page, "Логин")).to_have_value(person.login)
    expect(box(page, "Пароль")).to_have_value("мама мыла раму")
    sign_in(page, "nobody-here@example.ru")
    told(page, "Логин или пароль не подошёл")


def test_codes_that_are_wrong_old_late_or_tried_too_often(
    phone_page: Page, portal: Portal, town: Town
) -> None:
    person, code_field = town.person(), box(phone_page, "Код подтверждения")
    sign_in(phone_page, person.login)
    first = portal.code(person.login)
    enter_code(phone_page, wrong_code(first))
    refused(phone_page, code_field, wrong_code(first), "Код не подошёл. Осталось 4 попытки")
    button(phone_page, "Отправить код ещё раз").click()
    told(phone_page, "Код мы отправили только что")
    town.pass_a_minute(person.login)
    button(phone_page, "Отправить код ещё раз").click()
    second = portal.code(person.login)
    enter_code(phone_page, first)
    refused(phone_page, code_field, first, "Это прежний код")
    town.expire_codes(person.login)
    enter_code(phone_page, second)
    refused(phone_page, code_field, second, "Код устарел")
    town.pass_a_minute(person.login)
    button(phone_page, "Отправить код ещё раз").click()
    third = portal.code(person.login)
    for left in ("4 попытки", "3 попытки", "2 попытки", "1 попытка", "0 попыток"):
        enter_code(phone_page, wrong_code(third))
        refused(phone_page, code_field, wrong_code(third), f"Осталось {left}")
    enter_code(phone_page, third)
    refused(phone_page, code_field, third, "Слишком много неверных попыток")
    assert len(town.stored("SELECT 1 FROM sessions WHERE user_id = ?", person.actor.user)) == 1


def test_a_number_that_is_no_account(open_as: OpenAs, town: Town) -> None:
    person = town.person()
    page = open_as(person)
    open_page(page, "/accounts/new")
    for typed, words in (
        ("", "В номере лицевого счёта 12 цифр"),
        ("37000001583", "В номере лицевого счёта 12 цифр"),
        ("лицевой", "В номере лицевого счёта 12 цифр"),
        (HUGE, "В номере лицевого счёта 12 цифр"),
        ("999999999999", "У поставщика нет такого лицевого счёта"),
    ):
        box(page, "Лицевой счёт").fill(typed)
        button(page, "Найти").click()
        refused(page, box(page, "Лицевой счёт"), typed, words)
    assert town.links(person) == []


def test_a_proof_that_does_not_fit(open_as: OpenAs, town: Town) -> None:
    household, person = town.household(), town.person()
    page = open_as(person)
    open_page(page, "/accounts/new")
    find_account(page, household)
    button(page, "Открыть доступ").click()
    told(page, "Выберите доступ: основной или расширенный")
    prove_by_serial(page, "")
    refused(page, box(page, "Заводской номер счётчика"), "", "Введите заводской номер счётчика")
    prove_by_serial(page, "00000000")
    refused(page, box(page, "Заводской номер счётчика"), "00000000", "Номер не подошёл")
    radio(page, "Пин-код").check()
    box(page, "Пин-код").fill("нетакой1")
    button(page, "Открыть доступ").click()
    refused(page, box(page, "Пин-код"), "нетакой1", "Пин-код не подошёл")
    assert town.links(person) == []
    radio(page, "Заводской номер счётчика").check()
    prove_by_serial(page, f" {household.serial[:4]} {household.serial[4:]} ")
    expect(page.get_by_role("link", name="Передать показание")).to_be_visible()
    assert town.links(person) == [(household.account,)]


def test_readings_that_cannot_be(page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(page.context, portal.url)
    open_page(page, "/readings")
    too_many = str(household.last_reading + 50_000) if household.last_reading < 49_999 else "99999"
    for typed, words in (
        ("", "Введите цифры со счётчика"),
        ("абв", "Введите цифры со счётчика"),
        ("-5", "Введите цифры со счётчика"),
        ("1e3", "Введите цифры со счётчика"),
        (HUGE, "Введите цифры со счётчика"),
        ("1", "Показание меньше прошлого"),
        (str(household.last_reading - 1), "Показание меньше прошлого"),
        (too_many, "больше возможного"),
    ):
        send_reading(page, typed)
        told(page, words)
        expect(box(page, "Показание")).to_have_accessible_description(as_read(words))
        shown = box(page, "Показание").input_value()
        assert shown.replace(",", "") == typed, "the comma of the drum is the only thing added"
    assert town.readings(household) == []


def test_less_than_before_is_asked_why_and_another_meter_is_taken(
    phone_page: Page, portal: Portal, town: Town
) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    open_page(phone_page, "/readings")
    expect(radio(phone_page, "Переход через ноль")).to_have_count(0)
    send_reading(phone_page, "1")
    refused(phone_page, box(phone_page, "Показание"), "1", "Показание меньше прошлого")
    why = phone_page.get_by_role("group", name="Почему показание меньше прошлого?")
    radio(phone_page, "Опечатка").check()
    button(phone_page, "Передать показание").click()
    refused(phone_page, box(phone_page, "Показание"), "1", "Показание меньше прошлого")
    radio(phone_page, "Переход через ноль").check()
    button(phone_page, "Передать показание").click()
    refused(phone_page, box(phone_page, "Показание"), "1", "больше возможного")
    assert town.readings(household) == []
    why.get_by_role("radio", name="Замена счётчика", exact=True).check()
    replaced = phone_page.get_by_role("status").filter(has_text="Счётчик заменён")
    expect(replaced).to_contain_text("отправьте поставщику акт о замене")
    button(phone_page, "Передать показание").click()
    receipt = phone_page.get_by_role("status").filter(has_text="Показание принято")
    expect(receipt).to_contain_text("считаем с этого показания")
    expect(receipt).to_contain_text("Счётчик заменён")
    expect(phone_page.get_by_role("listitem").filter(has_text="счётчик заменён")).to_have_count(1)
    assert town.readings(household) == [1]


def test_no_use_at_all_is_a_reading(phone_page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    open_page(phone_page, "/readings")
    send_reading(phone_page, f"{household.last_reading:0{household.capacity}d}")
    expect(phone_page.get_by_role("status").filter(has_text="Показание принято")).to_contain_text("0 м³")
    assert town.readings(household) == [household.last_reading]


def test_an_unusual_reading_is_asked_about_and_then_taken(
    phone_page: Page, portal: Portal, town: Town
) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    open_page(phone_page, "/readings")
    typed = str(household.last_reading + 900)
    send_reading(phone_page, typed)
    refused(phone_page, box(phone_page, "Показание"), typed, "Расход 900 м³, обычно около")
    assert town.readings(household) == []
    phone_page.get_by_role("checkbox", name="Показание верное").check()
    button(phone_page, "Передать показание").click()
    expect(phone_page.get_by_role("status").filter(has_text="Показание принято")).to_be_visible()
    expect(phone_page).to_have_title(re.compile("^Показание счётчика"))
    assert town.readings(household) == [household.last_reading + 900]


def test_a_reading_is_taken_back(phone_page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    open_page(phone_page, "/readings")
    send_reading(phone_page, str(household.last_reading + 5))
    button(phone_page, "Отменить").click()
    expect(phone_page.get_by_role("status").filter(has_text="Показание отменено")).to_be_focused()
    expect(phone_page.get_by_role("listitem").filter(has_text="отменено")).to_have_count(1)
    expect(box(phone_page, "Показание")).to_be_visible()
    assert town.stored(
        "SELECT count(*) FROM readings WHERE source = 'web' AND cancelled_at IS NOT NULL AND value_m3 = ?",
        household.last_reading + 5,
    ) == [(1,)]


def test_a_typed_reading_survives_a_reload(phone_page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(phone_page.context, portal.url)
    open_page(phone_page, "/readings")
    box(phone_page, "Показание").fill(str(household.last_reading + 4))
    phone_page.reload()
    expect(box(phone_page, "Показание")).to_have_value(str(household.last_reading + 4))
    expect(phone_page.get_by_text("Расход 4 м³")).to_be_visible()


def test_sums_that_cannot_be(page: Page, portal: Portal, town: Town) -> None:
    household = town.household()
    town.subscriber(household).move_in(page.context, portal.url)
    open_page(page, "/pay")
    for typed, words in (
        ("", "Введите сумму в рублях"),
        ("1e3", "Введите сумму в рублях"),
        ("сто", "Введите сумму в рублях"),
        ("12,345", "Введите сумму в рублях"),
        (HUGE, "Введите сумму в рублях"),
        ("0", "Введите сумму от"),
        ("-5", "Введите сумму от"),
        ("999999999", "Введите сумму от"),
    ):
        box(page, "Сумма").fill(typed)
        button(page, "Оплатить").click()
        refused(page, box(page, "Сумма"), typed, words)
    assert town.payments(household) == []
