"""Words of the ways in: registration, confirmation, sign-in."""

from typing import Final

REGISTER_TITLE: Final = "Регистрация"
LOGIN: Final = "Логин"
LOGIN_HINT: Final = "Номер сотового телефона или почта"
PASSWORD: Final = "Пароль"  # noqa: S105 - a label
NEW_PASSWORD_HINT: Final = "От 8 знаков, можно фразой. Не пин\u2011код поставщика"  # noqa: S105 - a hint
CONSENT: Final = "Согласие на обработку персональных данных"
CONSENT_READ: Final = "Прочитать согласие"
REGISTER: Final = "Зарегистрироваться"
HAVE_CABINET: Final = "Уже есть кабинет? Войти"

LOGIN_TITLE: Final = "Вход"
SIGN_IN: Final = "Войти"
FORGOT: Final = "Забыли пароль?"
REMEMBER: Final = "Запомнить на этом устройстве на 30 дней"
NO_CABINET: Final = "Нет кабинета? Зарегистрироваться"
TRY_TRAINING: Final = "Впервые здесь? РЕЖИМ ОБУЧЕНИЯ"

CONFIRM_TITLE: Final = "Подтверждение"
CODE: Final = "Код подтверждения"
CODE_HINT: Final = "6 цифр, действует 10 минут"
CONFIRM: Final = "Подтвердить"
RESEND: Final = "Отправить код ещё раз"
RESEND_WAIT: Final = "Ещё раз можно через {seconds} с"
RESENT: Final = "Отправили новый код. Прежний больше не действует."
OTHER_LOGIN: Final = "Войти с другим логином"
BY_CODE: Final = "Ввести код из письма"
CHANGE_LOGIN: Final = "Изменить адрес или номер"
SENT_MAIL: Final = "Мы отправили письмо с кодом на {to}. Если его нет, посмотрите в «Спаме»."
SENT_SMS: Final = "Мы отправили СМС с кодом на {to}."
NOTHING_AWAITED: Final = "Этот браузер не ждёт кода. Начните с регистрации или входа."
LINK_NOTE: Final = "Нажмите кнопку, чтобы подтвердить регистрацию по ссылке из письма."
LINK_DONE: Final = "Регистрация подтверждена. Войдите с логином и паролем."

RESET_TITLE: Final = "Новый пароль"
RESET_NOTE: Final = "Пришлём код на телефон или почту, с которыми вы регистрировались."
RESET_NONE: Final = "Код не пришёл? Возможно, кабинета с этим логином нет или регистрация не подтверждена."
RESET_ASK: Final = "Получить код"
NEW_PASSWORD: Final = "Новый пароль"  # noqa: S105 - a label
RESET_SAVE: Final = "Сменить пароль"


def sent(channel: str, to: str) -> str:
    """Where the code went, masked."""
    return (SENT_SMS if channel == "phone" else SENT_MAIL).format(to=to)
