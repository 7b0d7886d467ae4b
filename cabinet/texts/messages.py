"""Letters and short messages, by template."""

from dataclasses import dataclass
from html import escape
from typing import Any, Final

BRAND: Final = "Газ дома"


@dataclass(frozen=True, slots=True)
class Words:
    """A message: `subject` and `lead` for letters, `sms` for phones.

    In each of them `{name}` stands for a fact.
    """

    subject: str
    lead: str
    sms: str


_CODE_TAIL: Final = (
    "Код действует 10 минут. Никому его не сообщайте: сотрудники поставщика его не спрашивают."
)

TEMPLATES: Final[dict[str, Words]] = {
    "confirm_register": Words(
        "Код подтверждения {code}",
        "Вы регистрируетесь в личном кабинете. Введите код на странице подтверждения или откройте ссылку. "
        + _CODE_TAIL
        + " Если это не вы, ничего не делайте: без кода кабинет не откроется.",
        "Код {code} для регистрации в личном кабинете. Никому его не сообщайте.",
    ),
    "confirm_device": Words(
        "Код для входа {code}",
        "В ваш кабинет входят с нового устройства. Введите код на странице подтверждения. "
        + _CODE_TAIL
        + " Если это не вы, смените пароль.",
        "Код {code} для входа с нового устройства. Никому его не сообщайте.",
    ),
    "confirm_reset": Words(
        "Код для нового пароля {code}",
        "Вы меняете пароль личного кабинета. Введите код на странице «Новый пароль». "
        + _CODE_TAIL
        + " Если это не вы, ничего не делайте: пароль останется прежним.",
        "Код {code} для нового пароля. Никому его не сообщайте.",
    ),
    "already_registered": Words(
        "У вас уже есть личный кабинет",
        "Кто-то, возможно вы, регистрируется с этим логином, а кабинет у вас уже есть. Войдите с прежним паролем "
        "или получите новый по ссылке «Забыли пароль?». Если это не вы, ничего не делайте.",
        "Кабинет с этим номером уже есть. Войдите или нажмите «Забыли пароль?»: {address}/login",
    ),
    "password_changed": Words(
        "Пароль изменён",
        "Пароль вашего кабинета изменён, на остальных устройствах выполнен выход. "
        "Если это не вы, сразу получите новый пароль по ссылке «Забыли пароль?».",
        "Пароль личного кабинета изменён. Если это не вы: {address}/reset",
    ),
    "guessing_locked": Words(
        "Лицевой счёт {account}: подбор доступа остановлен",
        "Кто-то несколько раз ввёл неверный пин-код или номер счётчика для вашего лицевого счёта {account}. "
        "Новые подключения к нему на время закрыты. Ваш доступ и оплата работают как прежде.",
        "Лицевой счёт {account}: подбор доступа остановлен. Ваш доступ работает.",
    ),
    "access_opened": Words(
        "Открыт доступ к лицевому счёту {account}",
        "Ещё один кабинет получил расширенный доступ к вашему лицевому счёту {account}: показания, начисления, "
        "платежи. Если это не ваши близкие, обратитесь в расчётный центр: он выдаст новый пин-код.",
        "К лицевому счёту {account} подключён ещё один кабинет.",
    ),
    "payment_succeeded": Words(
        "Оплата принята: {amount} ₽",
        "Оплата {amount} ₽ по лицевому счёту {account} прошла. Номер платежа {payment}.",
        "Оплата {amount} р. по лицевому счёту {account} прошла.",
    ),
    "payment_failed": Words(
        "Оплата не прошла: {amount} ₽",
        "Банк отклонил оплату {amount} ₽ по лицевому счёту {account}. Деньги не списаны. "
        "Попробуйте другую карту или СБП.",
        "Банк отклонил оплату {amount} р. по лицевому счёту {account}. Деньги не списаны.",
    ),
}


def subject(template: str, facts: dict[str, Any]) -> str:
    """The subject of a letter."""
    return TEMPLATES[template].subject.format_map(facts)


def letter_text(template: str, facts: dict[str, Any]) -> str:
    """The letter in plain text: the code and the link on lines of their own."""
    lines = [subject(template, facts), "", TEMPLATES[template].lead.format_map(facts), ""]
    lines += [f"Код: {facts['code']}", ""] if "code" in facts else []
    lines += [f"Ссылка: {facts['link']}", ""] if "link" in facts else []
    return "\n".join([*lines, f"{BRAND}, личный кабинет абонента: {facts['address']}", ""])


def letter_html(template: str, facts: dict[str, Any]) -> str:
    """The letter in HTML that reads well in light and dark mailers."""
    safe = {name: escape(str(value)) for name, value in facts.items()}
    code = (
        f'<p style="font-size:32px;letter-spacing:6px;font-weight:600">{safe["code"]}</p>'
        if "code" in safe
        else ""
    )
    link = f'<p><a href="{safe["link"]}">Подтвердить по ссылке</a></p>' if "link" in safe else ""
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="font:18px/28px Arial,sans-serif;max-width:560px;margin:24px auto;padding:0 16px">'
        f'<h1 style="font-size:24px;line-height:32px">{subject(template, safe)}</h1>'
        f"<p>{TEMPLATES[template].lead.format_map(safe)}</p>{code}{link}"
        f'<p style="opacity:.75"><a href="{safe["address"]}">{BRAND}</a>, личный кабинет абонента</p></body></html>'
    )


def sms_text(template: str, facts: dict[str, Any]) -> str:
    """The short message; a code's ends with `@host #code`, so that phones fill it in."""
    text = TEMPLATES[template].sms.format_map(facts)
    return f"{text}\n\n@{facts['host']} #{facts['code']}" if "code" in facts else text
