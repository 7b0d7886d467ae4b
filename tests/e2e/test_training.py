"""РЕЖИМ ОБУЧЕНИЯ from the sign-in page, without registering: every lesson in each way, with one's own hands."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from cabinet.domain import practice
from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAYS, Lesson, Step
from tests.e2e.conftest import CheckAxe, live
from tests.e2e.people import Town
from tests.e2e.portal import Portal
from tests.e2e.steps import button, open_page

SAY = texts.COACH
AT_THE_BANK = "form:has(#amount)"  # the step that goes on at the bank's page
COUNTS = "SELECT (SELECT count(*) FROM readings), (SELECT count(*) FROM payments), (SELECT count(*) FROM account_links)"


def coach(page: Page) -> Locator:
    return page.locator(".coach")


def begin(page: Page, lesson: Lesson, way: str) -> None:
    """From the sign-in page to the first step."""
    open_page(page, "/login")
    page.get_by_role("link", name="РЕЖИМ ОБУЧЕНИЯ").filter(visible=True).first.click()
    expect(page.get_by_role("heading", level=1, name="РЕЖИМ ОБУЧЕНИЯ")).to_be_visible()
    button(page, f"{WAYS[way]}: {lesson.title}").click()
    expect(coach(page)).to_be_visible()
    expect(page).to_have_title(re.compile("^Обучение: "))
    expect(page.get_by_text("Обучение: данные ненастоящие").filter(visible=True)).to_be_visible()


def household(portal: Portal, page: Page) -> dict[str, str]:
    """What the lesson's texts name of this world."""
    answer = page.request.get("/api/practice")
    typed = {field: value for step in answer.json()["steps"] for field, value in step.get("type", ())}
    return {
        "account": practice.ACCOUNT,
        "serial": practice.SERIAL,
        "reading": typed.get("#value", ""),
        "address": texts.ADDRESS,
        "phone": practice.PHONE,
        "email": practice.LOGIN,
    }


def do(page: Page, step: Step, known: dict[str, str]) -> None:
    """A step's action, by hand."""
    if step.file:
        button(page, SAY["sample"]).click()
    if step.open:
        known["pin"] = read_letter(page)
    for selector, value in step.type:
        field = page.locator(selector).filter(visible=True).first
        if value == "on":
            field.check()
        else:
            field.fill(value.format(**known))
    if step.press:
        page.locator(step.press).filter(visible=True).first.click()
    if step.element == AT_THE_BANK:
        button(page, "Подтвердить оплату").click()
    if step.says:
        expect(page.get_by_role("main")).to_contain_text(step.says)
    if step.seen:
        expect(page.locator(step.seen).first).to_be_visible()


def read_letter(page: Page) -> str:
    """To the practice mailbox and back; the PIN of its letter."""
    button(page, SAY["inbox"]).click()
    expect(page.get_by_role("heading", level=1, name="Письма и СМС")).to_be_visible()
    letter = page.locator(".card").filter(has_text="введите пин-код").inner_text()
    page.get_by_role("link", name="Вернуться к уроку").click()
    live(page)
    found = re.search(r": ([1-9a-z]{8})\.", letter)
    assert found, letter
    return found[1]


def told(page: Page, lesson: Lesson, number: int) -> None:
    expect(coach(page)).to_contain_text(
        f"Шаг {number} из {len(lesson.steps)}. {lesson.steps[number - 1].title}"
    )


def finished(page: Page, lesson: Lesson) -> None:
    expect(coach(page)).to_contain_text(f"{SAY['done']}: {lesson.title}")


