"""Passkeys in a real Chromium with a virtual authenticator: added, used in a fresh browser, renamed, removed."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

from cabinet.domain import cookies
from tests.e2e.conftest import CheckAxe, NewContext, OpenAs, Watch, live
from tests.e2e.people import Town
from tests.e2e.portal import Portal
from tests.e2e.steps import box, button, enter_code, open_page, sign_in, sign_out

ADD, SIGN_IN = "Добавить ключ доступа", "Войти с ключом доступа"


@dataclass
class Device:
    """A virtual authenticator of one page: a telephone that recognises its owner, or does not."""

    session: CDPSession
    id: str

    def keys(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def take(self, key: dict[str, Any]) -> None:
        """A passkey that was synced from another device."""
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": key})

    def recognise(self, *, yes: bool) -> None:
        """Whether the finger on it is its owner's."""
        wanted = {"authenticatorId": self.id, "isUserVerified": yes}
        self.session.send("WebAuthn.setUserVerified", wanted)


def device(page: Page, *, suggesting: bool = False) -> Device:
    """Whoever is asked says yes at once, to suggestions in the login's field too."""
    if not suggesting:
        page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Device(session, made["authenticatorId"])


def add(page: Page) -> None:
    open_page(page, "/settings/passkeys")
    button(page, ADD).click()
    expect(page.get_by_role("status").filter(has_text="Ключ доступа добавлен")).to_be_focused()


def test_a_passkey_is_added_signs_in_elsewhere_without_a_password_and_is_removed(
    page: Page, new_context: NewContext, portal: Portal, town: Town
) -> None:
    person = town.person()
    person.move_in(page.context, portal.url)
    telephone = device(page)
    open_page(page, "/settings")
    page.get_by_role("link", name="Ключи доступа").click()
    expect(page.get_by_text("Ключей доступа пока нет")).to_be_visible()
    button(page, ADD).click()
    expect(page.get_by_role("status").filter(has_text="Ключ доступа добавлен")).to_be_focused()
    expect(row(page)).to_contain_text("Ещё не использовался")
    assert "Добавлен ключ доступа" in portal.mail(person.login)
    [key] = telephone.keys()
    assert key["rpId"] == "localhost"
    sign_out(page)

    elsewhere = new_context(viewport=page.viewport_size).new_page()
    device(elsewhere).take(key)
    open_page(elsewhere, "/login?next=%2Fsettings%2Fpasskeys")
    elsewhere.get_by_role("checkbox", name=re.compile("^Запомнить")).check()
    button(elsewhere, SIGN_IN).click()
    expect(elsewhere).to_have_url(f"{portal.url}/settings/passkeys")
    [until] = [x["expires"] for x in elsewhere.context.cookies() if x["name"] == cookies.SESSION]
    assert 29 < (until - time.time()) / 86_400 <= 30
    expect(row(elsewhere)).to_contain_text("Последний вход")

    elsewhere.get_by_role("link", name=re.compile("^Изменить")).click()
    box(elsewhere, "Название").fill(" ")
    button(elsewhere, "Сохранить").click()
    expect(elsewhere.locator("[data-error-summary]")).to_be_focused()
    box(elsewhere, "Название").fill("Телефон Анны")
    button(elsewhere, "Сохранить").click()
    expect(elsewhere.get_by_role("status").filter(has_text="Название сохранено")).to_be_focused()
    button(elsewhere, "Удалить").click()
    expect(elsewhere.get_by_role("status").filter(has_text="Ключ доступа удалён")).to_be_focused()
    expect(elsewhere.get_by_text("Ключей доступа пока нет")).to_be_visible()
    assert "Удалён ключ доступа" in portal.mail(person.login)
    sign_out(elsewhere)
    live(elsewhere)
    button(elsewhere, SIGN_IN).click()
    expect(
        elsewhere.get_by_role("alert").filter(has_text="Такого ключа доступа в кабинете нет")
    ).to_be_focused()


def row(page: Page) -> Locator:
    return page.get_by_role("listitem").filter(has_text="Chrome, Linux")


def test_the_login_field_suggests_a_passkey(
    open_as: OpenAs, new_context: NewContext, portal: Portal, town: Town
) -> None:
    here = open_as(town.person())
    telephone = device(here)
    add(here)
    elsewhere = new_context().new_page()
    tablet = device(elsewhere, suggesting=True)
    open_page(elsewhere, "/login")  # the tablet knows no passkey yet
    expect(box(elsewhere, "Логин")).to_have_attribute("autocomplete", "username webauthn")
    expect(elsewhere.locator("[data-passkey*=challenge]")).to_be_attached()
    elsewhere.evaluate(  # it comes to nothing at once, and nobody is told
        "navigator.credentials.get({mediation: 'conditional', publicKey: {challenge: new Uint8Array(16)}}).catch(() => 0)"
    )
    expect(elsewhere.get_by_role("alert")).to_have_count(0)
    elsewhere.goto("about:blank")
    tablet.take(telephone.keys()[0])
    elsewhere.goto("/login", wait_until="commit")  # the suggestion is taken as soon as it is made
    expect(elsewhere).to_have_url(f"{portal.url}/")


