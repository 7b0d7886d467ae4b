"""Where practice ends and the portal begins: coming in for real, and why no lesson begins."""

import re

from playwright.sync_api import Page, expect

from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS
from tests.e2e.conftest import CheckAxe, live, seen_in
from tests.e2e.people import Town
from tests.e2e.portal import Portal
from tests.e2e.steps import button, enter_code, open_page, register
from tests.e2e.test_training import begin, coach, told

BAND = "Обучение: данные ненастоящие"


@seen_in("390px", "firefox-1280px")
def test_whoever_registers_in_the_middle_of_a_lesson_is_registered_for_real_and_keeps_the_lesson(
    page: Page, portal: Portal, town: Town
) -> None:
    lesson, login = LESSONS["pay"], town.new_login()
    begin(page, lesson, "together")
    page.locator(lesson.steps[0].press).click()
    told(page, lesson, 2)
    register(page, login)
    expect(page.get_by_text(BAND)).to_be_hidden()
    enter_code(page, portal.code(login))
    expect(page).to_have_url(re.compile("/$"))
    live(page)
    expect(coach(page)).to_have_count(0)
    open_page(page, "/training")
    expect(button(page, "Продолжить с шага 2: Оплатить")).to_be_visible()


@seen_in("390px")
def test_a_link_inside_a_lesson_to_a_page_where_one_comes_in_leads_out_of_it(page: Page) -> None:
    begin(page, LESSONS["connect"], "together")
    open_page(page, "/settings/confirm?next=/settings")
    expect(page.get_by_text(BAND)).to_be_visible()
    page.get_by_role("link", name="Забыли пароль?").click()
    expect(page.get_by_text(BAND)).to_be_hidden()
    expect(page).to_have_url(re.compile("/reset$"))
    live(page)
    expect(coach(page)).to_have_count(0)


@seen_in("390px")
def test_the_page_of_the_lessons_says_why_none_begins(page: Page, check_axe: CheckAxe) -> None:
    for problem, words in texts.PROBLEMS.items():
        open_page(page, f"/training?problem={problem}")
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
        expect(page).to_have_title(re.compile("^Ошибка: "))
    check_axe(page)


def test_the_practice_bank_and_mailbox_say_what_they_are_and_lead_out(
    phone_page: Page, portal: Portal, check_axe: CheckAxe
) -> None:
    lesson = LESSONS["pay"]
    begin(phone_page, lesson, "together")
    phone_page.locator(lesson.steps[0].press).click()
    told(phone_page, lesson, 2)
    button(phone_page, "Оплатить").click()
    for title in ("Учебный банк", "Письма и СМС"):
        expect(phone_page).to_have_title(f"Обучение: {title}")
        expect(phone_page.get_by_text(BAND)).to_be_visible()
        check_axe(phone_page)
        phone_page.goto("/demo/inbox")
    button(phone_page, "Выйти из обучения").click()
    expect(phone_page).to_have_url(f"{portal.url}/training")
    expect(phone_page.get_by_text(BAND)).to_be_hidden()
