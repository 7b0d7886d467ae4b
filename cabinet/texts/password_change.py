"""Words of changing the password."""

from typing import Final

TITLE: Final = "Сменить пароль"
NOTE: Final = "На остальных устройствах кабинет закроется. О смене пароля мы сообщим вам."
LINK_NOTE: Final = "Понадобится текущий пароль"
CURRENT: Final = "Текущий пароль"
NEW: Final = "Новый пароль"
SAVE: Final = "Сменить пароль"
CHANGED: Final = "Пароль изменён"
CHANGED_NOTE: Final = "На остальных устройствах выполнен выход. Здесь входить заново не нужно."
BACK: Final = "Вернуться в НАСТРОЙКИ"
