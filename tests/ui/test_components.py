"""What components draw: names, links between label, hint and error, and what stays native."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext

from cabinet.services.charges import BarRow
from cabinet.texts import shell as texts
from cabinet.ui import layout, routes
from cabinet.ui.components import bars, buttons, drum, error_summary, field, form, pill
from cabinet.ui.icons import PATHS, icon
from cabinet.ui.links import link

if TYPE_CHECKING:
    from collections.abc import Iterator


class LookState(rx.State):
    """Vars as pages pass them."""

    problems: dict[str, str] = {}  # noqa: RUF012 - a var of a state
    busy: bool = False
    capacity: int = 5

    @rx.event
    def send(self, form: dict[str, str]) -> None:
        """Take nothing."""


@dataclass(frozen=True)
class Drawn:
    """An element as rendered: its tag, its props as JavaScript, its children's text."""

    tag: str
    props: dict[str, str]
    text: str


def words(node: dict[str, Any]) -> str:
    own = node.get("contents", "")
    text = json.loads(own) if own.startswith('"') else own
    inner = [*node.get("children", []), *(node[key] for key in ("true_value", "false_value") if key in node)]
    return text + "".join(words(child) for child in inner if isinstance(child, dict))


def walk(node: dict[str, Any]) -> Iterator[Drawn]:
    props = dict(
        prop.split(":", 1) for prop in node.get("props", []) if isinstance(prop, str) and ":" in prop
    )
    clean = {name.strip('"'): value.strip('"') for name, value in props.items()}
    yield Drawn(node.get("name", "").strip('"'), clean, words(node))
    branches = [
        node[key] for key in ("true_value", "false_value", "default") if isinstance(node.get(key), dict)
    ]
    for child in [*node.get("children", []), *branches]:
        if isinstance(child, dict):
            yield from walk(child)


def drawn(component: rx.Component, tag: str) -> list[Drawn]:
    return [element for element in walk(component.render()) if element.tag == tag]


def test_a_field_links_label_hint_and_error_to_its_input() -> None:
    shown = field.field("login", "Логин", hint="Сотовый или почта", problem=LookState.problems["login"])
    box = drawn(shown, "input")[0].props
    assert drawn(shown, "label")[0].props["htmlFor"] == box["id"] == box["name"] == "login"
    assert '"login-problem login-hint" : "login-hint"' in box["aria-describedby"]
    assert '"true" : "false"' in box["aria-invalid"]
    assert {line.props.get("id") for line in drawn(shown, "p")} == {"login-hint", "login-problem"}


def test_a_calm_plain_field_says_nothing_about_errors() -> None:
    shown = field.field("login", "Логин")
    box = drawn(shown, "input")[0].props
    assert box["aria-invalid"] == "false"
    assert "aria-describedby" not in box
    assert drawn(shown, "p") == []


def test_an_error_stands_beside_its_field_with_a_cross_and_the_word() -> None:
    shown = field.field("login", "Логин", problem="Введите почту")
    line = drawn(shown, "p")[0]
    assert line.text == "Ошибка: Введите почту"
    assert drawn(shown, "path")[0].props["d"] == PATHS["cross"]
    assert drawn(shown, "input")[0].props["aria-describedby"] == "login-problem"


def test_a_field_passes_on_what_phones_need() -> None:
    shown = field.field("login", "Логин", input_mode="email", auto_complete="username", enter_key_hint="next")
    box = drawn(shown, "input")[0].props
    assert (box["inputMode"], box["autoComplete"], box["enterKeyHint"]) == ("email", "username", "next")


def test_a_password_is_shown_by_a_button_that_submits_nothing() -> None:
    shown = field.password_field("password", "Пароль", auto_complete="new-password")
    button = drawn(shown, "button")[0]
    assert (button.props["type"], button.props["data-reveal"]) == ("button", "password")
    assert drawn(shown, "input")[0].props["type"] == "password"
    assert "aria-label" not in button.props


def test_a_code_is_one_numeric_field_that_the_phone_may_fill() -> None:
    box = drawn(field.code_field(), "input")[0].props
    assert (box["autoComplete"], box["inputMode"], box["name"]) == ("one-time-code", "numeric", "code")
    assert "maxLength" not in box


