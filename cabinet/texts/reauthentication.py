"""Words of «Подтвердите, что это вы»."""

from typing import Final

TITLE: Final = "Подтвердите, что это вы"
NOTE: Final = "Дальше меняется вход в кабинет или важные данные. Введите пароль, и мы откроем страницу."
PASSWORD: Final = "Пароль"  # noqa: S105 - a label
CODE: Final = "Код из приложения"
CODE_HINT: Final = "Нет телефона под рукой? Введите запасной код"
CONFIRM: Final = "Подтвердить"
FORGOT: Final = "Забыли пароль?"
