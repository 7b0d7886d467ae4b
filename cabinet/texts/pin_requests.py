"""Words of requests for a PIN: the page, the statuses, the letters' reasons."""

from typing import Final

from cabinet.texts import dates

KINDS: Final = {
    "passport": ("Паспорт", "Страницы с именем и с пропиской"),
    "ownership": (
        "Документ о праве на жильё",
        "Свидетельство о собственности, договор найма или долевого участия",
    ),
    "household_card": ("Поквартирная карточка", "Из домоуправления, не старше одного месяца"),
    "house_register": ("Домовая книга", "Страницы с зарегистрированными гражданами"),
}
STATUSES: Final = {
    "received": ("warn", "Принята", "Оператор расчётного центра скоро её откроет."),
    "in_review": ("warn", "Проверяем", "Оператор сверяет документ с реестром."),
    "document_needed": ("error", "Нужен другой документ", ""),
    "sent": ("ok", "Пин-код отправлен", "Письмо с пин-кодом ушло на {email}."),
    "rejected": ("error", "Отказано", ""),
    "withdrawn": ("info", "Отозвана", "Документы удалены."),
}
DOCUMENT_REASONS: Final = {
    "unreadable": "На снимке не разобрать текст. Сфотографируйте документ при дневном свете, целиком и без бликов",
    "no_registration": "Нет страницы с пропиской. Добавьте её снимок",
    "other_address": "В документе другой адрес. Нужен документ, где указан адрес лицевого счёта",
    "outdated": "Документ устарел. Поквартирная карточка действует один месяц",
    "other_kind": "Этот документ не подходит. Нужен один из четырёх, перечисленных в заявке",
}
REJECT_REASONS: Final = {
    "not_confirmed": "Документы не подтверждают право на этот лицевой счёт. Обратитесь в расчётный центр с паспортом",
    "duplicate": "По этому счёту уже отвечаем на другую вашу заявку",
}


def status(value: str, reason: str, email: str) -> tuple[str, str, str]:
    """Kind of the pill, its word, and what it means; `email` is masked."""
    kind, word, note = STATUSES[value]
    told = {"document_needed": DOCUMENT_REASONS, "rejected": REJECT_REASONS}.get(value, {})
    return kind, word, f"{told[reason]}." if reason in told else note.format(email=email)


def number(request_id: int) -> str:
    """«№ 000 042»."""
    digits = f"{request_id:06}"
    return f"№\u00a0{digits[:-3]}\u00a0{digits[-3:]}"


def pages(count: int) -> str:
    """«3 страницы»."""
    return dates.plural(count, "страница", "страницы", "страниц")