def card_beside_target(page: Page) -> bool:
    """Whether the card leaves its target's first control free."""
    free: bool = page.evaluate(
        """() => {
          const card = document.querySelector('.driver-popover.coach')?.getBoundingClientRect();
          const target = document.querySelector('.driver-active-element');
          if (!card || !target) return true;
          const it = (target.querySelector('input:not([type=hidden]), a, button, summary') ?? target).getBoundingClientRect();
          return it.bottom <= card.top + 1 || it.top >= card.bottom - 1 || it.right <= card.left || it.left >= card.right;
        }"""
    )
    return free


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_done_together(
    page: Page, portal: Portal, town: Town, check_axe: CheckAxe, lesson: Lesson
) -> None:
    before = town.stored(COUNTS)
    begin(page, lesson, "together")
    known = household(portal, page)
    for number, step in enumerate(lesson.steps, 1):
        told(page, lesson, number)
        check_axe(page)
        assert card_beside_target(page), step.title
        if step.path or step.says or step.seen:
            expect(button(page, SAY["next"])).to_have_count(0)
            do(page, step, known)
        else:
            button(page, SAY["next"]).click()
    finished(page, lesson)
    check_axe(page)
    assert town.stored(COUNTS) == before
    button(page, SAY["lessons"]).click()
    expect(page).to_have_url(f"{portal.url}/training")
    expect(page.get_by_text("Обучение: данные ненастоящие")).to_be_hidden()


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_shown_by_pressing_on(phone_page: Page, lesson: Lesson) -> None:
    begin(phone_page, lesson, "show")
    for number, step in enumerate(lesson.steps, 1):
        told(phone_page, lesson, number)
        if step.open:
            read_letter(phone_page)
            continue
        button(phone_page, SAY["next"]).click()
        if step.element == AT_THE_BANK:
            button(phone_page, "Подтвердить оплату").click()
    finished(phone_page, lesson)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_done_alone_with_the_task_only(phone_page: Page, portal: Portal, lesson: Lesson) -> None:
    begin(phone_page, lesson, "alone")
    known = household(portal, phone_page)
    expect(coach(phone_page)).to_contain_text(lesson.task.split("{")[0].strip())
    for step in lesson.steps:
        if step.path or step.says or step.seen:
            do(phone_page, step, known)
        else:
            button(phone_page, SAY["next"]).click()
    finished(phone_page, lesson)


def test_a_wrong_entry_brings_the_hint(phone_page: Page) -> None:
    lesson = LESSONS["reading"]
    begin(phone_page, lesson, "together")
    phone_page.locator(lesson.steps[0].press).click()
    told(phone_page, lesson, 2)
    phone_page.locator("#value").fill("1")
    button(phone_page, "Передать показание").click()
    expect(coach(phone_page)).to_contain_text("Показание не бывает меньше прошлого")


def test_tab_stays_inside_escape_folds_and_the_lesson_goes_on(phone_page: Page) -> None:
    lesson = LESSONS["charges"]
    begin(phone_page, lesson, "together")
    inside = "() => Boolean(document.activeElement.closest('.coach, .driver-active-element'))"
    for _ in range(8):
        phone_page.keyboard.press("Tab")
        assert phone_page.evaluate(inside)
    phone_page.keyboard.press("Escape")
    expect(coach(phone_page)).to_have_count(0)
    shown = button(phone_page, SAY["show"])
    expect(shown).to_be_visible()
    shown.click()
    told(phone_page, lesson, 1)


def test_a_reload_goes_on_where_it_was_and_beginning_again_does_not(phone_page: Page) -> None:
    lesson = LESSONS["charges"]
    begin(phone_page, lesson, "together")
    button(phone_page, SAY["next"]).click()
    told(phone_page, lesson, 2)
    phone_page.reload()
    live(phone_page)
    told(phone_page, lesson, 2)
    button(phone_page, "Свернуть подсказку").click()
    button(phone_page, "Начать заново").click()
    told(phone_page, lesson, 1)


def test_signing_out_in_practice_leads_to_the_lessons(page: Page, portal: Portal) -> None:
    begin(page, LESSONS["charges"], "together")
    button(page, SAY["leave"]).first.click()
    expect(page).to_have_url(f"{portal.url}/training")
    open_page(page, "/charges")
    expect(page).to_have_url(re.compile("/login"))
