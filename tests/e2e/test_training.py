"""РЕЖИМ ОБУЧЕНИЯ from the sign-in page, without registering: every lesson in each way, with one's own hands."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from cabinet.domain import practice
from cabinet.texts import demo, entrance, home, payments
from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAYS, Lesson, Step
from tests.e2e.conftest import DESK, CheckAxe, NewContext, OpenAs, Watch, live, seen_in
from tests.e2e.people import Town
from tests.e2e.portal import Portal
from tests.e2e.steps import button, enter_code, open_page, register, sign_in, type_in
from tests.e2e.test_accessibility import SEE, Look, look, unroll

__all__ = ["look"]
SAY = {name: words.replace("|", "") for name, words in texts.COACH.items()}
AT_THE_BANK = "main .card:has(#amount)"  # the step that goes on at the bank's page
HALO = "rgb(255, 200, 61)"
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
    expect(page.get_by_role("heading", level=1).filter(visible=True).first).to_be_visible()
    expect(page.get_by_text("Обучение: данные ненастоящие").filter(visible=True)).to_be_visible()


def household(portal: Portal, page: Page) -> dict[str, str]:
    """What the lesson's texts name of this world."""
    answer = page.request.get("/api/practice")
    typed = {field: value for step in answer.json()["steps"] for field, value in step.get("type", ())}
    return {
        "account": practice.ACCOUNT,
        "serial": practice.SERIAL,
        "reading": typed.get("#value", ""),
        "debt": typed.get("#amount", ""),
        "address": texts.ADDRESS,
        "phone": practice.PHONE,
        "email": practice.LOGIN,
    }


def fill_in(page: Page, step: Step, known: dict[str, str]) -> None:
    """The fields of a step's form."""
    for selector, value in step.type:
        field = page.locator(selector).filter(visible=True).first
        if value == "on":
            field.check()
        else:
            type_in(field, value.format(**known))


def do(page: Page, step: Step, known: dict[str, str]) -> None:
    """A step's action, by hand."""
    if step.open:
        known["pin"] = read_letter(page)
    fill_in(page, step, known)
    if step.file:
        button(page, SAY["sample"]).click()  # the last deed: the step is over whenever it has come through
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
    if lesson.steps[-1].seen:
        expect(page).to_have_title(re.compile(home.HOME_TITLE))
    expect(page.get_by_role("heading", level=1).filter(visible=True).first).to_be_visible()
    title = coach(page).locator(".coach-title")
    expect(title).to_have_text(f"{SAY['done']}: {lesson.title}")
    expect(title).to_be_focused()


# What is wrong with where the card is; "" when nothing is. A target that fits beside the card is seen whole, of a higher one
# its top and its first heading or control.
_PLACE = """() => {
  const card = document.querySelector('.driver-popover.coach')?.getBoundingClientRect();
  const target = document.querySelector('.driver-active-element');
  if (!card || !target) return 'no card, or nothing is framed';
  const covered = (r) => r.bottom > card.top && r.top < card.bottom && r.right > card.left && r.left < card.right;
  const whole = (r) => r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth;
  const all = target.getBoundingClientRect();
  if (!whole(card)) return 'the card is not wholly in the window';
  const beside = all.right <= card.left || all.left >= card.right;
  const room = beside ? innerHeight : Math.max(card.top, innerHeight - card.bottom);
  const parts = 'h1, h2, h3, legend, label, input:not([type=hidden]), a, button, summary, dt, figcaption, p';
  const part = [...target.querySelectorAll(parts)].find((x) => x.getClientRects().length) ?? target;
  const seen = all.height + 24 <= room ? all : part.getBoundingClientRect();
  if (covered(seen) || !whole(seen)) return `hidden: ${seen === all ? 'the target' : part.outerHTML.slice(0, 80)}`;
  return all.top < 0 || (!beside && all.top >= card.top && all.top < card.bottom) ? 'its top is hidden' : '';
}"""
# Where the focus is: "" outside of the card and the target.
_FOCUS = """() => {
  const now = document.activeElement, place = now.closest('.coach, .driver-active-element');
  return place ? `${place.matches('.coach') ? 'card' : 'target'} ${[...place.querySelectorAll('*')].indexOf(now)}` : '';
}"""


