"""A request for a PIN on a phone: the form, bad files, the photograph, the page that follows it."""

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from cabinet.texts import errors
from cabinet.texts import pin_requests as texts
from tests import hostile_files
from tests.e2e.conftest import CheckAxe, OpenAs, Watch
from tests.e2e.people import Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, open_page, pass_human_check, radio

CANARY = hostile_files.CANARY.decode()


def file_input(page: Page) -> Locator:
    return page.get_by_label("Документ", exact=True)


def give(page: Page, name: str, data: bytes) -> None:
    file_input(page).set_input_files(FilePayload(name=name, mimeType="image/jpeg", buffer=data))


def rows(page: Page) -> Locator:
    return page.get_by_role("listitem").filter(has_text=re.compile("^Файл:|страниц"))


def fill(page: Page, account: str, email: str, address: str = "Ижевск, Песочная 86-12") -> None:
    box(page, "Мобильный телефон").fill("8 912 745-10-20")
    box(page, "Электронная почта").fill(email)
    box(page, "Лицевой счёт").fill(account)
    box(page, "Адрес").fill(address)


def follow(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name=texts.STATUS_TITLE)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Принята")).to_be_visible()


def test_a_visitor_sends_a_request_with_a_photograph_and_takes_it_back(
    phone_page: Page, portal: Portal, town: Town, check_axe: CheckAxe
) -> None:
    page, email, account = phone_page, town.new_login(), town.household().account
    open_page(page, "/pin")
    fill(page, account, email)
    radio(page, "Паспорт").check()
    expect(page.get_by_label(texts.CARD_DATE)).to_be_hidden()
    give(page, "фото.jpg", hostile_files.with_exif())
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_alt_text(texts.PREVIEW)).to_be_visible()
    page.reload()
    expect(box(page, "Адрес")).to_have_value("Ижевск, Песочная 86-12")
    expect(radio(page, "Паспорт")).to_be_checked()
    expect(rows(page)).to_have_count(1)
    pass_human_check(page)
    check_axe(page)
    button(page, "Отправить заявку").click()
    follow(page)
    check_axe(page)
    assert town.stored("SELECT status FROM pin_requests WHERE email = ?", email) == [("received",)]
    for path in portal.data_dir.rglob("*"):
        if path.is_file():
            assert hostile_files.CANARY not in path.read_bytes(), path
    page.get_by_text(texts.WITHDRAW_OPEN, exact=True).click()
    button(page, texts.WITHDRAW).click()
    expect(page.get_by_role("status").filter(has_text="Отозвана")).to_be_visible()
    assert list((portal.data_dir / "documents").iterdir()) == []
    open_page(page, "/pin")
    expect(box(page, "Адрес")).to_have_value("")


def test_bad_files_get_words_and_nothing_typed_is_lost(
    phone_page: Page, town: Town, watch: Watch, check_axe: CheckAxe
) -> None:
    watch.allow("422")
    watch.allow("413")
    page = phone_page
    open_page(page, "/pin")
    box(page, "Адрес").fill("Ижевск")
    bad = (
        ("a.pdf", hostile_files.archive(), "document.format_unknown"),
        ("a.png", hostile_files.jpeg(), "document.format_differs"),
        ("a.jpg", hostile_files.jpeg()[:40], "document.broken"),
        ("a.pdf", hostile_files.pdf(11), "document.too_long"),
        ("a.jpg", hostile_files.jpeg().ljust(10 * 2**20 + 1), "document.too_large"),
    )
    for name, data, code in bad:
        give(page, name, data)
        expect(page.locator("#document-problem")).to_contain_text(errors.WORDS[code])
    expect(rows(page)).to_have_count(0)
    radio(page, "Поквартирная карточка").check()
    expect(page.get_by_label(texts.CARD_DATE)).to_be_visible()
    button(page, "Отправить заявку").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(box(page, "Адрес")).to_have_value("Ижевск")
    check_axe(page)
    give(page, "a.pdf", hostile_files.pdf(3))
    expect(rows(page).filter(has_text="3\u00a0страницы")).to_have_count(1)
    expect(page.locator("#document-problem")).to_have_count(0)
    page.get_by_role("button", name=texts.REMOVE).click()
    expect(rows(page)).to_have_count(0)


def test_somebody_signed_in_sends_without_the_check_and_finds_it_again(
    open_as: OpenAs, town: Town, check_axe: CheckAxe
) -> None:
    anna, account = town.person(), town.household().account
    page = open_as(anna)
    open_page(page, f"/accounts/new?number={account}")
    radio(page, "Пин-код").check()
    page.get_by_role("link", name="Нет пин-кода? Запросить").click()
    expect(page.get_by_role("heading", level=1, name=texts.TITLE)).to_be_visible()
    expect(page.get_by_role("checkbox", name="Я не робот")).to_have_count(0)
    expect(box(page, "Электронная почта")).to_have_value(anna.login)
    expect(box(page, "Лицевой счёт")).to_have_value(account)
    box(page, "Мобильный телефон").fill("8 912 745-10-20")
    box(page, "Адрес").fill("Ижевск, Песочная 86-12")
    radio(page, "Домовая книга").check()
    give(page, "scan.pdf", hostile_files.pdf(2))
    expect(rows(page)).to_have_count(1)
    button(page, "Отправить заявку").click()
    follow(page)
    open_page(page, "/pin")
    check_axe(page)
    page.get_by_role("button", name=re.compile(f"^{texts.OPEN}")).click()
    follow(page)


def test_a_link_that_we_never_gave_says_so(phone_page: Page, check_axe: CheckAxe) -> None:
    open_page(phone_page, "/pin/status?token=nonsense")
    expect(phone_page.get_by_text(texts.UNKNOWN, exact=True)).to_be_visible()
    check_axe(phone_page)
