"""The words of registers: why a line or a file is refused, and what the operator's commands say."""

from typing import Final

# By `domain.registers.Fault`.
FAULTS: Final[dict[str, str]] = {
    "fields": "число полей не такое, как в заголовке",
    "quote": "кавычка открыта, но не закрыта",
    "long_line": "строка слишком длинная",
    "unreadable": "есть знаки, которые не читаются",
    "required": "обязательное поле пустое",
    "account": "не номер лицевого счёта",
    "unknown_account": "лицевой счёт не найден у поставщика",
    "repeated": "больше ста строк этого лицевого счёта подряд",
    "els": "не ЕЛС: нужны 2 цифры, 2 буквы, 6 цифр",
    "izhku": "не ИЖКУ: нужны ЕЛС, дефис и 2 цифры",
    "izhku_other": "ИЖКУ не от этого ЕЛС: нужны этот ЕЛС, дефис и 2 цифры",
    "long": "значение слишком длинное",
    "number": "не число",
    "whole": "не целое число в допустимых пределах",
    "flag": "нужно 1 или 0",
    "date": "нет такого дня",
    "future": "это время ещё не наступило",
    "month": "нет такого месяца",
    "money": "не сумма в рублях",
    "volume": "не объём в м³",
    "reading": "не показание этого счётчика",
    "serial": "есть показание, но нет заводского номера счётчика",
    "bcrypt": "не хеш bcrypt",
    "usage": "неизвестный вид потребления: stove, stove_heater или heating",
    "service": "неизвестная услуга: gas или maintenance",
    "method": "неизвестный способ расчёта: metered, average или norm",
    "unbalanced": "не сходится: входящее + начислено + пени + перерасчёт − оплачено",
    "period_closed": "период закрыт: раньше загружено другое значение",
    "payment_differs": "этот платёж раньше загружен с другим значением",
}

# By the codes of the errors that refuse a file or a command.
ERRORS: Final[dict[str, str]] = {
    "register.empty": "Файл пуст: в нём нет даже заголовка.",
    "register.not_text": (
        "Это не текстовый файл. Сохраните реестр как CSV с точкой с запятой, в UTF-8 или Windows-1251."
    ),
    "register.columns_unknown": "Неизвестные столбцы: {columns}. Можно: {known}.",
    "register.columns_missing": "Не хватает обязательных столбцов: {columns}.",
    "register.columns_repeated": "Столбцы повторяются: {columns}.",
    "register.changing": "Файл менялся, пока его читали. Ничего не загружено, запустите ещё раз.",
    "register.rejects_unwritable": "Файл для отклонённых строк не записать: {file}.",
    "register.export_exists": "Файл {file} уже есть. Назовите другой: вдруг этот ещё не отправлен.",
    "register.export_unwritable": "Файл не записать: {file}. Проверьте папку и место на диске.",
    "register.undo_unknown": "Отменять нечего: отменить можно только последнюю загрузку, и только один раз.",
    "supplier.unknown": "Поставщика «{supplier}» нет. Кто есть: python -m cabinet supplier list",
    "supplier.exists": "Поставщик «{supplier}» уже есть.",
    "supplier.code_malformed": "Код поставщика: латинские строчные буквы, цифры и дефис, до 32 знаков.",
    "supplier.name_malformed": "Название поставщика: от 1 до 160 знаков.",
    "supplier.timezone_unknown": "Нет такого часового пояса: {timezone}. Пример: Europe/Samara.",
    "pin.account_unknown": "У поставщика нет лицевого счёта {account}.",
}
_UNREADABLE: Final[dict[str, str]] = {
    "missing": "такого файла нет",
    "folder": "это папка",
    "special": "это не обычный файл",
    "forbidden": "нет доступа",
}

KINDS: Final[dict[str, str]] = {
    "accounts": "Лицевые счета",
    "charges": "Начисления",
    "payments": "Платежи",
}
ENCODINGS: Final[dict[str, str]] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 с меткой порядка байтов",
    "windows-1251": "Windows-1251",
}

