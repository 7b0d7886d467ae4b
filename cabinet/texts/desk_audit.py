"""Words of the desk's journal."""

from collections.abc import Mapping
from typing import Final

from cabinet.texts import pin_requests

TITLE: Final = "Журнал"
NOTE: Final = "Кто из сотрудников что делал и смотрел. Просмотр журнала тоже записывается."
WHO: Final = "Сотрудник"
ACTION: Final = "Действие"
ANY: Final = "Любое"
ACCOUNT: Final = "Лицевой счёт"
SINCE: Final = "С дня"
UNTIL: Final = "По день"
FIND: Final = "Показать"
EXPORT: Final = "Скачать CSV"
NONE: Final = "Таких записей нет"
NONE_NOTE: Final = "Измените условия: например, уберите день или действие."
SHOWN: Final = "Показаны последние 100 записей. Все — в CSV."
MOST: Final = 100
COLUMNS: Final = ("Когда", "Кто", "Что", "Счёт", "Подробности", "Адрес")

ACTIONS: Final[dict[str, str]] = {
    "desk.searched": "Поиск счёта",
    "desk.account_viewed": "Просмотр счёта",
    "pin.issued": "Выдан пин-код",
    "pin.printed": "Напечатан пин-код",
    "pin.print_refused": "Отказ в печати пин-кода",
    "pin_request.claimed": "Открыта заявка",
    "pin_request.released": "Заявка возвращена в очередь",
    "pin_request.approved": "Заявка одобрена",
    "pin_request.approved_once": "Первое одобрение заявки",
    "pin_request.document_needed": "Запрошен другой документ",
    "pin_request.rejected": "Отказ по заявке",
    "document.viewed": "Просмотр документа",
    "document.deleted": "Документы удалены",
    "register.uploaded": "Отправлен файл реестра",
    "register.imported": "Загружен реестр",
    "register.rejects_viewed": "Скачаны строки в карантине",
    "register.undone": "Отменена загрузка реестра",
    "policy.added": "Новое правило",
    "message.retried": "Письмо отправлено снова",
    "audit.viewed": "Просмотр журнала",
    "audit.exported": "Журнал скачан",
    "desk.refused": "Отказано",
    "access.refused": "Отказано вне рабочего места",
    "totp.on": "Подключён второй фактор",
    "totp.off": "Отключён второй фактор",
    "session.reauthenticated": "Подтверждён вход",
    "password.changed": "Пароль изменён",
}
# Rows that undoing a register has taken away; those of which there were none are not told.
_TAKEN_AWAY: Final[dict[str, str]] = {
    "customer_accounts": "убрано счетов",
    "meters": "убрано счётчиков",
    "readings": "убрано показаний",
    "access_pins": "убрано пин-кодов",
    "outside_payments": "убрано платежей",
}
_DETAILS: Final[dict[str, str]] = {
    "found": "найдено",
    "how": "по",
    "number": "номеру",
    "words": "словам",
    "shown": "документы",
    "passport": "паспорт",
    "passport_ownership": "паспорт и свидетельство",
    "delivery": "выдан",
    "print": "на печать",
    "mail": "письмом",
    "file": "файл",
    "kind": "вид",
    "since": "с",
    "rules": "правила",
    "stove": "плита",
    "stove_heater": "плита и колонка",
    "heating": "отопление",
    "norm_stove": "норматив, плита",
    "norm_stove_heater": "норматив, плита и колонка",
    "norm_heating": "норматив, отопление",
    "coefficient": "коэффициент",
    "region": "регион",
    "lines": "строк",
    "rejected": "в карантине",
    "what": "что",
    "code": "причина",
    "document": "документ",
    "page": "страница",
    "accounts": "лицевые счета",
    "charges": "начисления",
    "payments": "платежи",
    "documents": "документов",
    "reason": "причина",
    "unreadable": "не разобрать текст",
    "no_registration": "нет прописки",
    "other_address": "другой адрес",
    "outdated": "устарел",
    "other_kind": "не тот документ",
    "not_confirmed": "право не подтверждено",
    "duplicate": "повторная заявка",
    **_TAKEN_AWAY,
}
_OF_REQUESTS: Final = ("pin_request.", "document.")


def details(action: str, object_id: int | None, facts: Mapping[str, object]) -> str:
    """«№ 000 042, документ 7, страница 1»; pages are counted from one."""
    of_request = object_id is not None and action.startswith(_OF_REQUESTS)
    about = [pin_requests.number(object_id or 0)] if of_request else []
    told = [x for x in facts.items() if x[1] or x[0] not in _TAKEN_AWAY]
    return ", ".join([*about, *(f"{_DETAILS.get(name, name)} {_value(name, value)}" for name, value in told)])


def _value(name: str, value: object) -> str:
    if name == "page" and isinstance(value, int):
        return str(value + 1)
    return _DETAILS.get(str(value), str(value))
