"""The words of `user show` and `user block`."""

from typing import Final

BLOCKED: Final = "Кабинет {login} закрыт, все сеансы завершены, владельцу отправлено сообщение."
UNBLOCKED: Final = "Кабинет {login} открыт снова."

LOGIN: Final = "Логин"
CREATED: Final = "Зарегистрирован"
CONFIRMED: Final = "Подтверждён"
CLOSED: Final = "Закрыт"
SESSIONS: Final = "Открытых сеансов"
ACCOUNTS: Final = "Лицевые счета"
NO: Final = "нет"
EXTENDED: Final = "расширенный доступ"
BASIC: Final = "только оплата"