def stands_clear(page: Page) -> None:
    """The card covers nothing of what it speaks of, once the page is at rest."""
    with suppress(PlaywrightTimeout):
        page.wait_for_function(f"() => ({_PLACE})() === ''")
    assert page.evaluate(_PLACE) == ""


def keeps_the_keyboard(page: Page) -> None:
    """Tab and Shift+Tab go round in the card and the target; Esc leaves, the focus stays where the work is."""
    first = page.evaluate(_FOCUS)
    assert first, page.evaluate("document.activeElement.outerHTML")
    round_trip = [first]
    while len(round_trip) < 30:
        page.keyboard.press("Tab")
        now = page.evaluate(_FOCUS)
        assert now, page.evaluate("document.activeElement.outerHTML")
        if now == first:
            break
        round_trip.append(now)
    assert now == first
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(_FOCUS) == round_trip[-1]
    framed = page.locator(".driver-active-element").element_handle()
    page.keyboard.press("Escape")
    expect(coach(page)).to_have_count(0)
    at_work = "it => it.contains(document.activeElement) || document.activeElement.matches('.coach-opener')"
    assert framed.evaluate(at_work)
    button(page, SAY["show"]).click()
    expect(button(page, SAY["show"])).to_have_count(0)


def take(page: Page, step: Step, known: dict[str, str]) -> None:
    """A step, done by hand or read."""
    if step.path or step.says or step.seen:
        expect(button(page, SAY["next"])).to_have_count(0)
        do(page, step, known)
    else:
        button(page, SAY["next"]).click()


@seen_in()
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_done_together(
    page: Page, portal: Portal, town: Town, check_axe: CheckAxe, lesson: Lesson
) -> None:
    before = town.stored(COUNTS)
    begin(page, lesson, "together")
    known = household(portal, page)
    for number, step in enumerate(lesson.steps, 1):
        told(page, lesson, number)
        stands_clear(page)
        check_axe(page)
        keeps_the_keyboard(page)
        told(page, lesson, number)
        take(page, step, known)
    finished(page, lesson)
    page.evaluate(
        "scrollTo(0, document.body.scrollHeight)"
    )  # there the card leaves the foot of the page free
    check_axe(page)
    assert town.stored(COUNTS) == before
    button(page, SAY["lessons"]).click()
    expect(page).to_have_url(f"{portal.url}/training")
    expect(page.get_by_text("Обучение: данные ненастоящие")).to_be_hidden()


@seen_in()
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_shown_by_pressing_on(page: Page, check_axe: CheckAxe, lesson: Lesson) -> None:
    page.emulate_media(reduced_motion="reduce")
    begin(page, lesson, "show")
    check_axe(page)
    for number, step in enumerate(lesson.steps, 1):
        told(page, lesson, number)
        if step.open:
            read_letter(page)
            continue
        button(page, SAY["next"]).click()
        if step.element == AT_THE_BANK:
            button(page, "Подтвердить оплату").click()
    finished(page, lesson)


@seen_in()
@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_lesson_is_done_alone_with_the_task_only(
    page: Page, portal: Portal, check_axe: CheckAxe, lesson: Lesson
) -> None:
    begin(page, lesson, "alone")
    size = page.viewport_size
    assert size
    unroll(page, size)  # the card, beside which the page can be scrolled, lies over nothing then
    check_axe(page)
    page.set_viewport_size(size)
    known = household(portal, page)
    expect(coach(page)).to_contain_text(lesson.task.split("{")[0].strip())
    for step in lesson.steps:
        if step.path or step.says or step.seen:
            do(page, step, known)
    finished(page, lesson)


