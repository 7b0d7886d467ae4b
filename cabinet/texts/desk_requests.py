"""Words of the queue of requests for a PIN."""

from typing import Final

from cabinet.texts.pin_requests import DOCUMENT_REASONS, REJECT_REASONS

TITLE: Final = "Заявки"
OLDEST: Final = "Самая ранняя ждёт с"
QUEUE: Final = "Очередь"
NONE: Final = "Заявок нет"
NONE_NOTE: Final = "Новые появятся здесь сами."
NOT_CHOSEN: Final = "Заявка не открыта"
NOT_CHOSEN_NOTE: Final = "Откройте заявку: она станет вашей на 15 минут. Клавиши J и K ведут по очереди."
TAKEN: Final = "Смотрит коллега"
MINE: Final = "У вас"
SECOND: Final = "Нужен второй сотрудник"
SECOND_NOTE: Final = "Телефон или почта не те, что у владельца: после вас решает старший оператор."
UNTIL: Final = "Ваша до"
CLAIMS: Final = ("Сведения", "В заявке", "У нас", "Сверка")
NAMES: Final = {"account": "Лицевой счёт", "address": "Адрес", "phone": "Телефон", "email": "Почта"}
MATCHES: Final = {
    "same": ("ok", "совпадает"),
    "differs": ("error", "отличается"),
    "unknown": ("warn", "не с чем сверить"),
}
OWNER: Final = "Абонент по реестру"
KIND: Final = "Документ"
CARD: Final = "Карточка выдана"
DOCUMENTS: Final = "Документы"
NO_DOCUMENTS: Final = "Документов нет: их попросили прислать заново."
PAGE: Final = "Страница документа"
APPROVE: Final = "Одобрить"
RELEASE: Final = "Вернуть в очередь"
REFUSE: Final = "Отказать"
REASON: Final = "Причина"
REASONS: Final = (
    *((f"document.{key}", f"Другой документ: {words}") for key, words in DOCUMENT_REASONS.items()),
    *((f"reject.{key}", f"Отказ: {words}") for key, words in REJECT_REASONS.items()),
)
SEND_REFUSAL: Final = "Отправить ответ"
APPROVED: Final = "Одобрено: пин-код отправлен"
APPROVED_ONCE: Final = "Одобрено. Теперь решает старший оператор"
TURNED_DOWN: Final = "Ответ отправлен"
RELEASED: Final = "Заявка снова в очереди"
