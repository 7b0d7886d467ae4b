"""Words about readings and meters."""

from datetime import date
from decimal import Decimal
from typing import Final

from cabinet.texts import amounts, dates

READING: Final = "Показание"
PREVIOUS: Final = "Прошлое"
SEND_READING: Final = "Передать показание"
READINGS_TITLE: Final = "Показание счётчика"
READINGS_NOTE: Final = "Перепишите чёрные цифры слева направо, красные можно не вводить."
METER: Final = "Счётчик"
VOLUME: Final = "Расход"
CONFIRM_UNUSUAL: Final = "Показание верное"
RECEIPT: Final = "Показание принято"
RECEIPT_NO: Final = "Квитанция"
RECEIPT_VALUE: Final = "Показание"
RECEIPT_AT: Final = "Принято"
RECEIPT_PERIOD: Final = "Войдёт в расчёт за"
COUNT_BEGINS: Final = "считаем с этого показания"
NOT_COUNTED: Final = "Срок поверки прошёл: показание не учитывается в начислении."
REPLACED: Final = "Счётчик заменён: показание не учитывается в начислении."
REPLACED_NOTE: Final = (
    "Мы сохраним его и передадим поставщику с пометкой о замене. "
    "Начислять по новому счётчику он будет, когда внесёт его: отправьте поставщику акт о замене."
)
WHY_LESS: Final = "Почему показание меньше прошлого?"
WHY_LESS_NOTE: Final = "Если в цифрах ошибка, исправьте её и передайте ещё раз."
WHY_LESS_CHOICES: Final = (
    ("typo", "Опечатка", "Исправлю цифры и передам ещё раз"),
    ("replaced", "Замена счётчика", "Новый счётчик считает сначала; расход начнём считать с этого показания"),
    ("rollover", "Переход через ноль", "Счётчик дошёл до девяток и пошёл с нулей"),
)
UNCOUNTED: Final = "не учитывается в начислении"
HISTORY: Final = "История показаний"
CANCEL: Final = "Отменить"
CANCELLED: Final = "отменено"
CANCELLED_TITLE: Final = "Показание отменено"
CANCELLED_NOTE: Final = "В расчёт оно не войдёт. Можно передать другое."
NO_METER: Final = "На этом счёте нет счётчика"
NO_METER_SHORT: Final = "Счётчика нет, начисляют по нормативу."
REMIND: Final = "Напомнить в календаре"
NO_READINGS: Final = "Показаний ещё нет"
NO_READINGS_NOTE: Final = "Первое появится здесь сразу после отправки."
VERIFICATION: Final = "Поверка счётчика"

_USAGES: Final = {"stove": "плита", "stove_heater": "плита и колонка", "heating": "отопление"}
_SHARES: Final = {"residents": "чел.", "owners": "собственник", "area": "м²"}
_SOURCES: Final = {
    ("actual", "web"): "передано вами",
    ("actual", "register"): "от поставщика",
    ("control", "register"): "контрольное снятие",
    ("estimated", "register"): "по расчёту",
}
_FALLS: Final = {"rollover": "переход через ноль", "replaced": "счётчик заменён"}


def usage(value: str) -> str:
    """«плита и колонка»."""
    return _USAGES.get(value, "")


def source(kind: str, way: str, fall: str) -> str:
    """Where a reading comes from, and why it is less than the one before, where it is."""
    words = _SOURCES.get((kind, way), "по расчёту" if kind == "estimated" else "от поставщика")
    return f"{words}, {_FALLS[fall]}" if fall else words


def formula(volume: object, price: Decimal, used: str, coefficient: Decimal = Decimal(1)) -> str:
    """«43 м³ × 8,30 ₽ (плита)», and the coefficient by its name when it is not one."""
    note = f" ({usage(used)})" if usage(used) else ""
    factor = f" × {price_text(coefficient)} (температурный коэффициент)" if coefficient != 1 else ""
    return f"{volume}\u00a0м³{factor} × {price_text(price)}\u00a0₽{note}"


