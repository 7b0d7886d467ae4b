"""Words of the home page."""

from datetime import date
from typing import Final

from cabinet.texts import dates

HOME_TITLE: Final = "Главная"
LANDING_TITLE: Final = "Показания, начисления и оплата газа"
LANDING_NOTE: Final = (
    "Личный кабинет абонента газовой службы. Передайте показание, узнайте, за что начислено, и заплатите."
)
LANDING_STEPS: Final = (
    ("Зарегистрируйтесь", "Хватит телефона или почты и пароля."),
    ("Подключите лицевой счёт", "Номер стоит в квитанции. Платить можно сразу."),
    (
        "Откройте полный доступ",
        "Номером счётчика или пин\u2011кодом поставщика: показания, начисления, история.",
    ),
)
FIRST_STEPS: Final = "Начните с двух шагов"
STEP_SUPPLIER: Final = "Выберите поставщика"
STEP_SUPPLIER_NOTE: Final = "Он указан в квитанции"
STEP_ACCOUNT: Final = "Подключите лицевой счёт"
STEP_ACCOUNT_NOTE: Final = "Номер из квитанции, 12 цифр"
STEP_TRAINING: Final = "Пройдите РЕЖИМ ОБУЧЕНИЯ"
STEP_TRAINING_NOTE: Final = "Коротко о каждом деле кабинета"
USE: Final = "Расход за полгода"
BASIC_TITLE: Final = "Подключена только оплата"
BASIC_NOTE: Final = "Чтобы передавать показания и видеть начисления, откройте расширенный доступ номером счётчика или пин-кодом."

DUE_HIDDEN: Final = "Поставщик показывает сумму только в расширенном доступе"


def due_title(sign: int, month: str) -> str:
    """«К оплате за октябрь», «Переплата», «Долга нет»."""
    if sign > 0:
        return f"К оплате за {month}" if month else "К оплате"
    return "Переплата" if sign else "Долга нет"


def pay_by(day: date, today: date) -> str:
    """«до 15 ноября», «срок прошёл 15 ноября»."""
    return f"до {dates.day(day)}" if today <= day else f"срок прошёл {dates.day(day)}"


def window_note(from_day: int, to_day: int, *, open_now: bool) -> str:
    """«сдать до 25-го», «приём с 15-го»."""
    return f"сдать до {to_day}\u2011го" if open_now else f"приём с {from_day}\u2011го по {to_day}\u2011е"
