"""Two clicks, two tabs, Back, a closed bank: paid once, and the truth is told; who may see what."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext, OpenAs, live
from tests.e2e.people import PASSWORD, Household, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, fill_login, open_page, pay, send_reading, sign_out

ONE_RUBLE = 100


def payer(open_as: OpenAs, town: Town) -> tuple[Page, Household]:
    """Somebody with a debt, on the page of payment."""
    household = town.household()
    page = open_as(town.subscriber(household))
    open_page(page, "/pay")
    return page, household


def test_a_double_click_on_pay_begins_one_payment(open_as: OpenAs, town: Town) -> None:
    page, household = payer(open_as, town)
    box(page, "Сумма").fill("1")
    button(page, "Оплатить").dblclick()
    expect(button(page, "Подтвердить оплату")).to_be_visible()
    assert town.payments(household) == [(ONE_RUBLE, "pending")]


def test_enter_and_a_click_begin_one_payment(open_as: OpenAs, town: Town) -> None:
    page, household = payer(open_as, town)
    box(page, "Сумма").fill("1")
    page.evaluate(
        "() => { const form = document.querySelector('form:has(#amount)'); form.requestSubmit(); form.requestSubmit(); }"
    )
    expect(button(page, "Подтвердить оплату")).to_be_visible()
    assert town.payments(household) == [(ONE_RUBLE, "pending")]


def test_a_double_click_on_send_stores_one_reading(open_as: OpenAs, town: Town) -> None:
    household = town.household()
    page = open_as(town.subscriber(household))
    open_page(page, "/readings")
    box(page, "Показание").fill(str(household.last_reading + 2))
    button(page, "Передать показание").dblclick()
    expect(page.get_by_text("Показание принято")).to_be_visible()
    assert town.readings(household) == [household.last_reading + 2]


def test_a_double_click_at_the_bank_pays_once(open_as: OpenAs, town: Town) -> None:
    page, household = payer(open_as, town)
    pay(page, "1")
    button(page, "Подтвердить оплату").dblclick()
    expect(page.get_by_text("Деньги зачислены")).to_be_visible()
    assert town.payments(household) == [(ONE_RUBLE, "succeeded")]


def test_two_tabs_send_two_readings_only_upward(open_as: OpenAs, town: Town) -> None:
    household = town.household()
    first = open_as(town.subscriber(household))
    second = first.context.new_page()
    open_page(first, "/readings")
    open_page(second, "/readings")
    send_reading(first, str(household.last_reading + 6))
    expect(first.get_by_text("Показание принято")).to_be_visible()
    send_reading(second, str(household.last_reading + 5))
    expect(second.locator("[data-error-summary]")).to_contain_text("Показание меньше прошлого")
    assert town.readings(household) == [household.last_reading + 6]


def test_two_tabs_pay_one_debt_and_both_see_it(open_as: OpenAs, town: Town) -> None:
    first, household = payer(open_as, town)
    second = first.context.new_page()
    open_page(second, "/pay")
    pay(first)
    button(first, "Подтвердить оплату").click()
    expect(first.get_by_text("Деньги зачислены")).to_be_visible()
    second.reload()
    expect(second.get_by_text("Долга нет")).to_be_visible()
    expect(box(second, "Сумма")).to_have_value("")
    assert [status for _, status in town.payments(household)] == ["succeeded"]


def test_signing_out_in_one_tab_ends_the_other(open_as: OpenAs, town: Town) -> None:
    first, household = payer(open_as, town)
    second = first.context.new_page()
    open_page(second, "/settings")
    sign_out(second)
    expect(first).to_have_url(re.compile(r"/login\?next=%2Fpay$"))
    assert town.payments(household) == []


def test_back_from_the_bank_pays_nothing_and_stays(open_as: OpenAs, town: Town, portal: Portal) -> None:
    page, household = payer(open_as, town)
    pay(page, "1")
    page.go_back()
    expect(page).to_have_url(f"{portal.url}/pay")
    live(page)
    expect(page.get_by_role("listitem").filter(has_text="Банк ещё подтверждает")).to_be_visible()
    expect(button(page, "Оплатить")).to_be_visible()
    expect(page).to_have_url(f"{portal.url}/pay")
    assert town.payments(household) == [(ONE_RUBLE, "pending")]
    page.go_forward()
    button(page, "Подтвердить оплату").click()
    expect(page.get_by_text("Деньги зачислены")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{portal.url}/pay")
    expect(button(page, "Оплатить")).to_be_visible()
    assert town.payments(household) == [(ONE_RUBLE, "succeeded")]


def test_a_refused_payment_says_that_nothing_was_taken(open_as: OpenAs, town: Town) -> None:
    page, household = payer(open_as, town)
    pay(page, "1")
    button(page, "Отклонить").click()
    refusal = page.get_by_role("alert").filter(has_text="Банк отклонил оплату")
    expect(refusal).to_contain_text("Деньги не списаны")
    expect(page.get_by_text(f"К оплате {household.debt}")).to_be_visible()
    assert town.payments(household) == [(ONE_RUBLE, "failed")]
    pay(page, "2")
    button(page, "Подтвердить оплату").click()
    expect(page.get_by_text("Деньги зачислены")).to_be_visible()


def test_a_bank_left_without_an_answer_is_told_as_it_is(open_as: OpenAs, town: Town) -> None:
    page, household = payer(open_as, town)
    pay(page, "1")
    bank = page.url
    button(page, "Закрыть без ответа").click()
    waiting = page.get_by_role("status").filter(has_text="Банк ещё подтверждает")
    expect(waiting).to_contain_text("Не платите второй раз")
    assert town.payments(household) == [(ONE_RUBLE, "pending")]
    elsewhere = page.context.new_page()
    elsewhere.goto(bank)
    button(elsewhere, "Подтвердить оплату").click()
    expect(elsewhere.get_by_text("Деньги зачислены")).to_be_visible()
    button(page, "Проверить ещё раз").click()
    expect(page.get_by_text("Деньги зачислены")).to_be_visible()
    assert town.payments(household) == [(ONE_RUBLE, "succeeded")]


def test_a_page_that_needs_a_session_comes_back_after_it(
    phone_page: Page, town: Town, portal: Portal
) -> None:
    person = town.subscriber(town.household())
    person.move_in(phone_page.context, portal.url)
    phone_page.context.clear_cookies(name="session")
    for path in ("/settings", "/accounts", "/accounts/new", "/readings", "/charges", "/pay"):
        phone_page.goto(path)
        expect(phone_page).to_have_url(f"{portal.url}/login?next={path.replace('/', '%2F')}")
    phone_page.goto("/charges?account=1")
    expect(phone_page).to_have_url(re.compile(r"/login\?next=%2Fcharges%3Faccount%3D1$"))
    phone_page.goto("/pay")
    expect(phone_page).to_have_url(re.compile(r"/login\?next=%2Fpay$"))
    fill_login(phone_page, person.login, PASSWORD)
    button(phone_page, "Войти").click()
    expect(phone_page).to_have_url(f"{portal.url}/pay")
    expect(box(phone_page, "Сумма")).to_be_visible()


def test_a_foreign_address_to_come_back_to_leads_home(phone_page: Page, town: Town, portal: Portal) -> None:
    person = town.person()
    person.move_in(phone_page.context, portal.url)
    for after in ("//evil.example", "https://evil.example/", "/%5Cevil.example", "javascript:alert(1)"):
        phone_page.context.clear_cookies(name="session")
        open_page(phone_page, f"/login?next={after}")
        fill_login(phone_page, person.login, PASSWORD)
        button(phone_page, "Войти").click()
        expect(phone_page).to_have_url(f"{portal.url}/")
        expect(phone_page.get_by_role("link", name=re.compile("^Подключите лицевой счёт"))).to_be_visible()


def test_basic_access_sees_only_paying(page: Page, town: Town, portal: Portal) -> None:
    household = town.household()
    town.subscriber(household, extended=False).move_in(page.context, portal.url)
    open_page(page, "/")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Подключена только оплата")).to_be_visible()
    expect(main.get_by_text("Передать показание")).to_have_count(0)
    expect(main.get_by_text("Почему столько?")).to_have_count(0)
    for path in ("/readings", "/charges"):
        open_page(page, path)
        expect(main.get_by_role("heading", name="Подключена только оплата")).to_be_visible()
        expect(page.locator("[data-error-summary]")).to_have_count(0)
        expect(main).not_to_contain_text(re.compile(str(household.last_reading)))
        expect(main.get_by_role("heading", name="Октябрь 2026")).to_have_count(0)
        expect(main.get_by_role("link", name=re.compile("^Открыть расширенный доступ"))).to_be_visible()
    open_page(page, "/pay")
    pay(page)
    button(page, "Подтвердить оплату").click()
    expect(page.get_by_text("Деньги зачислены")).to_be_visible()


def test_nobody_sees_the_account_of_another(new_context: NewContext, open_as: OpenAs, town: Town) -> None:
    household = town.household()
    owner = town.subscriber(household)
    (account_id,) = town.stored("SELECT id FROM customer_accounts WHERE number = ?", household.account)[0]
    stranger = open_as(town.subscriber(town.household()))
    for path in ("/", "/readings", "/charges", "/pay"):
        open_page(stranger, f"{path}?account={account_id}")
        expect(stranger.get_by_role("main")).to_contain_text("Этого нет в вашем кабинете")
        expect(stranger.get_by_role("main")).not_to_contain_text(household.shown_number)
    theirs = open_as(owner)
    open_page(theirs, f"/?account={account_id}")
    expect(theirs.get_by_role("main")).to_contain_text(household.shown_number)
