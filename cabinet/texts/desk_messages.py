"""Words of messages that could not be delivered."""

from typing import Final

from cabinet.texts import dates

TITLE: Final = "Письма"
NOTE: Final = "Письма и SMS, которые не дошли. Адреса скрыты."
RETRY: Final = "Отправить снова"
RETRY_ALL: Final = "Отправить снова все"
RETRIED: Final = "Отправляем снова"
NONE: Final = "Все письма дошли"
NONE_NOTE: Final = "Здесь появятся письма и SMS, которые не удалось доставить за сутки."
OTHER: Final = "Сообщение кабинета"
WHAT: Final[dict[str, str]] = {
    "access_pin": "Пин-код",
    "pin_issued": "Выдан новый пин-код",
    "operator_invited": "Приглашение оператора",
    "confirm_register": "Код регистрации",
    "confirm_device": "Код входа",
    "confirm_reset": "Код нового пароля",
    "password_changed": "Пароль изменён",
}


def why(attempts: int, error: str) -> str:
    """«3 попытки: 550 no such user»."""
    return f"{dates.plural(attempts, 'попытка', 'попытки', 'попыток')}: {error}"
