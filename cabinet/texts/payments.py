"""Words about payments."""

from typing import Final

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