# What lies over the step's button in the very frame in which the page has been scrolled to it, the card wherever
# driver.js puts it.
_SCROLLED = """() => new Promise((done) => {
  document.querySelector('.driver-popover').classList.remove('coach-low', 'coach-beside');
  const sent = [...document.querySelectorAll('main form button[type=submit]')].find((x) => x.getClientRects().length);
  addEventListener('scroll', () => requestAnimationFrame(() => {
    const { left, top, width, height } = sent.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    done(sent.contains(over) ? '' : over.outerHTML.slice(0, 80));
  }), { once: true });
  sent.scrollIntoView({ block: 'center', behavior: 'instant' });
})"""


def test_the_card_is_out_of_the_way_in_the_frame_in_which_the_page_is_scrolled(
    new_context: NewContext, portal: Portal
) -> None:
    page = new_context(viewport=DESK).new_page()
    begin(page, LESSONS["connect"], "together")
    known = household(portal, page)
    *before, last = LESSONS["connect"].steps
    for number, step in enumerate(before, 1):
        told(page, LESSONS["connect"], number)
        take(page, step, known)
    told(page, LESSONS["connect"], len(before) + 1)
    stands_clear(page)
    fill_in(page, last, known)
    assert page.evaluate(_SCROLLED) == ""


def test_who_types_before_the_card_has_come_loses_no_digit(phone_page: Page, portal: Portal) -> None:
    lesson = LESSONS["reading"]
    begin(phone_page, lesson, "together")
    reading = household(portal, phone_page)["reading"]
    phone_page.locator(lesson.steps[0].press).click()
    field = phone_page.locator("#value")
    field.press_sequentially(reading, delay=150)  # the card comes meanwhile
    told(phone_page, lesson, 2)
    expect(field).to_have_value(reading)
    expect(field).to_be_focused()


def fits(page: Page) -> bool:
    """Whether nothing of the card is wider than the window, and each of its buttons can be reached by scrolling it."""
    fit: bool = page.evaluate(
        """() => [...document.querySelectorAll('.coach, .coach *')].every((element) => {
          const box = element.getBoundingClientRect();
          return box.left >= -1 && box.right <= innerWidth + 1;
        })"""
    )
    return fit


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
@pytest.mark.parametrize(("width", "height"), [(320, 640), (768, 1024), (640, 450), (844, 390)])
def test_the_card_leaves_its_target_free_at_every_width(
    new_context: NewContext, portal: Portal, lesson: Lesson, width: int, height: int
) -> None:
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.emulate_media(reduced_motion="reduce")
    begin(page, lesson, "together")
    known = household(portal, page)
    for number, step in enumerate(lesson.steps, 1):
        told(page, lesson, number)
        stands_clear(page)
        assert fits(page), step.title
        take(page, step, known)
    finished(page, lesson)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_every_step_passes_axe_in_the_dark_in_large_letters_and_in_the_vision_scheme(
    phone_page: Page, portal: Portal, check_axe: CheckAxe, lesson: Lesson
) -> None:
    phone_page.emulate_media(reduced_motion="reduce")
    begin(phone_page, lesson, "together")
    known = household(portal, phone_page)
    for number, step in enumerate(lesson.steps, 1):
        told(phone_page, lesson, number)
        for scheme in ("dark", "light"):
            phone_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            check_axe(phone_page)
        for vision in ("black", "blue", ""):
            phone_page.evaluate(SEE, vision)
            check_axe(phone_page)
        phone_page.evaluate("document.documentElement.style.fontSize = '200%'")
        check_axe(phone_page)
        assert fits(phone_page), step.title
        phone_page.evaluate("document.documentElement.style.fontSize = ''")
        take(phone_page, step, known)
    finished(phone_page, lesson)


