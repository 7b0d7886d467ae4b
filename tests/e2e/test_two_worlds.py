"""One browser, two tabs, two worlds: no page says anything to the world that it does not show."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from cabinet.texts.lessons import LESSONS
from tests.e2e.conftest import OpenAs, Watch, live
from tests.e2e.people import Household, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, open_page
from tests.e2e.test_training import SAY, begin, coach, told

EVENTS = re.compile("/_event")
BAND = "Обучение: данные ненастоящие"
# A tab that hears nothing of the others, as one that was asleep.
DEAF = """() => {
  for (const name of ['storage', 'visibilitychange', 'pageshow'])
    window.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
}"""

Cut = Callable[[], None]


def at_home(open_as: OpenAs, town: Town) -> tuple[Page, Household]:
    """Somebody signed in with an account and a debt."""
    household = town.household()
    return open_as(town.subscriber(household)), household


def deaf(page: Page) -> Cut:
    """Make a tab deaf; gives what cuts its socket."""
    page.add_init_script(f"({DEAF})()")
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(EVENTS, through)
    return lambda: sockets[-1].close(code=1001)


def in_practice(page: Page) -> None:
    """The page and its data are of the practice world."""
    expect(page.get_by_text(BAND).filter(visible=True)).to_be_visible()
    live(page)
    expect(coach(page)).to_be_visible()


def in_the_cabinet(page: Page) -> None:
    """The page and its data are the person's own."""
    expect(page.get_by_text(BAND).filter(visible=True)).to_have_count(0)
    live(page)
    expect(coach(page)).to_have_count(0)


def test_a_lesson_in_another_tab_takes_every_tab_along_and_brings_it_back(
    open_as: OpenAs, town: Town
) -> None:
    page, household = at_home(open_as, town)
    open_page(page, "/pay")
    expect(page.get_by_role("main")).to_contain_text(household.shown_number)
    other = page.context.new_page()
    begin(other, LESSONS["pay"], "together")
    in_practice(page)
    expect(page.get_by_role("main")).not_to_contain_text(household.shown_number)
    button(other, SAY["leave"]).first.click()
    in_the_cabinet(page)
    expect(page.get_by_role("main")).to_contain_text(household.shown_number)


def test_a_lesson_begun_anew_takes_the_tabs_of_the_former_world_along(phone_page: Page) -> None:
    begin(phone_page, LESSONS["reading"], "together")
    other = phone_page.context.new_page()
    open_page(other, "/")
    with phone_page.expect_navigation():
        button(other, "Начать заново").click()
    in_practice(phone_page)
    in_practice(other)


def test_what_is_pressed_in_the_cabinet_while_a_lesson_is_on_pays_nothing(
    open_as: OpenAs, town: Town
) -> None:
    page, household = at_home(open_as, town)
    deaf(page)
    open_page(page, "/pay")
    other = page.context.new_page()
    begin(other, LESSONS["pay"], "together")
    expect(page.get_by_text(BAND).filter(visible=True)).to_have_count(0)
    button(page, "Оплатить").click()
    in_practice(page)
    assert town.payments(household) == []


@pytest.mark.parametrize("press", ["skip", "enter"])
def test_a_lesson_that_was_left_in_another_tab_sends_nothing_to_the_real_meter(
    open_as: OpenAs, town: Town, press: str
) -> None:
    page, household = at_home(open_as, town)
    deaf(page)
    begin(page, LESSONS["reading"], "together")
    page.locator(LESSONS["reading"].steps[0].press).click()
    told(page, LESSONS["reading"], 2)
    other = page.context.new_page()
    open_page(other, "/")
    button(other, SAY["leave"]).first.click()
    in_the_cabinet(other)
    if press == "skip":
        button(page, SAY["skip"]).click()
    else:
        box(page, "Показание").press("Enter")
    in_the_cabinet(page)
    expect(page.get_by_role("main")).to_contain_text(household.serial)
    assert town.readings(household) == []


def test_a_socket_that_comes_back_into_practice_brings_the_band(
    open_as: OpenAs, town: Town, watch: Watch
) -> None:
    watch.allow("WebSocket")
    page, household = at_home(open_as, town)
    cut = deaf(page)
    open_page(page, "/pay")
    begin(page.context.new_page(), LESSONS["pay"], "together")
    cut()
    in_practice(page)
    expect(page.get_by_role("main")).not_to_contain_text(household.shown_number)


def test_a_socket_that_comes_back_from_practice_takes_band_and_coach_away(
    open_as: OpenAs, town: Town, watch: Watch
) -> None:
    watch.allow("WebSocket")
    page, household = at_home(open_as, town)
    cut = deaf(page)
    begin(page, LESSONS["pay"], "together")
    other = page.context.new_page()
    open_page(other, "/")
    button(other, SAY["leave"]).first.click()
    in_the_cabinet(other)
    cut()
    in_the_cabinet(page)
    expect(page.get_by_role("main")).to_contain_text(household.shown_number)


def test_a_tab_at_the_sign_in_page_ends_a_lesson_when_somebody_signs_in_there_and_not_before(
    phone_page: Page,
) -> None:
    open_page(phone_page, "/login?next=/pay")
    other = phone_page.context.new_page()
    begin(other, LESSONS["reading"], "together")
    phone_page.bring_to_front()
    other.reload()
    in_practice(other)
    button(phone_page, "Войти").click()
    expect(phone_page.get_by_role("heading", level=1, name="Вход")).to_be_visible()
    expect(phone_page).to_have_url(re.compile(r"/login\?next=/pay$"))
    in_the_cabinet(other)


def test_back_from_a_lesson_is_the_cabinet_again(open_as: OpenAs, town: Town, portal: Portal) -> None:
    page, household = at_home(open_as, town)
    begin(page, LESSONS["charges"], "together")
    button(page, SAY["leave"]).first.click()
    expect(page).to_have_url(f"{portal.url}/training")
    live(page)
    page.go_back()
    expect(page).to_have_url(f"{portal.url}/charges")
    in_the_cabinet(page)
    expect(page.get_by_role("main")).to_contain_text(household.shown_number)


def test_what_is_typed_in_practice_stays_there(open_as: OpenAs, town: Town) -> None:
    page, household = at_home(open_as, town)
    open_page(page, "/readings")
    own = str(household.last_reading + 3)
    box(page, "Показание").fill(own)
    open_page(page, "/pin")
    box(page, "Адрес").fill("Своя улица")
    begin(page, LESSONS["reading"], "together")
    page.locator(LESSONS["reading"].steps[0].press).click()
    expect(box(page, "Показание")).to_have_value("")
    box(page, "Показание").fill("777")
    page.reload()
    live(page)
    expect(box(page, "Показание")).to_have_value("777")
    open_page(page, "/pin")
    expect(box(page, "Адрес")).not_to_have_value("Своя улица")
    box(page, "Адрес").fill("Учебная улица")
    button(page, SAY["leave"]).first.click()
    in_the_cabinet(page)
    open_page(page, "/pin")
    expect(box(page, "Адрес")).to_have_value("Своя улица")
    open_page(page, "/readings")
    expect(box(page, "Показание")).to_have_value(own)
    assert not re.search(r"\b777\b", page.evaluate("Object.values(localStorage).join()"))