def test_who_does_not_choose_a_passkey_is_told_and_loses_nothing(
    new_context: NewContext, open_as: OpenAs, town: Town
) -> None:
    page = new_context().new_page()
    device(page)
    open_page(page, "/login")
    box(page, "Логин").fill("anna@example.ru")
    button(page, SIGN_IN).click()  # the device has no passkey, which it keeps to itself
    expect(page.get_by_role("alert").filter(has_text="Ключ доступа не выбран")).to_be_focused()
    expect(box(page, "Логин")).to_have_value("anna@example.ru")
    mine = open_as(town.person())
    telephone = device(mine)
    telephone.recognise(yes=False)
    open_page(mine, "/settings/passkeys")
    button(mine, ADD).click()
    expect(mine.get_by_role("alert").filter(has_text="Ключ доступа не выбран")).to_be_focused()
    telephone.recognise(yes=True)
    button(mine, ADD).click()
    expect(mine.get_by_role("status").filter(has_text="Ключ доступа добавлен")).to_be_focused()
    button(mine, ADD).click()
    expect(mine.get_by_role("alert").filter(has_text="уже добавлен")).to_be_focused()
    expect(row(mine)).to_have_count(1)


def test_a_browser_without_passkeys_hears_of_none(open_as: OpenAs, phone_page: Page, town: Town) -> None:
    phone_page.add_init_script("delete window.PublicKeyCredential")
    open_page(phone_page, "/login")
    expect(button(phone_page, "Войти")).to_be_visible()
    expect(phone_page.get_by_text(SIGN_IN)).to_be_hidden()
    mine = open_as(town.person())
    mine.add_init_script("delete window.PublicKeyCredential")
    open_page(mine, "/settings/passkeys")
    expect(mine.get_by_text("Этот браузер не знает ключей доступа")).to_be_visible()
    expect(mine.get_by_text(ADD)).to_be_hidden()


def test_what_is_sent_by_hand_to_the_handlers_signs_nobody_in(phone_page: Page, watch: Watch) -> None:
    """passkeys.js replaced by a liar's."""
    lies = json.dumps({"answer": "{" + "x" * 15_000 + "}", "remember": True})
    lie = f"export const able = () => false; export const prove = () => ({lies}); export const offer = prove;"
    phone_page.route("**/passkeys.js", lambda route: route.fulfill(body=lie, content_type="text/javascript"))
    open_page(phone_page, "/login")
    button(phone_page, SIGN_IN).click()
    expect(phone_page.get_by_role("alert").filter(has_text="Ключ доступа не подошёл")).to_be_focused()


def test_after_a_password_the_passkey_or_a_code_confirms_who_it_is(
    open_as: OpenAs, new_context: NewContext, portal: Portal, town: Town
) -> None:
    person = town.person()
    here = open_as(person)
    telephone = device(here)
    add(here)
    assert "Добавлен ключ доступа" in portal.mail(person.login)
    elsewhere = new_context().new_page()
    device(elsewhere).take(telephone.keys()[0])
    sign_in(elsewhere, person.login)
    expect(elsewhere.get_by_role("heading", name="Подтвердите вход")).to_be_visible()
    button(elsewhere, "Подтвердить ключом доступа").click()
    expect(elsewhere).to_have_url(f"{portal.url}/")
    lost = new_context().new_page()
    device(lost)
    sign_in(lost, person.login)
    button(lost, "Подтвердить ключом доступа").click()
    expect(lost.get_by_role("alert").filter(has_text="Ключ доступа не выбран")).to_be_focused()
    button(lost, "Ключа нет под рукой? Прислать код").click()
    expect(lost.get_by_role("heading", name="Подтверждение")).to_be_visible()
    enter_code(lost, portal.code(person.login))
    expect(lost).to_have_url(f"{portal.url}/")


def test_after_ten_minutes_the_passkey_confirms_who_it_is_and_leads_back(
    open_as: OpenAs, town: Town, check_axe: CheckAxe
) -> None:
    person = town.person()
    page = open_as(person)
    telephone = device(page)
    add(page)
    town.age_sessions(person)
    open_page(page, "/settings/second")
    expect(page.get_by_role("heading", name="Подтвердите, что это вы")).to_be_visible()
    confirm = button(page, "Подтвердить ключом доступа")
    expect(confirm).to_be_visible()
    check_axe(page)
    telephone.recognise(yes=False)
    confirm.click()
    expect(page.get_by_role("alert").filter(has_text="Ключ доступа не выбран")).to_be_focused()
    telephone.recognise(yes=True)
    confirm.click()
    expect(page.get_by_role("heading", name="Вход с подтверждением")).to_be_visible()
