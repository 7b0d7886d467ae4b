"""РЕЖИМ ОБУЧЕНИЯ in words."""

from typing import Final

TRAINING_TITLE: Final = "РЕЖИМ ОБУЧЕНИЯ"
TRAINING_NOTE: Final = "Пять дел кабинета на настоящих страницах, каждое за пару минут. Данные учебные: ничего не отправится и не спишется. Регистрироваться не нужно."
WAYS_TITLE: Final = "Три способа пройти урок"
FINISHED: Final = "Пройден"
PASSED: Final = "Пройдено {count} из {of}"
ALL_PASSED: Final = "Пройдены все уроки"
STEP_OF: Final = "Шаг {at} из {of}"
RESUME: Final = "Продолжить с шага {at}"
HELP: Final = "Учебный урок этой страницы"
# Why no lesson begins, or why it has ended; by the error's code.
PROBLEMS: Final = {
    "busy": "Сейчас учится слишком много людей, и все места заняты. Подождите несколько минут и начните урок ещё раз.",
    "too_many": "Из вашей сети начали слишком много уроков за час. Подождите час и начните урок ещё раз.",
    "human_check.browser_unknown": "Урок не начался: браузер не принял cookie. Разрешите их для этого сайта, обновите страницу и начните урок ещё раз.",
    "practice_over": "Урок закончился: учебные данные живут одни сутки. Начните его заново.",
}
# At the desk.
COUNTS_TITLE: Final = "Обучение"
COUNTS_NOTE: Final = (
    "Сколько людей дошли до каждого шага и на каком остановились. Только числа: кто это, неизвестно."
)
STEP: Final = "Шаг"
CAME: Final = "Дошли"
LEFT: Final = "Остановились"
BEGUN: Final = "Начали"
FINISHED_COUNT: Final = "прошли"
NOBODY: Final = "Уроков ещё никто не начинал"
NOBODY_NOTE: Final = "Числа появятся после первого урока."
# The practice world.
SUPPLIER: Final = "Учебный поставщик"
REGION: Final = "Учебная область"
LOCALITY: Final = "г. Учебный"
STREET: Final = "ул. Примерная"
ADDRESS: Final = f"{LOCALITY}, {STREET}, д. 12, кв. 34"
DESK_ADDRESS: Final = "г. Учебный, ул. Примерная, д. 1"
LAST_NAME: Final = "Примерова"
FIRST_NAME: Final = "Вера"
METER: Final = "Учебный-4"
OPERATOR: Final = "Учебный оператор"
SENDER: Final = "Учебная почта <practice@localhost>"

# What the coach's own buttons and lines say.
COACH: Final = {
    "next": "Дальше",
    "back": "Назад",
    # What follows the line is heard, and seen where there is room.
    "leave": "Выйти| из обучения",
    "hide": "Свернуть| подсказку",
    "skip": "Пропустить| шаг",
    "stuck": "Не получается? «Пропустить шаг» сделает его за вас.",
    "show": "Показать подсказку",
    "step": "Шаг {at} из {of}",
    "go": "Перейти на страницу шага",
    "elsewhere": "Этот шаг — на другой странице.",
    "hint": "Подсказка",
    "done": "Урок пройден",
    "well": "Теперь то же самое получится в вашем кабинете.",
    "lessons": "К урокам",
    "again": "Ещё раз",
    "sample": "Взять учебный документ",
    "sample_lines": "УЧЕБНЫЙ ДОКУМЕНТ|Примерова Вера|г. Учебный, ул. Примерная, д. 12, кв. 34|Образец для обучения",
    "sample_name": "Учебный документ.jpg",
    "inbox": "Открыть учебную почту",
}
