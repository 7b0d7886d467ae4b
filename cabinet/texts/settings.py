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