def test_money_shows_its_unit_to_the_eye_only() -> None:
    shown = field.money_field("sum", "Сумма")
    assert drawn(shown, "input")[0].props["inputMode"] == "decimal"
    assert [unit.text for unit in drawn(shown, "span") if unit.props.get("aria-hidden") == "true"] == ["₽"]


def test_a_checkbox_is_native_and_unticked() -> None:
    box = drawn(field.checkbox("consent", "Согласие"), "input")[0].props
    assert (box["type"], box["name"], box["id"]) == ("checkbox", "consent", "consent")
    assert "defaultChecked" not in box


def test_a_radio_card_is_named_by_its_title_and_described_by_its_note() -> None:
    shown = field.radio_card("access", "basic", "Основной — только оплата", "Открыт сразу")
    radio = drawn(shown, "input")[0].props
    by_id = {line.props.get("id"): line.text for line in drawn(shown, "span")}
    assert by_id[radio["aria-labelledby"]] == "Основной — только оплата"
    assert by_id[radio["aria-describedby"]] == "Открыт сразу"


def test_a_radio_group_is_a_fieldset_that_the_summary_can_reach() -> None:
    shown = field.radio_group(
        "Доступ", field.radio_card("access", "a", "А"), name="access", problem="Выберите"
    )
    assert drawn(shown, "legend")[0].text == "Доступ"
    group = drawn(shown, "fieldset")[0].props
    assert (group["id"], group["aria-describedby"]) == ("access", "access-problem")


def test_the_error_summary_is_empty_without_problems_and_links_to_fields() -> None:
    tree = error_summary.error_summary(LookState.problems).render()
    source = json.dumps(tree, ensure_ascii=False, default=str)
    assert "length" in source.split("cond_state", 1)[1][:200]
    assert texts.CHECK_INPUT in words(tree)
    assert 'role:\\"alert\\"' in source


def test_a_form_leaves_validation_to_the_server_and_puts_the_summary_first() -> None:
    shown = form.form(rx.el.p("поле"), on_submit=LookState.send, problems=LookState.problems)
    tree = shown.render()
    assert drawn(shown, "form")[0].props["noValidate"] == "true"
    assert texts.CHECK_INPUT in words(tree["children"][0])


def test_a_busy_button_keeps_its_words_and_is_not_disabled() -> None:
    shown = buttons.primary("Отправить", busy=LookState.busy)
    button = drawn(shown, "button")[0]
    assert "aria-busy" in button.props
    assert "disabled" not in button.props
    assert button.text == "Отправить"
    voice = next(line for line in drawn(shown, "span") if line.props.get("role") == "status")
    assert json.dumps(texts.BUSY) in voice.text


@pytest.mark.parametrize(("make", "kind"), [(buttons.primary, "submit"), (buttons.secondary, "button")])
def test_only_the_primary_button_submits(make: Any, kind: str) -> None:
    assert drawn(make("Да"), "button")[0].props["type"] == kind


def test_the_drum_is_one_decimal_input_over_silent_wheels() -> None:
    shown = drum.drum(capacity=5, fraction=3, previous="06 878")
    boxes = drawn(shown, "input")
    assert len(boxes) == 1
    assert (boxes[0].props["name"], boxes[0].props["inputMode"]) == ("value", "decimal")
    assert "defaultValue" not in boxes[0].props
    assert drawn(shown, "label")[0].text == texts.READING
    wheels = [
        line.props["className"] for line in drawn(shown, "span") if "wheel" in line.props.get("className", "")
    ]
    assert wheels == ["wheel"] * 5 + ["wheel red"] * 3
    assert (
        next(d for d in drawn(shown, "div") if "data-previous" in d.props).props["data-previous"] == "06 878"
    )


def test_the_drum_takes_its_capacity_from_a_var() -> None:
    source = json.dumps(drum.drum(capacity=LookState.capacity).render(), default=str)
    assert "capacity_rx_state_" in source


@pytest.mark.parametrize("kind", list(pill.ICONS))
def test_a_status_is_an_icon_and_a_word(kind: str) -> None:
    shown = pill.pill(kind, "Слово")
    assert drawn(shown, "path")[0].props["d"] == PATHS[pill.ICONS[kind]]
    assert "Слово" in drawn(shown, "span")[0].text


