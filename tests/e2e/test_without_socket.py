"""Pages before, without and after their socket: readable, honest about the connection, closed to strangers."""

import re

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from cabinet.texts import shell
from tests.e2e.conftest import NewContext, OpenAs, Watch, live
from tests.e2e.people import PASSWORD, Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, fill_login, open_page, sign_out

EVENTS = re.compile("/_event")
PAGES = {
    "/": (),
    "/register": ("Логин", "Пароль"),
    "/confirm": ("Код подтверждения",),
    "/login": ("Логин", "Пароль"),
    "/reset": ("Логин",),
    "/settings": (),
    "/accounts": (),
    "/accounts/new": ("Лицевой счёт",),
    "/readings": (),
    "/charges": (),
    "/pay": (),
    "/pin": ("Адрес", "Электронная почта"),
    "/pin/status": (),
    "/training": (),
}


def refuse(socket: WebSocketRoute) -> None:
    """As a network does that lets no socket through."""
    socket.close(code=1001)


def check_readable(page: Page, path: str, fields: tuple[str, ...]) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", level=1).filter(visible=True)).to_have_count(1)
    expect(page.get_by_role("link", name="Газ дома").filter(visible=True).first).to_be_visible()
    for field in fields:
        expect(box(page, field)).to_be_visible()
    for words in ("Ошибка", "undefined", "null", "NaN"):
        expect(page.get_by_role("main").filter(visible=True)).not_to_contain_text(words)


def test_every_page_is_readable_without_javascript(new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    for path, fields in PAGES.items():
        check_readable(page, path, fields)
        assert "включите JavaScript" in page.content()


def test_an_answer_that_is_late_is_seen_to_be_awaited(open_as: OpenAs, town: Town) -> None:
    page = open_as(town.person())
    kept: list[str | bytes] = []
    holding: list[bool] = []
    sockets: list[WebSocketRoute] = []

    def carry(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda words: kept.append(words) if holding else socket.send(words))
        sockets.append(socket)

    page.route_web_socket(EVENTS, carry)
    open_page(page, "/settings/notifications")
    waiting = page.locator("html[data-waiting]")
    expect(waiting).to_have_count(0)
    holding.append(True)
    button(page, "Сохранить").click()
    expect(waiting).to_have_count(1)
    holding.clear()
    for words in kept:
        sockets[-1].send(words)
    expect(page.get_by_role("status").filter(has_text="Выбор сохранён")).to_be_focused()
    expect(waiting).to_have_count(0)


def test_every_page_is_readable_while_the_socket_is_refused(phone_page: Page, watch: Watch) -> None:
    watch.allow("WebSocket")
    phone_page.route_web_socket(EVENTS, refuse)
    for path, fields in PAGES.items():
        check_readable(phone_page, path, fields)
    expect(phone_page.get_by_text(shell.OFFLINE)).to_be_visible(timeout=8_000)


def test_a_form_sent_without_javascript_keeps_the_password_out_of_the_address(
    new_context: NewContext,
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/login", "/register"):
        page.goto(path)
        fill_login(page, "anna@example.ru")
        page.get_by_role("main").get_by_role("button", name=re.compile("^(Войти|Зарегистр)")).click()
        expect(box(page, "Пароль")).to_have_value("")
    assert (
        len([url for url in asked if url.endswith(("/login", "/register"))]) == 6
    )  # asked for, posted, shown again
    assert [url for url in asked if "password" in url or "anna" in url] == []


def test_a_form_sent_too_early_is_sent_when_the_page_has_come_alive(
    phone_page: Page, town: Town, portal: Portal
) -> None:
    """The scripts are held back until the person has typed and pressed the button."""
    person = town.person()
    person.move_in(phone_page.context, portal.url)
    phone_page.context.clear_cookies(name="session")
    held: list[Route] = []
    holding = True

    def hold(route: Route) -> None:
        if holding:
            held.append(route)
        else:
            route.continue_()

    phone_page.route("**/assets/*.js", hold)
    phone_page.goto("/login?next=/settings", wait_until="commit")
    fill_login(phone_page, person.login, PASSWORD)
    button(phone_page, "Войти").click()
    expect(box(phone_page, "Пароль")).to_have_value(PASSWORD)
    holding = False
    for route in held:
        route.continue_()
    expect(phone_page).to_have_url(f"{portal.url}/settings")
    expect(phone_page.get_by_text(person.login)).to_be_visible()


def test_a_lost_connection_is_said_until_it_is_back(open_as: OpenAs, town: Town, watch: Watch) -> None:
    watch.allow("WebSocket|ERR_INTERNET_DISCONNECTED")
    household = town.household()
    page = open_as(town.subscriber(household))
    open_page(page, "/readings")
    box(page, "Показание").fill(str(household.last_reading + 7))
    page.context.set_offline(True)
    notice = page.get_by_text(shell.OFFLINE)
    expect(notice).to_be_visible()
    expect(box(page, "Показание")).to_have_value(str(household.last_reading + 7))
    page.context.set_offline(False)
    expect(notice).to_be_hidden()
    button(page, "Передать показание").click()
    expect(page.get_by_text("Показание принято")).to_be_visible(timeout=10_000)


def test_a_cut_socket_is_opened_again_and_nothing_typed_is_lost(
    open_as: OpenAs, town: Town, watch: Watch
) -> None:
    watch.allow("WebSocket")
    household = town.household()
    page = open_as(town.subscriber(household))
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket(EVENTS, through)
    open_page(page, "/readings")
    box(page, "Показание").fill(str(household.last_reading + 7))
    with page.expect_websocket():
        sockets[-1].close(code=1001)
    button(page, "Передать показание").click()
    expect(page.get_by_text("Показание принято")).to_be_visible(timeout=10_000)
    assert town.readings(household) == [household.last_reading + 7]


def test_a_signed_out_socket_gets_nothing(open_as: OpenAs, town: Town, portal: Portal) -> None:
    person = town.subscriber(town.household())
    page = open_as(person)
    open_page(page, "/readings")
    ended = page.request.post("/api/session/end", headers={"origin": portal.url}, max_redirects=0)
    assert ended.status == 303
    expect(page).to_have_url(re.compile(r"/login\?next=%2Freadings$"))  # by itself: its socket was closed
    live(page)
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))
    live(page)
    expect(page.get_by_text(person.login)).to_have_count(0)