READ = "Прочитано строк"
ADDED = "Добавлено"
UPDATED = "Обновлено"
UNCHANGED = "Без изменений"
QUARANTINED = "В карантине"
ENCODING = "Кодировка"
SECONDS = "Секунд"
SPENT = "{seconds:.1f} ({rate} строк/с)"
IMPORTING = "{kind}: {file}"
PERCENT = "{percent} %"
AGAIN = "Этот файл уже загружен. Ничего не изменилось."
DRY_RUN = "Пробный прогон: ничего не сохранено."
REJECTS = "Отклонённые строки"
MORE_REJECTS = "и ещё {number}; все строки даёт --rejects ФАЙЛ"
REJECTS_WRITTEN = "Отклонённые строки записаны в {file}"
LINE = "Строка"
COLUMN = "Столбец"
REASON = "Причина"

DATABASE_NOT_READY = "База данных не готова. Выполните: python -m cabinet migrate"
DATABASE_FAILED = "База данных не ответила: {reason}. Ничего не изменено."
FILE_FAILED = "Файл не прочитать или не записать: {reason}. Ничего не изменено."

EXPORTED = "{kind}: записано строк — {lines}, файл {path}"
EXPORT_COMPLETED = "Прошлая выгрузка прервалась; её файл дописан: {path}"
EXPORT_SAME = "Это и был запрошенный файл. Что пришло позже, даст следующая выгрузка."
EXPORT_MOVED = (
    "Прошлая выгрузка прервалась, а её файл не записать: {gone}. Его строки — в файле {path}. "
    "Если поставщик уже получил прежний, этот не отправляйте. Что пришло позже, даст следующая выгрузка."
)
EXPORT_KINDS: Final[dict[str, str]] = {"readings": "Показания", "payments": "Оплаты"}

# By what keeps an import from being undone.
DEPENDS: Final[dict[str, str]] = {
    "payments": "по этим лицевым счетам платили",
    "readings": "по этим лицевым счетам передавали показания",
    "links": "эти лицевые счета подключали",
    "pins": "по этим лицевым счетам выдавали пин-коды",
    "registers": "по этим лицевым счетам загружали другие реестры",
    "others": "с этими лицевыми счетами работали в кабинете",
}
UNDONE = "Загрузка файла {file} отменена."
UNDO_TRIED = "Пробный прогон: загрузка файла {file} осталась. Отмена убрала бы:"
REMOVED = "Убрано"
RESTORED = "Возвращено как было"
TABLES: Final[dict[str, str]] = {
    "customer_accounts": "Лицевые счета",
    "meters": "Счётчики",
    "readings": "Показания",
    "access_pins": "Пин-коды и прежние пароли",
    "charges": "Начисления",
    "outside_payments": "Платежи",
}

SUPPLIER_ADDED = "Поставщик «{name}» добавлен, код {code}."
SUPPLIERS = "Поставщики"
NO_SUPPLIERS = "Поставщиков ещё нет."
CODE = "Код"
NAME = "Название"
TIMEZONE = "Часовой пояс"

PIN_ISSUED = "Пин-код лицевого счёта {account}: {pin}"
PIN_ONCE = "Он показан один раз. Прежний пин-код больше не действует."

# The demo supplier; the e-mail is the one of the supplier's instruction.
DEMO_NAME = "Межрегионгаз Ижевск"
DEMO_REGION = "Удмуртская Республика"
DEMO_DESK_ADDRESS = "г. Ижевск, ул. Песочная, д. 9"
DEMO_DESK_EMAIL = "secretary@udmurtgaz.ru"
DEMO_READY = "Демонстрационный поставщик «{name}» загружен."
DEMO_ALREADY = "Демонстрационный поставщик «{name}» уже загружен."
DEMO_TRY = "Попробуйте подключить"
DEMO_MORE = "и ещё {number} лицевых счетов"
DEMO_REFUSED = "CABINET_ENV=production: демонстрационные данные не загружаются."
ACCOUNT = "Лицевой счёт"
SERIAL = "Заводской номер"
PIN = "Пин-код"
FORMER_PASSWORD = "Прежний пароль"  # noqa: S105 - a heading
OWED = "К оплате, ₽"


def undo_refused(why: str) -> str:
    """What was made since on what the import brought."""
    return f"Загрузку не отменить: с тех пор {DEPENDS[why]}."


def unreadable(why: str) -> str:
    """Why a file cannot be opened."""
    return f"Файл не открыть: {_UNREADABLE[why]}."
