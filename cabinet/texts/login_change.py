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
BACK: Final = "Вернуться в НАСТРОЙКИ"
