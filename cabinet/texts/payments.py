"""Words about payments."""

from typing import Final

PAY: Final = "Оплатить"
PAY_TITLE: Final = "Оплата"
AMOUNT: Final = "Сумма"
AMOUNT_HINT: Final = "Можно изменить. Комиссия 0 ₽"
PAY_HISTORY: Final = "Платежи"
NO_PAYMENTS: Final = "Платежей ещё нет"
NO_PAYMENTS_NOTE: Final = "Здесь появятся ваши оплаты и их состояние."
PENDING_TITLE: Final = "Банк ещё подтверждает"
PENDING_NOTE: Final = "Не платите второй раз — мы напишем, как только банк ответит."
TO_BANK: Final = "Перейти на страницу банка"
PAY_MORE: Final = "Заплатить ещё"
PAY_OTHER: Final = "Заплатить другую сумму"
CHECK_AGAIN: Final = "Проверить ещё раз"
SUCCEEDED_TITLE: Final = "Оплачено"
SUCCEEDED_NOTE: Final = "Деньги зачислены на лицевой счёт."
FAILED_TITLE: Final = "Банк отклонил оплату"
FAILED_NOTE: Final = "Деньги не списаны. Попробуйте другую карту или СБП."

HERE: Final = "личный кабинет"
_CHANNELS: Final = {"post": "почта", "desk": "расчётный центр", "sber": "Сбербанк"}
_STATUSES: Final = {
    "created": "Ждёт банка",
    "pending": "Банк ещё подтверждает",
    "succeeded": "Оплачено",
    "failed": "Не прошла",
}


def status(value: str) -> str:
    """«Банк ещё подтверждает»."""
    return _STATUSES[value]


def channel(value: str) -> str:
    """Where it was paid; as the supplier calls it when we know no better."""
    return _CHANNELS.get(value, value)


def description(account: str) -> str:
    """What the bank shows the payer."""
    return f"Газ, лицевой счёт {account}"