@seen_in("390px", "firefox-1280px")
def test_progress_is_kept_through_registering_and_goes_along_to_another_device(
    page: Page, new_context: NewContext, portal: Portal, town: Town
) -> None:
    lesson, login = LESSONS["pay"], town.new_login()
    begin(page, lesson, "together")
    page.locator(lesson.steps[0].press).click()
    told(page, lesson, 2)
    button(page, SAY["leave"]).first.click()
    expect(button(page, "Продолжить с шага 2: Оплатить")).to_be_visible()
    expect(page.locator("main").get_by_text("Шаг 2 из 3")).to_be_visible()
    register(page, login)
    enter_code(page, portal.code(login))
    expect(page).to_have_url(re.compile("/$"))
    live(page)
    other = new_context().new_page()
    town.pass_a_minute(login)
    sign_in(other, login)
    enter_code(other, portal.code(login))
    expect(other.get_by_role("heading", level=1, name=home.HOME_TITLE)).to_be_visible()
    open_page(other, "/training")
    button(other, "Продолжить с шага 2: Оплатить").click()
    told(other, lesson, 2)
    button(other, "Оплатить").click()
    button(other, "Подтвердить оплату").click()
    told(other, lesson, 3)
    button(other, SAY["next"]).click()
    finished(other, lesson)
    button(other, SAY["lessons"]).click()
    expect(other.locator("main").get_by_text("Пройден", exact=True)).to_be_visible()


def test_the_desk_sees_at_which_step_a_lesson_was_left(
    phone_page: Page, town: Town, open_as: OpenAs, look: Look
) -> None:
    lesson = LESSONS["reading"]
    begin(phone_page, lesson, "together")
    phone_page.locator(lesson.steps[0].press).click()
    told(phone_page, lesson, 2)
    button(phone_page, SAY["leave"]).first.click()
    expect(button(phone_page, "Продолжить с шага 2: Передать показание")).to_be_visible()
    page = open_as(town.operator(), viewport=DESK)
    open_page(page, "/desk/training")
    row = page.get_by_role("table", name=f"{lesson.title}: {WAYS['together']}").get_by_role(
        "row", name="Цифры со счётчика"
    )
    expect(row.get_by_role("cell")).to_have_text([re.compile("^[1-9]"), re.compile("^[1-9]")])
    look(page, "/desk/training")


# Where the lesson of a page is taken up: on that page, or where what it lists is come to.
_TAKEN_UP = {step.page: step.page for lesson in LESSONS.values() for step in lesson.steps} | {
    "/accounts": "/settings"
}


@pytest.mark.parametrize(("path", "taken_up"), sorted(_TAKEN_UP.items()), ids=sorted(_TAKEN_UP))
def test_the_question_mark_begins_the_pages_own_lesson(
    town: Town, open_as: OpenAs, path: str, taken_up: str
) -> None:
    page = open_as(town.subscriber(town.household()))
    open_page(page, path)
    button(page, texts.HELP).click()
    expect(coach(page)).to_be_visible()
    (taken,) = [x["value"] for x in page.context.cookies() if x["name"] == "lesson"]
    name, _, at, _ = taken.split(".")
    told(page, LESSONS[name], int(at) + 1)
    assert LESSONS[name].steps[int(at)].page == taken_up
    expect(button(page, texts.HELP)).to_be_hidden()


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_the_ways_in_offer_the_lessons(phone_page: Page, path: str) -> None:
    open_page(phone_page, path)
    phone_page.get_by_role("main").get_by_role("link", name=entrance.TRY_TRAINING, exact=True).click()
    expect(phone_page.get_by_role("heading", level=1, name=texts.TRAINING_TITLE)).to_be_visible()


def test_the_first_page_after_registering_offers_the_lessons(town: Town, open_as: OpenAs) -> None:
    page = open_as(town.person())
    open_page(page, "/")
    page.get_by_role("main").get_by_role("link", name=re.compile(f"^{home.STEP_TRAINING}")).click()
    expect(page.get_by_role("heading", level=1, name=texts.TRAINING_TITLE)).to_be_visible()


# `waited()` is what the coach does when nothing has come of a step for long.
_WAITING = """(() => {
  const later = window.setTimeout;
  window.setTimeout = (act, after, ...more) => after === 30000 ? (window.waited = act, 0) : later(act, after, ...more);
})()"""


