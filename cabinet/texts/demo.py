"""Words of the pages that stand in for the world in a demonstration."""

from typing import Final

BANK: Final = "Учебный банк"
BANK_NOTE: Final = "Это страница для показа: деньги не списываются."
NO_PAYMENT: Final = "Такого платежа нет."
PRACTICE_NO_PAYMENT: Final = "В этом уроке такого платежа нет: наверное, урок начали заново. Вернитесь к уроку и нажмите «Оплатить» ещё раз."
CONFIRM: Final = "Подтвердить оплату"
REFUSE: Final = "Отклонить"
LEAVE: Final = "Закрыть без ответа"
INBOX: Final = "Письма и СМС"
INBOX_NOTE: Final = "В показе сообщения никуда не уходят: они приходят сюда. Новые сверху."
INBOX_EMPTY: Final = "Пока ничего нет. Письмо придёт после регистрации."
PRACTICE_NOTE: Final = "Учебная почта: настоящие письма сюда не приходят. Новые сверху."
PRACTICE_EMPTY: Final = "Пока ничего нет. Письмо придёт, когда вы отправите заявку или оплатите."
BACK: Final = "Вернуться к уроку"
SMS: Final = "СМС"
