"""Words of the queue of requests for a PIN."""

from collections.abc import Sequence
from typing import Final

from cabinet.texts.pin_requests import DOCUMENT_REASONS, REJECT_REASONS

TITLE: Final = "Заявки"
WAITING: Final = "В очереди"
OLDEST: Final = "самая ранняя"
WAITS: Final = ("только что", "ждёт {m} мин", "ждёт {h} ч {m} мин", "ждёт {d} дн. {h} ч")
QUEUE: Final = "Очередь"
NONE: Final = "Заявок нет"
NONE_NOTE: Final = "Новые появятся здесь сами."
NOT_CHOSEN: Final = "Заявка не открыта"
NOT_CHOSEN_NOTE: Final = "Откройте заявку: она станет вашей на 15 минут. Клавиши J и K ведут по очереди."
GONE: Final = "Этой заявки больше нет в очереди: её отозвали или по ней уже решили"
LOST: Final = "15 минут прошли, и заявку открыл коллега"
EXPIRED: Final = (
    "Заявка снова в очереди: 15 минут прошли или в другой вкладке вы открыли ещё одну. "
    "Откройте её снова, если не закончили"
)
TAKEN: Final = "Смотрит коллега"
MINE: Final = "У вас"
SECOND: Final = "Нужен второй сотрудник"
TWO: Final = "Решают двое"
LETTER: Final = "По письму"
SENDER: Final = "Письмо от"
AUTHENTICATION: Final = "Проверка отправителя"
SINCE: Final = "Ждёт с"
UNTIL: Final = "За вами до"
MARKS: Final = "Сверка"
CLAIMED: Final = "В заявке"
KNOWN: Final = "В реестре"
NAMES: Final = {"account": "Лицевой счёт", "address": "Адрес", "phone": "Телефон", "email": "Почта"}
MATCHES: Final = {
    "same": ("ok", "совпадает"),
    "differs": ("error", "отличается"),
    "unknown": ("warn", "не с чем сверить"),
}
OWNER: Final = "Абонент по реестру"
KIND: Final = "Документ"
CARD: Final = "Карточка выдана"
CARD_UNSAID: Final = "дата не названа: посмотрите в документе, не старше ли она месяца"
DOCUMENTS: Final = "Документы"
NO_DOCUMENTS: Final = "Документы удалены: они хранятся 30 дней. Попросите прислать другой документ."
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
_MINUTE: Final = 60  # seconds; and minutes of an hour
_DAY: Final = 24  # hours
_WHY: Final = {
    "letter": "заявка пришла письмом не с адреса владельца",
    "phone": "телефон не тот, что у владельца",
    "email": "почта не та, что у владельца",
    "email_unknown": "владелец счёта входит по телефону, его почта неизвестна",
    "nothing_known": "ни телефона, ни почты владельца мы не знаем, а адрес не совпадает с реестром",
}
_CHECKS: Final = {"pass": "пройдена", "fail": "не пройдена", "softfail": "не пройдена", "none": "нет"}


def two_decide(reasons: Sequence[str], *, approved: bool) -> str:
    """Why two operators must decide, and whose turn it is."""
    why = ", ".join(_WHY[x] for x in reasons)
    turn = (
        "Первое одобрение есть: решает старший оператор."
        if approved
        else "После вас решает старший оператор."
    )
    return f"{why[0].upper()}{why[1:]}. {turn}"


def waits(seconds: int) -> str:
    """«ждёт 2 ч 05 мин»; desk.js goes on counting by the same shapes."""
    minutes, hours = seconds // _MINUTE, seconds // _MINUTE**2
    days, (fresh, short, long, longest) = hours // _DAY, WAITS
    if days:
        return longest.format(d=days, h=hours % _DAY)
    if hours:
        return long.format(h=hours, m=f"{minutes % _MINUTE:02}")
    return short.format(m=minutes) if minutes else fresh


def sender(address: str, *, own: bool) -> str:
    """«anna@example.ru — адрес владельца счёта»."""
    return f"{address} — {'адрес владельца счёта' if own else 'этого адреса у владельца счёта нет'}"


def authentication(marks: str) -> str:
    """What the supplier's mail server found out about a letter's sender: «DKIM пройдена, SPF не пройдена»."""
    if not marks:
        return "почтовый сервер ничего не сообщил"
    pairs = [x.partition("=") for x in marks.replace(",", " ").split()]
    return ", ".join(f"{name.upper()} {_CHECKS.get(value, value)}" for name, _, value in pairs)
