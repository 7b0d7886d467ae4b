"""Words of «Вход с подтверждением»: the page of the settings and the second step of signing in."""

from typing import Final
from urllib.parse import quote

TITLE: Final = "Вход с подтверждением"
NOTE: Final = "Кроме пароля, кабинет спросит код из приложения на телефоне. Чужой, узнав пароль, не войдёт."
LINK_NOTE: Final = "Код из приложения на телефоне и запасные коды"

APP: Final = "Приложение с кодами"
OFF: Final = (
    "Выключено. С нового устройства вход по паролю и коду, который мы пришлём. Приложение надёжнее: "
    "SMS прочтёт и тот, кто получил дубликат вашей SIM-карты, письмо — кто открыл вашу почту."
)
ON: Final = "Включено с"
ON_NOTE: Final = "На знакомых устройствах код не спросим."
ON_ALWAYS: Final = "Код нужен при каждом входе: так требует рабочее место."
BEGIN: Final = "Подключить приложение"
TURN_OFF: Final = "Выключить"
TURNED_ON: Final = "Вход с подтверждением включён"
TURNED_OFF: Final = "Вход с подтверждением выключен"

APPS: Final = "Откройте на телефоне Яндекс Ключ, Google Authenticator или другое приложение для кодов."
SCAN: Final = "Наведите камеру приложения на этот квадрат."
QR: Final = "QR-код для приложения. Тот же ключ написан буквами ниже"
OPEN_APP: Final = "Открыть приложение на этом устройстве"
BY_HAND: Final = "Ввести ключ вручную"
BY_HAND_NOTE: Final = "Тип ключа: по времени, 6 цифр. Никому его не показывайте."
CODE: Final = "Код из приложения"
CODE_HINT: Final = "6 цифр, меняются каждые 30 секунд"
ENABLE: Final = "Включить"

RECOVERY: Final = "Запасные коды"
RECOVERY_NOTE: Final = (
    "Если телефона нет под рукой, код отсюда заменит код из приложения. Каждый действует один раз."
)
RECOVERY_LEFT: Final = "Осталось кодов:"
RENEW: Final = "Получить новые коды"
RENEW_NOTE: Final = "Прежние перестанут действовать."
SAVE_CODES: Final = "Сохраните запасные коды"
SAVE_CODES_NOTE: Final = "Показываем их один раз. Держите отдельно от телефона, например на бумаге."
DOWNLOAD: Final = "Скачать файлом"
PRINT: Final = "Напечатать"
SAVED: Final = "Коды сохранены"
FILE: Final = "zapasnye-kody.txt"

STEP_TITLE: Final = "Подтвердите вход"
STEP_NOTE: Final = "Пароль подошёл. Остался второй шаг."
RECOVERY_CODE: Final = "Запасной код"
RECOVERY_HINT: Final = "Все знаки одной строки с вашего листа, тире не обязательно"
USE_RECOVERY: Final = "Нет телефона? Ввести запасной код"
USE_APP: Final = "Ввести код из приложения"
CONFIRM: Final = "Войти"
SEND_CODE: Final = "Ключа нет под рукой? Прислать код"
GONE: Final = "Этот браузер не ждёт второго шага: прошло больше 10 минут или вход уже выполнен."
START_OVER: Final = "Войти с паролем заново"


def codes_file(codes: list[str], login: str) -> str:
    """A text file of the codes, as an address that a link can download."""
    lines = [f"{RECOVERY}: личный кабинет «Газ дома», {login}", "", *codes, "", RECOVERY_NOTE, ""]
    return "data:text/plain;charset=utf-8," + quote("\r\n".join(lines), safe="")
