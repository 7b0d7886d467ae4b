"""Words of the charges: names of lines, formulas, points of the law."""

from decimal import Decimal
from typing import Final

from cabinet.texts.readings import price_text

WHY: Final = "Почему столько?"
CHARGES_TITLE: Final = "Начисления"
BARS: Final = "Расход по месяцам"
NO_CHARGES: Final = "Начислений пока нет"
NO_CHARGES_NOTE: Final = (
    "Они появятся, когда поставщик посчитает первый месяц, обычно в первых числах нового."
)

OPENING: Final = "На начало"
READINGS: Final = "Показания"
VOLUME: Final = "Расход"
CHARGED: Final = "Начислено"
RECALCULATION: Final = "Перерасчёт"
PENALTY: Final = "Пени"
PAID: Final = "Оплачено"
CLOSING: Final = "На конец"

_SERVICES: Final = {"gas": "Газ", "maintenance": "Обслуживание"}
_METHODS: Final = {"metered": "по счётчику", "average": "по среднему", "norm": "по нормативу"}
_SOURCES: Final = {
    "metered": "Правила поставки газа (Постановление № 549), п. 25–26: по показаниям счётчика.",
    "average": "Правила поставки газа (Постановление № 549), п. 31: показаний не было, взято среднее за год, "
    "не дольше трёх месяцев подряд.",
    "norm": "Правила поставки газа (Постановление № 549), п. 31–32: по нормативу. Так считают, когда показаний нет дольше "
    "трёх месяцев, когда счётчика нет или срок его поверки прошёл.",
}


def service(value: str) -> str:
    """«Газ»."""
    return _SERVICES[value]


def method(value: str) -> str:
    """«по среднему»."""
    return _METHODS[value]


def legal_source(value: str) -> str:
    """The point of the law that the way of charging rests on."""
    return _SOURCES[value]


def formula(volume: object, price: Decimal, amount: str) -> str:
    """«10 м³ × 8,13 ₽ = 81,30 ₽»."""
    return f"{volume} м³ × {price_text(price)} ₽ = {amount}"


def dial_step(previous: int, current: int, coefficient: Decimal) -> str:
    """«3359 − 3349», and the coefficient when it is not one."""
    factor = f" × {price_text(coefficient)}" if coefficient != 1 else ""
    return f"{current} − {previous}" + (f", коэффициент{factor}" if factor else "")
