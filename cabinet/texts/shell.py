"""The words of the shell and of the components that every page shares."""

from __future__ import annotations

BRAND = "Газ дома"
DESK_BRAND = "Расчётный центр"
TITLE = "{title} — Газ дома"
SKIP_TO_CONTENT = "К содержанию"
BACK = "Назад"
FOOTER = "Личный кабинет абонента"
EMERGENCY = "Запах газа? Звоните 104"

# The menu: these names are a contract (accessible names).
HOME = "Главная"
READINGS = "Показания"
CHARGES = "Начисления"
PAY = "Оплата"
SETTINGS = "НАСТРОЙКИ"
TRAINING = "РЕЖИМ ОБУЧЕНИЯ"
MORE = "Ещё"
SIGN_OUT = "Выйти"
SIGN_IN = "Войти"
REGISTER = "Зарегистрироваться"
DESK_PINS = "Пин-коды"
DESK_REQUESTS = "Заявки"
DESK_REGISTERS = "Реестры"
DESK_POLICY = "Правила"
DESK_MESSAGES = "Письма"
DESK_AUDIT = "Журнал"
DESK_TRAINING = "Обучение"
KEYS = "Клавиши"
KEYS_NOTE = "Работают, пока курсор не в поле"
KEYS_ON = "Клавиши включены"
KEYS_DONE = "Готово"
KEYS_LIST = (
    ("/", "перейти к поиску"),
    ("?", "показать этот список"),
    ("J, K", "следующая и предыдущая заявка"),
    ("Enter", "открыть заявку"),
    ("A", "одобрить"),
    ("R", "отказать: к списку причин"),
    ("Esc", "закрыть список причин"),
)
MAIN_MENU = "Разделы"

OFFLINE = "Нет связи. Введённое сохранено"
NEW_BUILD = "Кабинет обновился. Обновите страницу, чтобы продолжить"
RELOAD = "Обновить страницу"
NO_SCRIPT = "Чтобы войти и передать показания, включите JavaScript в браузере. Запах газа? Звоните 104."

PRACTICE_LABEL = "Режим обучения"
PRACTICE_BAND = "Обучение: данные ненастоящие"
PRACTICE_AGAIN = "Начать заново"
PRACTICE_LEAVE = "Выйти из обучения"
PRACTICE_PREFIX = "Обучение: "

CHECK_INPUT = "Проверьте введённое"
FAILED = "Не получилось"
ERROR_PREFIX = "Ошибка: "
ERROR = "Ошибка"
BUSY = "Подождите, отправляем"
LOADING = "Загружаем"

SHOW = "Показать"
HIDE = "Скрыть"
THE_PASSWORD = "пароль"  # noqa: S105 - a word of the interface, not a secret
CONFIRMATION_CODE = "Код подтверждения"

READING = "Показание"
READING_UNIT = "м³"
ROUBLE = "₽"

SHOW_AS_TABLE = "Показать таблицей"
MONTH = "Месяц"
VOLUME = "Расход"
LAST_YEAR = "Год назад"
BARS_LEGEND = "Янтарная черта — год назад. Штриховка — начислено по среднему или по нормативу."
ESTIMATED = "по среднему или нормативу"

THEME = "Оформление"
THEME_SYSTEM = "Как на устройстве"
THEME_LIGHT = "Светлое"
THEME_DARK = "Тёмное"

VISION = "Версия для слабовидящих"
VISION_NOTE = "Действует сразу, на всех страницах, на этом устройстве"
VISION_SIZE = "Размер"
VISION_SIZES = (("", "100 %"), ("large", "150 %"), ("huge", "200 %"))
VISION_COLOURS = "Цвета"
VISION_SCHEMES = (
    ("", "Обычные"),
    ("black", "Чёрным по белому"),
    ("white", "Белым по чёрному"),
    ("blue", "Синим по голубому"),
)
VISION_SPACING = "Расстояние между буквами"
VISION_SPACINGS = (("", "Обычное"), ("spaced", "Увеличенное"))
VISION_DONE = "Готово"
VISION_RESET = "Вернуть обычную версию"

CRASHED = "Страница не нарисовалась"
CRASHED_NOTE = (
    "Введённое на сервере сохранено. Обновите страницу; если не поможет, попробуйте другой браузер."
)
