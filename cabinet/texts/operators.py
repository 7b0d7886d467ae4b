"""The words of `operator add`, `operator block`, `operator list`."""

from typing import Final

ADDED: Final = "Оператор {name} ({login}) добавлен: {role}. Письмо с первым шагом отправлено."
BLOCKED: Final = "Оператор {login} заблокирован, его сеансы завершены."
NONE: Final = "Операторов ещё нет."
TITLE: Final = "Операторы"
COLUMNS: Final = ("Логин", "Имя", "Роль", "Состояние")
ACTIVE: Final = "работает"
CLOSED: Final = "заблокирован"
ROLES: Final = {
    "clerk": "оператор",
    "senior": "старший оператор",
    "administrator": "администратор поставщика",
}