def mistake(page: Page, step: Step) -> bool:
    """Sends what the page refuses; False where there is nothing to mistype."""
    wrong = [selector for selector, value in step.type if value != "on"]
    if not wrong and not step.press.startswith("form"):
        return False
    for selector, value in step.type:
        if value == "on" and wrong:
            page.locator(selector).filter(visible=True).first.check()
    for selector in wrong:
        page.locator(selector).filter(visible=True).first.fill("0")
    page.locator(step.press).filter(visible=True).first.click()
    expect(page.locator("[data-error-summary]").first).to_be_visible()
    return True


def skip(page: Page, step: Step) -> None:
    """The way out that whoever is stuck is told of."""
    if step.open:
        read_letter(page)
        return
    button(page, SAY["skip"] if step.path or step.says or step.seen else SAY["next"]).click()
    if step.element == AT_THE_BANK:
        button(page, "Подтвердить оплату").click()


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=list(LESSONS))
def test_a_mistake_brings_a_hint_and_waiting_long_another_and_the_step_can_be_skipped(
    phone_page: Page, lesson: Lesson
) -> None:
    phone_page.add_init_script(_WAITING)
    phone_page.emulate_media(reduced_motion="reduce")
    begin(phone_page, lesson, "together")
    for number, step in enumerate(lesson.steps, 1):
        told(phone_page, lesson, number)
        waits = bool(step.path or step.says or step.seen)
        hint = coach(phone_page).get_by_text(f"{SAY['hint']}: ")
        if waits:
            expect(hint).to_be_hidden()
            if mistake(phone_page, step):
                expect(hint).to_be_visible()
                expect(hint).not_to_contain_text(SAY["stuck"])
            phone_page.evaluate("waited()")
            expect(hint).to_contain_text(step.hint.partition("{")[0])
        if waits and not step.open:
            expect(hint).to_contain_text(SAY["stuck"])
        assert fits(phone_page), step.title
        skip(phone_page, step)
    finished(phone_page, lesson)


def test_a_hint_takes_nothing_from_whoever_types(phone_page: Page) -> None:
    phone_page.add_init_script(_WAITING)
    begin(phone_page, LESSONS["pin"], "together")
    button(phone_page, SAY["skip"]).click()
    told(phone_page, LESSONS["pin"], 2)
    email = phone_page.locator("#email")
    type_in(email, "uchenik@")
    phone_page.evaluate("waited()")
    expect(coach(phone_page)).to_contain_text(SAY["stuck"])
    phone_page.keyboard.type("example.ru")
    expect(email).to_have_value("uchenik@example.ru")


def test_the_pins_lesson_is_taken_up_where_it_was_left(phone_page: Page) -> None:
    lesson = LESSONS["pin"]
    begin(phone_page, lesson, "together")
    button(phone_page, SAY["skip"]).click()
    told(phone_page, lesson, 2)
    button(phone_page, SAY["leave"]).first.click()
    button(phone_page, f"Продолжить с шага 2: {lesson.title}").click()
    told(phone_page, lesson, 2)
    expect(phone_page.locator("[data-upload] .files .file")).to_have_count(1)
    button(phone_page, SAY["skip"]).click()
    told(phone_page, lesson, 3)
    button(phone_page, SAY["leave"]).first.click()
    button(phone_page, f"Продолжить с шага 3: {lesson.title}").click()
    told(phone_page, lesson, 3)
    expect(phone_page.get_by_role("status").filter(has_text="Принята")).to_be_visible()
    open_page(phone_page, "/")
    expect(coach(phone_page)).to_contain_text(SAY["elsewhere"])
    button(phone_page, SAY["go"]).click()
    told(phone_page, lesson, 3)
    read_letter(phone_page)
    told(phone_page, lesson, 4)
    button(phone_page, SAY["skip"]).click()
    finished(phone_page, lesson)


def test_a_page_that_forgot_its_step_is_gone_over_again(phone_page: Page, portal: Portal) -> None:
    lesson = LESSONS["connect"]
    begin(phone_page, lesson, "together")
    known = household(portal, phone_page)
    for number, step in enumerate(lesson.steps[:3], 1):
        told(phone_page, lesson, number)
        do(phone_page, step, known)
    told(phone_page, lesson, 4)
    phone_page.reload()
    told(phone_page, lesson, 3)