def test_another_person_in_the_same_tab_sees_nothing_of_the_first(
    open_as: OpenAs, town: Town, portal: Portal
) -> None:
    household = town.household()
    page = open_as(town.subscriber(household))
    open_page(page, "/")
    expect(page.get_by_role("main")).to_contain_text(household.shown_number)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(str(frame))))
    town.person().move_in(page.context, portal.url)
    open_page(page, "/")
    expect(page.get_by_role("link", name=re.compile("^Подключите лицевой счёт"))).to_be_visible()
    assert sent
    assert household.account not in "".join(sent)
    assert household.shown_number not in "".join(sent)


LEFT = """() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]
    .filter((key) => /^(typed|draft):/.test(key))"""
TYPED = """() => {
    sessionStorage.setItem("typed:pin-request", '{"phone": "8 912 745-10-20"}');
    localStorage.setItem("draft:reading-1", "06900");
}"""


def test_a_page_that_is_looked_at_after_signing_out_elsewhere_shows_and_keeps_nothing(
    open_as: OpenAs, town: Town, portal: Portal
) -> None:
    household = town.household()
    page = open_as(town.subscriber(household))
    open_page(page, "/")
    expect(page.get_by_role("main")).to_contain_text(household.shown_number)
    page.evaluate(TYPED)
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    assert len(page.evaluate(LEFT)) == 2  # the session goes on
    ended = page.context.request.post(
        f"{portal.url}/api/session/end", headers={"origin": portal.url}, max_redirects=0
    )
    assert ended.status == 303
    page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("main")).not_to_contain_text(household.shown_number)
    live(page)
    expect(page.get_by_text(household.shown_number)).to_have_count(0)
    assert page.evaluate(LEFT) == []


def test_signing_out_takes_along_what_was_typed(open_as: OpenAs, town: Town) -> None:
    page = open_as(town.person())
    open_page(page, "/settings")
    page.evaluate(TYPED)
    sign_out(page)
    expect(page).to_have_url(re.compile("/login"))
    assert page.evaluate(LEFT) == []
