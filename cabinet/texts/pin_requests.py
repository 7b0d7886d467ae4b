"""Words of requests for a PIN: the page, the statuses, the letters' reasons."""

from typing import Final

from cabinet.texts import dates

KINDS: Final = {
    "passport": ("Паспорт", "Страницы с именем и с пропиской"),
    "ownership": ("Свидетельство о праве собственности", "Или договор найма, или договор долевого участия"),
    "household_card": ("Поквартирная карточка", "Из домоуправления, не старше одного месяца"),
    "house_register": ("Домовая книга", "Страницы с зарегистрированными гражданами"),
}
TITLE: Final = "Запрос пин-кода"
NOTE: Final = "Пин-код открывает показания, начисления и историю. Заполните заявку и приложите один документ: ответим письмом."
WHO: Final = "1. Кто вы"
PHONE: Final = "Мобильный телефон"
PHONE_HINT: Final = "Например, +7\u00a0912\u00a0000\u201100\u201100"
EMAIL: Final = "Электронная почта"
EMAIL_HINT: Final = "Сюда придёт пин-код"
ACCOUNT: Final = "2. Счёт и адрес"
SUPPLIER: Final = "Поставщик газа"
NUMBER: Final = "Лицевой счёт"
NUMBER_HINT: Final = "12 цифр, стоит в квитанции вверху"
ADDRESS: Final = "Адрес"
ADDRESS_HINT: Final = "Как в квитанции: город или село, улица, дом, квартира"
DOCUMENT_PART: Final = "3. Документ"
KIND: Final = "Что приложите"
CARD_DATE: Final = "Дата выдачи карточки"
CARD_DATE_HINT: Final = "Карточка действует один месяц"
DOCUMENT: Final = "Документ"
DOCUMENT_HINT: Final = (
    "JPG, PNG, HEIC или PDF до 10 МБ, не больше трёх файлов. Снимайте целиком, при дневном свете"
)
CHOOSE: Final = "Выберите файл"
OR_DROP: Final = "или перетащите его сюда"
PHOTOGRAPH: Final = "Сфотографировать"
SENDING: Final = "Отправляем и проверяем файл"
ADDED: Final = "Файл приложен: {pages}."
REMOVED: Final = "Файл убран."
REMOVE: Final = "Убрать"
FILE: Final = "Файл"
PREVIEW: Final = "Снимок, который вы приложили"
CHECK_PART: Final = "4. Проверка"
PRIVACY: Final = (
    "Документ увидит только оператор расчётного центра вашего поставщика, и каждый его просмотр записывается. "
    "Документ хранится зашифрованным и удаляется сразу после решения, самое позднее через 30 дней."
)
CONSENT: Final = "Отправляя заявку, вы соглашаетесь, чтобы поставщик газа обработал эти данные и документ ради ответа на неё."
SEND: Final = "Отправить заявку"
OTHER_WAY: Final = "Другой способ: в расчётном центре"
OWN: Final = "Ваши заявки"
OPEN: Final = "Открыть"
STATUS_TITLE: Final = "Заявка на пин-код"
UNKNOWN: Final = "Такой заявки нет"
UNKNOWN_NOTE: Final = "Откройте ссылку из последнего письма целиком или отправьте новую заявку."
NEW: Final = "Отправить новую заявку"
ENTER_PIN: Final = "Ввести пин-код"
SENT_ON: Final = "Отправлена"
FOLLOW: Final = "Мы напишем, когда будет решение. Ссылка на эту страницу есть в письме."
REPLACE: Final = "Другой документ"
SEND_AGAIN: Final = "Отправить документ"
WITHDRAW_OPEN: Final = "Отозвать заявку"
WITHDRAW_NOTE: Final = "Документы удалятся сразу. Новую заявку можно отправить в любое время."
WITHDRAW: Final = "Отозвать и удалить документы"
LOST: Final = "Файл не дошёл: связь прервалась. Выберите его ещё раз."
TOO_OFTEN: Final = "Слишком много файлов за час. Попробуйте позже."

NOT_NAMED: Final = "Документ не назван"
FORGOTTEN: Final = "адрес из заявки"
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


def kind_name(value: str) -> str:
    """The document's name; a letter need not say which it is."""
    return KINDS[value][0] if value in KINDS else NOT_NAMED


def number(request_id: int) -> str:
    """«№ 000 042»."""
    digits = f"{request_id:06}"
    return f"№\u00a0{digits[:-3]}\u00a0{digits[-3:]}"


def pages(count: int) -> str:
    """«3 страницы»."""
    return dates.plural(count, "страница", "страницы", "страниц")