def test_escape_folds_the_task_and_the_lesson_goes_on(phone_page: Page) -> None:
    lesson = LESSONS["charges"]
    begin(phone_page, lesson, "alone")
    button(phone_page, SAY["hint"]).click()
    expect(coach(phone_page)).to_contain_text(lesson.steps[1].text[:20])  # of what is to be done
    assert phone_page.evaluate(_FOCUS).startswith("card")
    shown = button(phone_page, SAY["show"])
    for _ in range(2):  # in the folded state it changes nothing
        phone_page.keyboard.press("Escape")
        expect(coach(phone_page)).to_have_count(0)
        expect(shown).to_be_focused()
    phone_page.keyboard.press("Enter")
    expect(coach(phone_page)).to_contain_text(lesson.title)
    expect(shown).to_have_count(0)
    expect(coach(phone_page).locator(".coach-title")).to_be_focused()


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


def test_whoever_goes_home_early_has_not_passed(phone_page: Page, portal: Portal) -> None:
    lesson = LESSONS["connect"]
    begin(phone_page, lesson, "alone")
    known = household(portal, phone_page)
    for step in lesson.steps[:-1]:
        do(phone_page, step, known)
    go_home(phone_page)
    expect(phone_page.get_by_role("link", name=re.compile(f"^{home.STEP_ACCOUNT}"))).to_be_visible()
    expect(coach(phone_page).locator(".coach-title")).to_have_text(lesson.title)


def test_whoever_goes_home_with_the_pin_unused_has_not_passed(phone_page: Page) -> None:
    lesson = LESSONS["pin"]
    open_page(phone_page, "/pin/status")
    button(phone_page, texts.HELP).click()
    told(phone_page, lesson, 3)
    read_letter(phone_page)
    told(phone_page, lesson, 4)
    button(phone_page, "Свернуть подсказку").click()
    go_home(phone_page)
    button(phone_page, SAY["show"]).click()
    expect(coach(phone_page)).to_contain_text(SAY["elsewhere"])


def go_home(page: Page) -> None:
    page.get_by_role("link", name="Газ дома").filter(visible=True).first.click()
    expect(page).to_have_url(re.compile("/$"))


def test_back_leads_to_the_step_before_and_waits_there(phone_page: Page, portal: Portal) -> None:
    lesson = LESSONS["reading"]
    begin(phone_page, lesson, "together")
    expect(button(phone_page, SAY["back"])).to_have_count(0)
    known = household(portal, phone_page)
    for step in lesson.steps[:2]:
        do(phone_page, step, known)
    told(phone_page, lesson, 3)
    button(phone_page, SAY["back"]).click()
    told(phone_page, lesson, 2)
    button(phone_page, SAY["back"]).click()
    told(phone_page, lesson, 1)
    expect(phone_page).to_have_url(f"{portal.url}/")
    button(phone_page, SAY["next"]).click()
    expect(coach(phone_page)).to_contain_text(SAY["elsewhere"])
    button(phone_page, SAY["go"]).click()
    told(phone_page, lesson, 2)
    expect(button(phone_page, SAY["next"])).to_have_count(0)  # the receipt went with its page


def test_a_step_gone_back_to_that_is_done_waits_for_the_person(phone_page: Page) -> None:
    lesson = LESSONS["charges"]
    begin(phone_page, lesson, "together")
    button(phone_page, SAY["next"]).click()
    phone_page.locator(lesson.steps[1].press).first.click()
    told(phone_page, lesson, 3)
    button(phone_page, SAY["back"]).click()
    told(phone_page, lesson, 2)
    phone_page.locator(lesson.steps[1].press).first.click()
    told(phone_page, lesson, 2)
    phone_page.locator(lesson.steps[1].press).first.click()
    told(phone_page, lesson, 3)
    button(phone_page, SAY["back"]).click()
    button(phone_page, SAY["next"]).click()
    told(phone_page, lesson, 3)


