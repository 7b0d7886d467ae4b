"""The words of messages, what short ones cost, and the settings that send them."""

import re
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cabinet import container
from cabinet.adapters.mail_resend import ResendMail
from cabinet.adapters.mail_smtp import SmtpMail
from cabinet.adapters.sms_smsc import SmscSms
from cabinet.domain.messages import sms_parts
from cabinet.settings import Settings
from cabinet.texts import messages
from tests.unit.test_settings import SAFE, settings

FACTS = {
    "account": "370000000000",
    "amount": "81,30",
    "payment": "p",
    "left": "9",
    "pin": "glazov3k",
    "supplier": "Газпром межрегионгаз Ижевск",
    "at": "20 ноября 2026, 12:00",
    "new": "a•••@example.ru",
    "desk": ", +7 3412 00-00-00",
    "request": "З-00000123",
    "reason": "Снимок не читается: снимите документ при свете, целиком.",
    "day": "25 декабря",
    "until": "25 декабря",
    "address": "https://a.ru",
    "host": "a.ru",
    "lacks": "В письме нет адреса. Напишите его с новой строки после слова «Адрес:».",
}
SECRETS = {"code": "123456", "link": "https://a.ru/confirm?token=x"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
    ids=count(),
)
def test_a_text_costs_as_many_parts_as_networks_make_of_it(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


@given(st.text(max_size=400), st.text(max_size=40))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert sms_parts(text + more) >= sms_parts(text) >= 1


@pytest.mark.parametrize("template", sorted(messages.TEMPLATES))
def test_a_letter_is_readable_in_both_schemes_and_its_first_line_is_told_in_the_list(template: str) -> None:
    html = messages.letter_html(template, FACTS | SECRETS).replace("&nbsp;₽", " ₽")
    assert 'content="light dark"' in html
    assert "prefers-color-scheme:dark" in html
    shown = messages.preheader(template, FACTS | SECRETS)
    assert html.index(shown) < html.index("<h1")
    assert 10 < len(shown) <= 140
    classes = set(re.findall(r'class="(\w+)"', html))
    assert classes <= set(re.findall(r"\.(\w+){", html)), "a class without its dark colours"


def test_the_code_and_the_link_stand_in_text_and_html() -> None:
    facts = FACTS | SECRETS
    for text in (
        messages.letter_text("confirm_register", facts),
        messages.letter_html("confirm_register", facts),
    ):
        assert "123456" in text
        assert SECRETS["link"] in text
    assert messages.sms_text("confirm_register", facts).endswith("\n\n@a.ru #123456")


def test_the_button_says_what_its_link_does() -> None:
    html = messages.letter_html("pin_request_document_needed", FACTS | SECRETS)
    assert ">Приложить документ</a>" in html
    assert f"Приложить документ: {SECRETS['link']}" in messages.letter_text(
        "pin_request_document_needed", FACTS | SECRETS
    )


def test_pages_of_the_portal_are_links_in_a_letter_and_foreign_ones_are_not() -> None:
    html = messages.letter_html("readings_open", FACTS)
    for page in ("readings", "settings/notifications"):
        assert f'href="https://a.ru/{page}"' in html
    foreign = messages.letter_html("pin_request_rejected", FACTS | {"reason": "https://b.ru/x"} | SECRETS)
    assert 'href="https://b.ru' not in foreign


@pytest.mark.parametrize("template", sorted(messages.TEMPLATES))
def test_no_message_costs_more_than_three_parts(template: str) -> None:
    assert sms_parts(messages.sms_text(template, FACTS | SECRETS)) <= 3


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mail": "pigeon"}, "CABINET_MAIL: one of outbox, smtp, resend"),
        ({"mail": "smtp", "smtp_url": ""}, "CABINET_SMTP_URL"),
        ({"mail": "smtp", "smtp_url": "https://mail.example.ru"}, "CABINET_SMTP_URL"),
        ({"mail": "smtp", "smtp_url": "smtp://"}, "CABINET_SMTP_URL"),
        ({"mail": "smtp", "smtp_url": "smtp://host:99999"}, "CABINET_SMTP_URL"),
        ({"mail": "resend"}, "CABINET_RESEND_API_KEY"),
        ({"resend_api_url": "ftp://host"}, "CABINET_RESEND_API_URL"),
        ({"resend_api_url": "http://[::1"}, "CABINET_RESEND_API_URL"),
        ({"resend_webhook_secret": "whsec_"}, "CABINET_RESEND_WEBHOOK_SECRET"),
        ({"resend_webhook_secret": "whsec_*****"}, "CABINET_RESEND_WEBHOOK_SECRET"),
        ({"resend_webhook_secret": "a" * 32}, "CABINET_RESEND_WEBHOOK_SECRET"),
        ({"sms": "smoke"}, "CABINET_SMS: one of outbox, smsc"),
        ({"sms": "smsc", "sms_key": ""}, "CABINET_SMS_KEY"),
        ({"sms_url": "smsc.ru"}, "CABINET_SMS_URL"),
        ({"sms_daily_limit": 0}, "sms_daily_limit"),
        ({"resend_api_url": "http://api.example.ru"}, "RESEND_API_URL without https"),
        ({"sms_url": "http://api.example.ru"}, "SMS_URL without https"),
        ({"mail_from": "Газ дома"}, "CABINET_MAIL_FROM"),
        ({"mail_from": "Газ <kabinet@example.ru>\r\nBcc: a@b.ru"}, "CABINET_MAIL_FROM"),
        ({"mail_from": "Газ дома <kabinet@localhost>"}, "MAIL_FROM at localhost"),
    ],
)
def test_what_is_missing_for_messages_is_named_and_secrets_are_not(
    change: dict[str, object], named: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(**{**SAFE, **change})
    assert named in str(refusal.value)
    assert "kabinet:word" not in str(refusal.value)
    assert "k" * 32 not in str(refusal.value)


def test_several_faults_are_named_at_once() -> None:
    with pytest.raises(ValidationError, match=r"(?s)CABINET_RESEND_API_KEY.*CABINET_SMS_KEY"):
        settings(mail="resend", sms="smsc")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"mail": "smtp", "smtp_url": "smtps://u:p@mail.example.ru"}, SmtpMail),
        ({"mail": "smtp", "smtp_url": "smtp+starttls://mail.example.ru:587"}, SmtpMail),
        ({"mail": "resend", "resend_api_key": "re_1"}, ResendMail),
    ],
)
def test_the_settings_choose_the_senders(tmp_path: Path, change: dict[str, object], kind: type) -> None:
    chosen = Settings.model_validate(
        {"data_dir": tmp_path, "env": "test", "sms": "smsc", "sms_key": "k", "sms_daily_limit": 7, **change}
    )
    deps = container.build(chosen)
    assert isinstance(deps.mail, kind)
    assert isinstance(deps.sms, SmscSms)
    assert deps.sms_daily_limit == 7
