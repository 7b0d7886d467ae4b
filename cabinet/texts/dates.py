"""Days and months as Russian writes them."""

from datetime import date, datetime
from typing import Final

_OF: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_NAMES: Final = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
_SHORT: Final = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def day(value: date) -> str:
    """«20 октября»."""
    return f"{value.day}\u00a0{_OF[value.month - 1]}"


def day_year(value: date) -> str:
    """«20 октября 2026»."""
    return f"{day(value)} {value.year}"


def moment(value: datetime) -> str:
    """«20 октября 2026, 14:05», in the zone that the value has."""
    return f"{day_year(value.date())}, {value:%H:%M}"


def month(year: int, number: int) -> str:
    """«октябрь 2026»."""
    return f"{_NAMES[number - 1]} {year}"


def month_name(number: int) -> str:
    """«октябрь»."""
    return _NAMES[number - 1]


def month_short(number: int) -> str:
    """«окт»."""
    return _SHORT[number - 1]


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 попытка», «3 попытки», «5 попыток»."""
    tens, ones = number % 100, number % 10
    teens = range(11, 15)
    form = many if tens in teens else one if ones == 1 else few if ones in (2, 3, 4) else many
    return f"{number}\u00a0{form}"


def duration(seconds: int) -> str:
    """«40 секунд», «3 минуты», «2 часа»: rounded up, for «подождите …»."""
    minute, hour = 60, 3600
    if seconds < minute:
        return plural(seconds, "секунду", "секунды", "секунд")
    if seconds < hour:
        return plural(-(-seconds // minute), "минуту", "минуты", "минут")
    return plural(-(-seconds // hour), "час", "часа", "часов")
