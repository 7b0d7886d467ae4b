"""Words about readings and meters."""

from datetime import date
from decimal import Decimal
from typing import Final

from cabinet.texts import dates

READING: Final = "Показание"
PREVIOUS: Final = "Прошлое"
SEND_READING: Final = "Передать показание"
READINGS_TITLE: Final = "Показание счётчика"
READINGS_NOTE: Final = "Перепишите чёрные цифры слева направо, красные можно не вводить."
METER: Final = "Счётчик"
METER_NO: Final = "№"
VOLUME: Final = "Расход"
CONFIRM_UNUSUAL: Final = "Показание верное"
RECEIPT: Final = "Показание принято"
RECEIPT_NO: Final = "Квитанция"
RECEIPT_VALUE: Final = "Показание"
RECEIPT_AT: Final = "Принято"
RECEIPT_PERIOD: Final = "Войдёт в расчёт за"
NOT_COUNTED: Final = "Срок поверки прошёл: показание сохранено, но не учитывается в начислении."
HISTORY: Final = "История показаний"
CANCEL: Final = "Отменить"
CANCELLED: Final = "отменено"
NO_READINGS: Final = "Показаний ещё нет"
NO_READINGS_NOTE: Final = "Первое появится здесь сразу после отправки."
WINDOW_CLOSED: Final = "Приём за этот месяц закрыт"
VERIFICATION: Final = "Поверка счётчика"

_USAGES: Final = {"stove": "плита", "stove_heater": "плита и колонка", "heating": "отопление"}
_SOURCES: Final = {
    ("actual", "web"): "передано вами",
    ("actual", "register"): "от поставщика",
    ("control", "register"): "контрольное снятие",
    ("estimated", "register"): "по расчёту",
}


def usage(value: str) -> str:
    """«плита и колонка»."""
    return _USAGES.get(value, "")


def source(kind: str, way: str) -> str:
    """Where a reading comes from."""
    return _SOURCES.get((kind, way), "по расчёту" if kind == "estimated" else "от поставщика")


def formula(volume: int, price: Decimal, used: str) -> str:
    """«43 м³ × 8,30 ₽ (плита)»."""
    note = f" ({usage(used)})" if usage(used) else ""
    return f"{volume} м³ × {price_text(price)} ₽{note}"


def price_text(price: Decimal) -> str:
    """«8,30», «7,328», «6,98261»: at least kopecks, no idle zeros."""
    plain = f"{price:f}"
    whole, _, part = plain.partition(".")
    return f"{whole},{part.rstrip('0').ljust(2, '0')}"


def window(from_day: int, to_day: int, month: int) -> str:
    """«с 15 по 25 число — показание войдёт в расчёт за ноябрь»."""
    return f"Показания принимают с {from_day} по {to_day} число. Переданное сегодня войдёт в расчёт за {dates.month_name(month)}."


def verification_soon(due: date) -> str:
    """The warning from 60 days before."""
    return f"Поверка счётчика до {dates.day_year(due)}. Потом начислять будут по нормативу: запишитесь на поверку заранее."


def verification_overdue(due: date) -> str:
    """The warning after the day."""
    return (
        f"Срок поверки прошёл {dates.day_year(due)}: показание сохраним, но оно не учитывается в начислении, "
        "начисляют по нормативу. Поверьте или замените счётчик."
    )
