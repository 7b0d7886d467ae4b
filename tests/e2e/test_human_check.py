"""Getting in by keyboard alone, without pictures and sound; and by ear."""

import re
import wave
from io import BytesIO

from playwright.sync_api import Locator, Page, Route, expect

from cabinet.texts import human_check as texts
from tests.e2e.conftest import CheckAxe, NewContext, Watch
from tests.e2e.people import PASSWORD, Town
from tests.e2e.portal import ANSWER, Portal
from tests.e2e.steps import box, button, fill_login, open_page

_STEPS = 60  # presses of Tab that lead anywhere on a page


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(_STEPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {target}")


def type_into(page: Page, name: str, value: str) -> None:
    tab_to(page, box(page, name))
    page.keyboard.type(value)


def press(page: Page, name: str) -> None:
    tab_to(page, button(page, name))
    page.keyboard.press("Enter")


def tick(page: Page, name: re.Pattern[str]) -> None:
    tab_to(page, page.get_by_role("checkbox", name=name))
    page.keyboard.press("Space")


def said(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=words)


def fail_once(page: Page, nth: str) -> None:
    expect(box(page, "Ответ")).to_be_focused()
    page.keyboard.type(f"ошибка {nth}")
    page.keyboard.press("Enter")
    expect(said(page, "Не совпало")).to_be_visible()
    expect(box(page, "Ответ")).to_have_value("")
    expect(box(page, "Ответ")).to_be_focused()


def test_registration_by_keyboard_alone_with_pictures_and_sound_off(
    new_context: NewContext, portal: Portal, town: Town, watch: Watch
) -> None:
    context = new_context()
    watch.allow("ERR_FAILED")
    context.route(re.compile("/api/human/|[.](png|webp|jpg|svg|wav)"), lambda route: route.abort())
    page, login = context.new_page(), town.new_login()
    open_page(page, "/register")
    type_into(page, "Логин", login)
    type_into(page, "Пароль", PASSWORD)
    tick(page, re.compile("^Я не робот"))
    expect(box(page, "Ответ")).to_be_visible()
    tab_to(page, box(page, "Ответ"))
    fail_once(page, "1")
    expect(button(page, texts.WAIVE)).to_have_count(0)
    fail_once(page, "2")
    press(page, texts.WAIVE)
    expect(said(page, texts.WAIVED)).to_be_visible()
    expect(page.get_by_role("checkbox", name="Я не робот")).to_be_focused()
    tick(page, re.compile("^Согласие"))
    press(page, "Зарегистрироваться")
    expect(box(page, "Код подтверждения")).to_be_visible()
    type_into(page, "Код подтверждения", portal.code(login))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{portal.url}/")
    expect(page.get_by_role("link", name=re.compile("^Выберите поставщика"))).to_be_visible()


def test_the_spoken_task_is_heard_slower_again_anew_and_answered(
    page: Page, check_axe: CheckAxe, town: Town
) -> None:
    open_page(page, "/register")
    login = town.new_login()
    fill_login(page, login)
    page.get_by_role("checkbox", name="Я не робот").check()
    with page.expect_response(re.compile("/api/human/sound")) as heard:
        button(page, "Прослушать задание").click()
    clip = page.request.get(heard.value.url)
    assert clip.headers["cache-control"] == "no-store"
    assert len(clip.body()) <= 40_000
    with wave.open(BytesIO(clip.body())) as file:
        assert 4 < file.getnframes() / file.getframerate() < 5
    task = page.get_by_role("group", name="Задание", exact=True)
    expect(task).to_be_visible()
    expect(box(page, "Ответ")).to_be_focused()
    player = page.locator("#human-sound")
    playing = (
        "sound => sound.readyState > 0 && !sound.error && sound.currentTime >= 0 && sound.played.length > 0"
    )
    page.wait_for_function(playing, arg=player.element_handle())
    button(page, texts.SLOWER).click()
    page.wait_for_function("sound => sound.playbackRate === 0.7", arg=player.element_handle())
    button(page, texts.AGAIN).click()
    page.wait_for_function("sound => sound.playbackRate === 1", arg=player.element_handle())
    check_axe(page)
    before = player.get_attribute("src") or ""
    button(page, texts.OTHER_WORDS).click()
    expect(player).not_to_have_attribute("src", before)
    assert page.request.get(before).status == 404
    button(page, texts.TO_PICTURE).click()
    expect(page.get_by_role("img", name="Задание", exact=True)).to_be_visible()
    button(page, "Прослушать задание").click()
    expect(box(page, "Ответ")).to_be_focused()
    page.keyboard.type(ANSWER)
    button(page, "Проверить").click()
    expect(said(page, texts.PASSED)).to_be_visible()
    expect(box(page, "Логин")).to_have_value(login)


def test_a_tick_made_before_the_page_came_alive_is_heard(new_context: NewContext) -> None:
    context = new_context()
    waiting: list[Route] = []
    context.route("**/*.js", lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    page = context.new_page()
    page.goto("/register", wait_until="commit")
    page.get_by_role("checkbox", name="Я не робот").check()
    expect(box(page, "Ответ")).to_have_count(0)
    context.route("**/*.js", lambda route: route.continue_())
    for script in waiting:
        script.continue_()
    expect(box(page, "Ответ")).to_be_visible()
