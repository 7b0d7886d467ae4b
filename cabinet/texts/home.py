"""Words of the home page."""

from datetime import date
from typing import Final

from cabinet.texts import dates

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
    return f"сдать до {to_day}-го" if open_now else f"приём с {from_day}-го по {to_day}-е"
