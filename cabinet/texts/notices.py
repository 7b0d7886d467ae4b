"""Words of the settings of messages, by kind."""

from typing import Final

TITLE: Final = "Уведомления"
OPEN_NOTE: Final = "О чём вам сообщать"
NOTE_MAIL: Final = "Письма приходят на"
NOTE_SMS: Final = "СМС приходят на номер"
LEGEND: Final = "О чём сообщать"
SAVE: Final = "Сохранить"
SAVED: Final = "Выбор сохранён"
ALWAYS: Final = "Всегда"
SAFETY: Final = "Безопасность"
SAFETY_NOTE: Final = (
    "Коды, новый пароль и логин, подбор доступа к счёту, новый кабинет у вашего счёта. Отключить нельзя: "
    "так вы узнаете, если в кабинет войдёт чужой."
)

KINDS: Final[dict[str, tuple[str, str]]] = {
    "readings": (
        "Приём показаний",
        "Когда он открывается, и за два дня до закрытия, если показания ещё нет",
    ),
    "verification": ("Поверка счётчика", "За 60 дней до срока"),
    "payments": ("Оплата", "Прошла или отклонена банком"),
}
