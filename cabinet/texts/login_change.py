"""Words of changing the login."""

from typing import Final

TITLE: Final = "Сменить логин"
NOTE: Final = "Пришлём код на новый номер или адрес. Пока код не введён, входите с прежним логином."
LINK_NOTE: Final = "Номер телефона или почта, с которыми вы входите"
NOW: Final = "Сейчас ваш логин"
NEW: Final = "Новый логин"
ASK: Final = "Получить код"
SAVE: Final = "Сменить логин"
ANOTHER: Final = "Указать другой логин"
CHANGED: Final = "Логин изменён"
CHANGED_NOTE: Final = "Теперь входите с логином"
OTHERS_OUT: Final = "Пароль прежний. На остальных устройствах выполнен выход."
SENT_MAIL: Final = "Мы отправили письмо с кодом на {to}. Если его нет, посмотрите в «Спаме»."
SENT_SMS: Final = "Мы отправили СМС с кодом на {to}."
BACK: Final = "Вернуться в НАСТРОЙКИ"


def sent(channel: str, to: str) -> str:
    """Where the code went, masked."""
    return (SENT_SMS if channel == "phone" else SENT_MAIL).format(to=to)
