"""What a browser calls itself, in words: «Chrome, Windows»."""

from typing import Final

UNKNOWN: Final = "Неизвестное устройство"

# The first mark that is found names it: Edge, Opera and Yandex say «Chrome» too, and Chrome says «Safari».
_BROWSERS: Final = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("MiuiBrowser", "Mi Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def name(agent: str) -> str:
    """Of a `User-Agent` header: browser and system, or what is known of them."""
    found = [_first(agent, marks) for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in found if word) or UNKNOWN


def _first(agent: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((word for mark, word in marks if mark in agent), "")