@pytest.mark.parametrize(("lesson", "number"), [("connect", 3), ("pin", 2)])
def test_a_form_that_was_sent_and_is_gone_back_to_is_not_empty(
    phone_page: Page, portal: Portal, lesson: str, number: int
) -> None:
    steps = LESSONS[lesson].steps
    begin(phone_page, LESSONS[lesson], "together")
    known = household(portal, phone_page)
    for behind, step in enumerate(steps[:number]):
        told(phone_page, LESSONS[lesson], behind + 1)
        do(phone_page, step, known)
    told(phone_page, LESSONS[lesson], number + 1)
    button(phone_page, SAY["back"]).click()
    told(phone_page, LESSONS[lesson], number)
    sample = phone_page.request.get("/api/practice").json()["steps"][number - 1]["type"]
    for field, value in ((phone_page.locator(selector), value) for selector, value in sample):
        if value == "on":
            expect(field).to_be_checked()
        else:
            # The page may write a number in its own way.
            any_spaces = " ?".join(map(re.escape, value.replace(" ", "")))
            expect(field).to_have_value(re.compile(f"^{any_spaces}$"))


def test_a_bank_left_without_an_answer_is_helped_out_of(phone_page: Page) -> None:
    lesson = LESSONS["pay"]
    begin(phone_page, lesson, "together")
    phone_page.locator(lesson.steps[0].press).click()
    told(phone_page, lesson, 2)
    button(phone_page, payments.PAY).click()
    button(phone_page, "Закрыть без ответа").click()
    told(phone_page, lesson, 2)
    expect(coach(phone_page)).to_contain_text(payments.PAY_OTHER)
    stands_clear(phone_page)
    button(phone_page, SAY["skip"]).click()
    button(phone_page, "Закрыть без ответа").click()
    told(phone_page, lesson, 2)
    phone_page.get_by_text(payments.PAY_OTHER, exact=True).click()
    button(phone_page, payments.PAY).click()
    button(phone_page, "Подтвердить оплату").click()
    told(phone_page, lesson, 3)


def test_a_payment_that_the_practice_bank_does_not_know_leads_back_to_the_lesson(
    phone_page: Page, watch: Watch, check_axe: CheckAxe
) -> None:
    watch.allow("404")
    lesson = LESSONS["pay"]
    begin(phone_page, lesson, "together")
    phone_page.locator(lesson.steps[0].press).click()
    told(phone_page, lesson, 2)
    phone_page.goto("/demo/bank?payment=of-another-lesson")
    expect(phone_page.get_by_role("main")).to_contain_text(demo.PRACTICE_NO_PAYMENT)
    expect(phone_page.get_by_text("Обучение: данные ненастоящие")).to_be_visible()
    check_axe(phone_page)
    phone_page.get_by_role("link", name=demo.BACK).click()
    expect(coach(phone_page)).to_contain_text(SAY["elsewhere"])
    button(phone_page, SAY["go"]).click()
    told(phone_page, lesson, 2)


def test_what_is_framed_tells_the_steps_text_and_shows_that_it_has_the_focus(phone_page: Page) -> None:
    lesson = LESSONS["reading"]
    begin(phone_page, lesson, "together")
    link = phone_page.locator(lesson.steps[0].press)
    expect(link).to_be_focused()
    expect(link).to_have_accessible_description(lesson.steps[0].text)
    phone_page.keyboard.press("Tab")
    phone_page.keyboard.press("Shift+Tab")
    assert link.evaluate("it => getComputedStyle(it).boxShadow") == f"{HALO} 0px 0px 0px 6px"
    phone_page.keyboard.press("Enter")
    told(phone_page, lesson, 2)
    value = phone_page.locator("#value")
    expect(value).to_have_accessible_description(re.compile(lesson.steps[1].text.partition("{")[0]))
    button(phone_page, "Свернуть подсказку").click()
    expect(value).not_to_have_accessible_description(re.compile(lesson.steps[1].text.partition("{")[0]))
