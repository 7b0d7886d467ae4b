"""The lessons of РЕЖИМ ОБУЧЕНИЯ, as data: a supplier's staff can write one."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Lesson:
    """One job of the cabinet.

    Attributes:
        start: how far the practice subscriber has come when it begins: newcomer, supplied or connected.
        page: where it begins.
    """

    id: str
    title: str
    about: str
    start: str
    page: str


# Ways to take a lesson: it is shown, done together step by step, or done alone.
WAYS: Final = {"show": "Показать", "together": "Вместе", "alone": "Сам"}

LESSONS: Final = {
    lesson.id: lesson
    for lesson in (
        Lesson(
            "connect",
            "Подключить лицевой счёт",
            "Поставщик, номер из квитанции, расширенный доступ по номеру счётчика.",
            "newcomer",
            "/settings",
        ),
        Lesson(
            "reading",
            "Передать показание",
            "Чёрные цифры счётчика, сразу расход и рубли, квитанция с номером.",
            "connected",
            "/",
        ),
        Lesson(
            "charges",
            "Понять начисления",
            "Что начислено, почему столько и что значит штриховка.",
            "connected",
            "/charges",
        ),
        Lesson("pay", "Оплатить", "Сумма долга, страница банка, ответ — деньги зачислены.", "connected", "/"),
        Lesson(
            "pin",
            "Получить пин-код",
            "Заявка с одним документом, когда номера счётчика нет под рукой.",
            "supplied",
            "/pin",
        ),
    )
}
