"""Words of the page for addresses that are not there."""

from typing import Final

NOT_FOUND_TITLE: Final = "Такой страницы нет"
NOT_FOUND_NOTE: Final = "Проверьте адрес или начните с главной."
TO_HOME: Final = "На главную"