def test_bars_are_silent_and_their_table_tells_all() -> None:
    rows = [
        BarRow("окт", "октябрь 2026", 74, 88, "43 м³", "51 м³", estimated=True),
        BarRow("ноя", "ноябрь 2026", 9, -1, "5 м³"),
    ]
    shown = bars.bars(rows, "Расход за год")
    chart = next(d for d in drawn(shown, "div") if d.props.get("className") == "bars")
    assert chart.props["aria-hidden"] == "true"
    assert [row.text for row in drawn(shown, "th")][3:] == ["октябрь 2026", "ноябрь 2026"]
    assert drawn(shown, "summary")[0].text == texts.SHOW_AS_TABLE


def test_an_unknown_drawing_is_an_error_while_building() -> None:
    with pytest.raises(KeyError):
        icon("elephant")


def test_inner_links_keep_the_socket_and_others_load_documents() -> None:
    assert link("А", href="/pay").render()["name"].strip('"') == "ReactRouterLink"
    assert link("А", href="/api/bill.pdf").render()["name"].strip('"') == "a"
    assert link("А", href="tel:104").render()["name"].strip('"') == "a"


@pytest.mark.parametrize("shell", ["guest", "cabinet", "desk"])
def test_every_shell_has_a_skip_link_one_main_and_its_notice(shell: Any) -> None:
    shown = layout.frame(layout.heading("Заголовок"), shell=shell, here="/")
    assert [part.props["id"] for part in drawn(shown, "main")] == ["main"]
    assert drawn(shown, "a")[0].props["href"] == "#main"
    assert len(drawn(shown, "h1")) == 1
    assert any(
        texts.OFFLINE in part.text for part in drawn(shown, "div") if part.props.get("role") == "status"
    )


def test_the_menu_has_its_contracted_names_for_desk_and_phone() -> None:
    shown = layout.frame(rx.el.p(), shell="cabinet", here=routes.PAY)  # noqa: S604
    header, bar = drawn(shown, "nav")
    names = [
        texts.HOME,
        texts.READINGS,
        texts.CHARGES,
        texts.PAY,
        texts.SETTINGS,
        texts.TRAINING,
        texts.SIGN_OUT,
    ]
    assert [name for name in names if name not in header.text] == []
    assert [name for name in [*names, texts.MORE] if name not in bar.text] == []


def test_the_menu_marks_the_page_that_is_open() -> None:
    shown = layout.frame(rx.el.p(), shell="cabinet", here=routes.PAY)  # noqa: S604
    marked = [item for item in drawn(shown, "ReactRouterLink") if item.props.get("aria-current") == "page"]
    assert {item.text for item in marked} == {texts.PAY}


def test_signing_out_is_a_plain_post() -> None:
    shown = layout.sign_out("nav-link")
    sent = drawn(shown, "form")[0].props
    assert (sent["method"], sent["action"]) == ("post", routes.API_SESSION_END)
    assert "onSubmit" not in sent


def test_a_page_is_registered_with_its_title_and_shell() -> None:
    with RegistrationContext():

        @layout.page("/look", title="Вид", shell="guest", back="/")  # noqa: S604
        def look() -> rx.Component:
            return layout.heading("Вид")

        render, settings = RegistrationContext.ensure_context().decorated_pages[-1]
        assert (settings["route"], settings["title"]) == ("/look", "Вид — Газ дома")
        whole = render()
    assert isinstance(whole, rx.Component)
    assert texts.BACK in [item.text for item in drawn(whole, "ReactRouterLink")]
    assert drawn(look(), "h1")[0].text == "Вид"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (routes.home("7"), "/?account=7"),
        (routes.home(), "/"),
        (routes.home("а&б"), "/?account=%D0%B0%26%D0%B1"),
        (routes.login("/pay?account=7"), "/login?next=%2Fpay%3Faccount%3D7"),
        (routes.login("//evil.example"), "/login"),
        (routes.login("https://evil.example"), "/login"),
        (routes.login("/\\evil.example"), "/login"),
    ],
)
def test_addresses_are_built_and_foreign_ones_dropped(path: str, address: str) -> None:
    assert path == address