def norm_formula(norm: Decimal, number: Decimal, unit: str, price: Decimal) -> str:
    """«32 м³ × 2 чел. × 8,13 ₽», «7 м³ × 84,8 м² × 7,69 ₽»."""
    share = f"{amounts.number(number)}\u00a0{_SHARES[unit]}"
    return f"{amounts.number(norm)}\u00a0м³ × {share} × {price_text(price)}\u00a0₽"


def about(amount: str, found: str) -> str:
    """«≈ 520,32 ₽ (32 м³ × 2 чел. × 8,13 ₽)»."""
    return f"≈\u00a0{amount} ({found})"


def monthly(amount: str, found: str) -> str:
    """«≈ 520,32 ₽ в месяц (32 м³ × 2 чел. × 8,13 ₽)»."""
    return about(f"{amount} в месяц", found)


def against_meter(difference: str, sign: int) -> str:
    """«на 349,59 ₽ больше, чем по счётчику»."""
    if not sign:
        return "столько же, сколько по счётчику"
    return f"на {difference} {'больше' if sign > 0 else 'меньше'}, чем по счётчику"


def norm_instead(cost: str, against: str) -> str:
    """«Начислят по нормативу: ≈ 520,32 ₽ (…), на 349,59 ₽ больше, чем по счётчику.»"""
    return "Начислят по нормативу" + (f": {cost}" if cost else "") + (f", {against}" if against else "") + "."


def average_without_reading(month: int, cost: str) -> str:
    """«Если не передать показание за ноябрь, начислят по среднему за год: ≈ 118,54 ₽ (…).»"""
    return f"Если не передать показание за {dates.month_name(month)}, начислят по среднему за год: {cost}."


def norm_without_reading(month: int, cost: str) -> str:
    """The same after three months without readings: «начислят по нормативу: ≈ 520,32 ₽ (…)»."""
    name, sum_ = dates.month_name(month), f": {cost}" if cost else ""
    return f"По среднему начисляют не дольше трёх месяцев. Если не передать показание за {name}, начислят по нормативу{sum_}."


def price_text(price: Decimal) -> str:
    """«8,30», «7,328», «6,98261»: at least kopecks, no idle zeros."""
    plain = f"{price:f}"
    whole, _, part = plain.partition(".")
    return f"{whole},{part.rstrip('0').ljust(2, '0')}"


def window(from_day: int, to_day: int, month: int) -> str:
    """«с 15 по 25 число — показание войдёт в расчёт за ноябрь»."""
    return f"Показания принимают с {from_day} по {to_day} число. Переданное сегодня войдёт в расчёт за {dates.month_name(month)}."


def window_ahead(opens_on: date) -> str:
    """«Приём откроется 15 ноября»."""
    return f"Приём откроется {dates.day(opens_on)}"


def window_over(month: int, opens_on: date) -> str:
    """«Приём за ноябрь закрыт, следующий откроется 15 декабря»."""
    return f"Приём за {dates.month_name(month)} закрыт, следующий откроется {dates.day(opens_on)}"


def event(name: str) -> str:
    """What the calendar reminds of: «Передать показание газа: ул. Труда, 117-9»."""
    return f"Передать показание газа: {name}"


def event_note(from_day: int, to_day: int) -> str:
    """The words under it."""
    return f"Показания принимают с {from_day} по {to_day} число."


def no_meter(norm: str) -> str:
    """Of an account without a meter; `norm` is what that costs, "" when it is not known."""
    cost = f": {norm}" if norm else ""
    return (
        f"Передавать нечего: начисляют по нормативу{cost}. "
        "Если счётчик стоит, сообщите о нём поставщику, и он появится здесь."
    )


def verification_soon(due: date, norm: str) -> str:
    """The warning from 60 days before; `norm` is what that costs, "" when it is not known."""
    cost = f": {norm}" if norm else ""
    return f"Поверка счётчика до {dates.day_year(due)}. Потом начислять будут по нормативу{cost}. Запишитесь на поверку заранее."


def verification_overdue(due: date, norm: str) -> str:
    """The warning after the day; `norm` is what that costs, "" when it is not known."""
    cost = f": {norm}" if norm else ""
    return (
        f"Срок поверки прошёл {dates.day_year(due)}: показание сохраним, но оно не учитывается в начислении. "
        f"Начисляют по нормативу{cost}. Поверьте или замените счётчик."
    )
