"""Words of the supplier's dated rules and prices."""

from decimal import Decimal
from typing import Final

TITLE: Final = "Правила"
NOTE: Final = "Прошлое не меняется: новое правило действует со своего дня, расчёты до него остаются прежними."
NOW: Final = "Действует сегодня"
COMING: Final = "Начнёт действовать"
PAST: Final = "Действовало раньше"
RULES: Final = "Правила"
PRICES: Final = "Цены"
RULE_COLUMNS: Final = ("С какого дня", "Показания", "Оплата", "Наибольший расход", "Основной доступ")
PRICE_COLUMNS: Final = ("Вид потребления", "Цена", "С какого дня")
NO_PRICES: Final = (
    "Цен ещё нет: без них расход не пересчитать в рубли. Добавьте цену для каждого вида потребления."
)
NO_NORMS: Final = "Нормативов и коэффициентов ещё нет: начисление по нормативу покажем без суммы, коэффициент считаем единицей."

ADD: Final = "Добавить"
ADD_RULES: Final = "Новые правила"
SINCE: Final = "С какого дня"
SINCE_HINT: Final = "Сегодня или позже"
FROM_DAY: Final = "Показания с числа"
TO_DAY: Final = "По число"
FROM_DAY_HINT: Final = "От 1 до 28"
TO_DAY_HINT: Final = "От 1 до 28, можно следующего месяца"
DUE: Final = "Оплатить до числа"
DUE_HINT: Final = "Следующего месяца, от 1 до 28"
MOST: Final = "Наибольший расход за месяц"
MOST_HINT: Final = "Показание больше не примем"
BASIC: Final = "Основной доступ видит сумму к оплате"
SAVE_RULES: Final = "Добавить правила"

ADD_PRICE: Final = "Новая цена"
USAGE: Final = "Вид потребления"
USAGES: Final = {"stove": "Плита", "stove_heater": "Плита и колонка", "heating": "Отопление"}
PRICE: Final = "Цена с НДС"
PRICE_HINT: Final = "За кубометр, например 8,30"
PER_M3: Final = "₽/м³"
SAVE_PRICE: Final = "Добавить цену"
NORMS: Final = "Нормативы и коэффициенты"
VALUE_COLUMNS: Final = ("Величина", "Значение", "С какого дня")
VALUES: Final = {
    "norm_stove": "Плита, м³ на человека",
    "norm_stove_heater": "Плита и колонка, м³ на человека",
    "norm_heating": "Отопление, м³ на м²",
    "coefficient": "Температурный коэффициент",
}
ADD_VALUE: Final = "Новый норматив или коэффициент"
VALUE_KIND: Final = "Норматив или коэффициент"
VALUE: Final = "Значение"
VALUE_HINT: Final = "Норматив за месяц: 12,5. Коэффициент: 0,965"
REGION: Final = "Регион"
REGION_HINT: Final = "Значение своего региона важнее общего"
EVERYWHERE: Final = "Все регионы"
VALUE_SINCE_HINT: Final = "Коэффициент: с 1 января или 1 июля"
SAVE_VALUE: Final = "Добавить значение"
ADDED: Final = "Добавлено"


def window(from_day: int, to_day: int) -> str:
    """«с 15 по 25 число»."""
    return f"с {from_day} по {to_day} число" + (" следующего месяца" if to_day < from_day else "")


def due(day: int) -> str:
    """«до 15 числа»."""
    return f"до {day} числа"


def volume(m3: int) -> str:
    """«10 000 м³»."""
    return f"{m3:,}".replace(",", "\u202f") + "\u00a0м³"


def basic(*, shows_due: bool) -> str:
    """What somebody who knows the number only is shown."""
    return "видна сумма к оплате" if shows_due else "суммы не видно"


def price(roubles: Decimal) -> str:
    """«8,30 ₽/м³»: at least kopecks, at most what the price has."""
    whole, _, parts = f"{roubles:.5f}".partition(".")
    return f"{whole},{parts.rstrip('0').ljust(2, '0')}\u00a0{PER_M3}"


def valued(kind: str, region: str) -> str:
    """«Температурный коэффициент, Удмуртская Республика»; a value of all regions names none."""
    return f"{VALUES[kind]}, {region}" if region else VALUES[kind]
