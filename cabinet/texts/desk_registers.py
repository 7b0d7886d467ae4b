"""Words of the desk's registers."""

from typing import Final

TITLE: Final = "Реестры"
NOTE: Final = "Файл сначала проверяется: ничего не сохраняется, пока вы не нажмёте «Загрузить»."
KIND: Final = "Что в файле"
KINDS: Final = (
    ("accounts", "Лицевые счета", "Адреса, счётчики, пин-коды, долг"),
    ("charges", "Начисления", "По месяцам и услугам"),
    ("payments", "Платежи", "Принятые в других местах"),
)
FILE: Final = "Файл"
FILE_HINT: Final = "Перетащите сюда или выберите. CSV с «;», UTF-8 или Windows-1251"
UPLOAD_FAILED: Final = "Файл не дошёл. Проверьте связь и выберите его ещё раз."
UPLOADING: Final = "Отправка файла"
CHECK: Final = "Проверить файл"
TAKE: Final = "Загрузить"
RUNNING: Final = "Читаем файл"
TRIED: Final = "Проверка пройдена, ничего ещё не сохранено"
DONE: Final = "Реестр загружен"
AGAIN: Final = "Этот файл уже загружен. Ничего не изменилось"
REFUSED: Final = "Файл не принят"
FIRST_REJECTS: Final = "Первые строки в карантине"
ALL_REJECTS: Final = "Скачать отклонённые строки"
REJECTS_FILE: Final = "отклонённые"
HISTORY: Final = "Загруженные реестры"
NONE: Final = "Реестров ещё не было"
NONE_NOTE: Final = "Здесь будут загруженные файлы и их отклонённые строки."
TOO_LARGE: Final = "Файл больше 2 ГБ. Разделите его на части."
TOO_LARGE_BY_DAY: Final = (
    "Файл больше 40 МБ. Пока его читает SQLite, никто не может передать показание или заплатить. "
    "Попросите администратора загрузить его ночью командой register import или перейти на PostgreSQL."
)
UNDO: Final = "Отменить загрузку"
UNDO_TITLE: Final = "Отменить загрузку?"
UNDO_COLUMNS: Final = ("Что", "Уберём", "Вернём как было")
UNDO_NOTHING: Final = "Загрузка ничего не изменила: уберём только запись о ней."
UNDO_NOTE: Final = "После отмены этот же файл можно загрузить снова."
UNDO_NOW: Final = "Отменить загрузку"
UNDO_KEEP: Final = "Оставить"
UNDO_COUNTING: Final = "Считаем, что изменится"
UNDOING: Final = "Отменяем загрузку"
UNDOING_NOTE: Final = "Страницу можно закрыть: отмена дойдёт до конца сама."
UNDO_FAILED: Final = "Загрузка не отменена"
UNDONE: Final = "Загрузка отменена"
UNDONE_MARK: Final = "отменена"
COLUMNS: Final = ("Строка", "Столбец", "Причина")
LINES: Final = "строк"


def number(value: int) -> str:
    """«1 234 567», with narrow no-break spaces."""
    return f"{value:,}".replace(",", "\u202f")
