"""Words of НАСТРОЙКИ."""

from typing import Final

TITLE: Final = "НАСТРОЙКИ"
SUPPLIER: Final = "Поставщик услуг"
SUPPLIER_HINT: Final = "Поставщик указан в квитанции за газ"
SAVE: Final = "Сохранить"
SAVED: Final = "Поставщик сохранён. Теперь подключите лицевой счёт."
CONNECT: Final = "Подключить лицевой счёт"
ACCOUNTS: Final = "Лицевые счета"
NO_ACCOUNTS: Final = "Пока не подключён ни один лицевой счёт"
NO_ACCOUNTS_NOTE: Final = "Номер стоит в квитанции вверху. Подключённый счёт можно сразу оплатить."
PROFILE: Final = "Вход в кабинет"
SIGNED_AS: Final = "Вы вошли как"
NO_SUPPLIERS: Final = "На этом портале ещё нет поставщиков"
NO_SUPPLIERS_NOTE: Final = "Поставщик появится здесь, когда подключит портал."

DEVICES: Final = "Устройства, на которых открыт кабинет"
THIS_DEVICE: Final = "Это устройство"
LAST_SEEN: Final = "Последнее посещение"
IP_ADDRESS: Final = "IP-адрес"
END_SESSION: Final = "Завершить"
END_OTHERS: Final = "Выйти на всех остальных устройствах"
ENDED: Final = "Сеанс завершён. Чтобы войти там снова, понадобятся пароль и код."
OTHERS_ENDED: Final = "На остальных устройствах выполнен выход."

ACCOUNT_SETTINGS: Final = "Название и отключение"
ACCOUNT_TITLE: Final = "Настройки лицевого счёта"
ALIAS: Final = "Название"
ALIAS_HINT: Final = "Видно только вам, до 60 знаков, например «Дача». Пустое — вместо названия будет адрес"
ALIAS_SAVED: Final = "Название сохранено"
UNLINK_TITLE: Final = "Отключить от кабинета"
UNLINK_NOTE: Final = (
    "Счёт исчезнет из вашего кабинета, у поставщика ничего не изменится. Вернуть его можно в течение суток."
)
UNLINK: Final = "Отключить"
UNLINKED: Final = "Отключён лицевой счёт"
RESTORE: Final = "Вернуть"
