"""What a broken rule says to a person: what happened, then what to do. Looked up by the error's code."""

from collections.abc import Callable, Mapping
from typing import Final

from cabinet.texts import dates, registers

UNEXPECTED: Final = (
    "Что-то сломалось у нас, введённое не потеряно. Попробуйте ещё раз. Номер для справки: {reference}."
)

WORDS: Final[dict[str, str]] = {
    "access.extended_needed": "Это доступно в расширенном доступе. Откройте его номером счётчика или пин-кодом.",
    "account.unknown": "У поставщика нет такого лицевого счёта. Сверьте номер с квитанцией.",
    "account_number.malformed": "В номере лицевого счёта 12 цифр. Он стоит в квитанции вверху.",
    "acquirer.unclear": "Банк не отвечает. Деньги не списаны. Попробуйте через несколько минут.",
    "alias.long": "Название длиннее {most} знаков. Сократите его.",
    "busy": "Сейчас слишком много запросов. Попробуйте через несколько секунд.",
    "code.exhausted": "Слишком много неверных попыток. Нажмите «Отправить код ещё раз».",
    "code.expired": "Код устарел. Нажмите «Отправить код ещё раз».",
    "code.superseded": "Это прежний код. Введите код из последнего сообщения.",
    "code.used": "Этот код уже использован. Войдите с логином и паролем.",
    "conflict": "Сейчас это невозможно. Обновите страницу и попробуйте ещё раз.",
    "denied": "У вас нет права на это действие.",
    "form.stale": "Страница устарела. Обновите её и попробуйте ещё раз.",
    "human_check.expired": "Проверка устарела. Поставьте галочку «Я не робот» ещё раз.",
    "human_check.not_waivable": "Сначала попробуйте задание: картинку или слова на слух.",
    "human_check.task_needed": "С этим логином было много неудачных попыток входа, поэтому нужна проверка с заданием. Поставьте галочку «Я не робот» ещё раз.",
    "human_check.needed": "Пройдите проверку «Я не робот».",
    "human_check.unproved": "Браузер не справился с проверкой. Поставьте галочку «Я не робот» ещё раз.",
    "human_check.browser_unknown": "Браузер не принял cookie. Разрешите их для этого сайта и обновите страницу.",
    "input": "Проверьте введённое.",
    "journal.unbalanced": "Суммы не сошлись, ничего не записано. Мы уже разбираемся.",
    "login.malformed": "Введите номер телефона или почту, например +7 912 000-00-00",
    "message.spent": "Это сообщение уже ушло и вернулось: повторить его нельзя, код и ссылка в нём стёрты.",
    "message.undelivered": "Сообщение пока не ушло. Мы отправим его ещё раз сами.",
    "money.malformed": "Введите сумму в рублях, например 282,20",
    "notice.forged": "Подпись уведомления не подошла.",
    "notice.too_long": "Уведомление длиннее 256 КБ.",
    "not_found": "Этого нет в вашем кабинете. Вернитесь на главную и выберите лицевой счёт.",
    "passkey.known": "Этот ключ доступа уже добавлен. Выберите другое устройство.",
    "passkey.late": "Запрос устарел. Нажмите кнопку ещё раз.",
    "passkey.many": "Ключей доступа уже {most}, больше нельзя. Удалите тот, которым не пользуетесь.",
    "passkey.name": "Введите название, до {most} знаков",
    "passkey.refused": "Ключ доступа не подошёл. Попробуйте ещё раз или войдите с паролем.",
    "passkey.unknown": "Такого ключа доступа в кабинете нет: возможно, его удалили. Войдите с паролем.",
    "password.common": "Такой пароль подбирают первым. Придумайте другой, например фразу из трёх слов.",
    "password.like_login": "Пароль похож на логин. Придумайте другой, например фразу из трёх слов.",
    "password.long": "Пароль длиннее 256 знаков. Сократите его.",
    "password.short": "В пароле меньше 8 знаков. Добавьте ещё, можно фразой.",
    "password.wrong": "Текущий пароль не подошёл. Проверьте раскладку и большие буквы.",
    "operator.elsewhere": "Этот логин уже у оператора другого поставщика. Укажите другой.",
    "operator.login_taken": "С этим логином уже открыт кабинет абонента. Для рабочего места нужен отдельный логин.",
    "operator.name_malformed": "Имя оператора: от 1 до 120 знаков.",
    "operator.unknown": "Оператора с таким логином нет.",
    "payment.final": "Этот платёж уже завершён. Чтобы заплатить ещё раз, начните новый.",
    "payment.mismatch": "Банк назвал другую сумму. Мы разбираемся, не платите второй раз.",
    "payment.out_of_range": "Введите сумму от {least} до {most} ₽",
    "period.malformed": "Укажите месяц, например 2026-10",
    "reading.below_previous": "Показание меньше прошлого ({previous}). Проверьте цифры слева от запятой",
    "reading.malformed": "Введите цифры со счётчика, до {capacity} слева от запятой, например 01240",
    "reading.too_large": "Расход {volume} м³ больше возможного. Проверьте цифры слева от запятой",
    "reading.uncancellable": "Это показание уже нельзя отменить.",
    "reading.unusual": "Расход {volume} м³, обычно около {usual} м³. Если всё верно, отметьте «Показание верное» и передайте ещё раз.",
    "reauthentication_needed": "Подтвердите паролем, что это вы.",
    "second_factor.gone": "Здесь уже всё изменилось. Обновите страницу.",
    "second_step.gone": "Время вышло или было пять неверных попыток. Войдите с паролем ещё раз.",
    "sign_in.wrong": "Логин или пароль не подошёл. Проверьте их или нажмите «Забыли пароль?»",
    "sign_in_needed": "Войдите в кабинет.",
    "supplier.needed": "Сначала выберите поставщика в НАСТРОЙКАХ.",
    "ticket.unknown": "Вход не завершён: прошло больше минуты. Войдите ещё раз.",
    "totp.wrong": "Код не подошёл. Введите тот, что приложение показывает сейчас. Время на телефоне должно быть точным.",
    "volume.malformed": "Введите объём в кубометрах, например 12,345",
    **registers.ERRORS,
}

_PROOF_WRONG: Final = {
    "serial": "Номер не подошёл. Он выбит на счётчике и стоит в его паспорте. Пять неверных попыток закрывают "
    "подключение на сутки.",
    "pin": "Пин-код не подошёл. Проверьте его; большие и маленькие буквы не различаются. Пять неверных попыток "
    "закрывают подключение на час.",
}
_PROOF_MISSING: Final = {
    "serial": "Введите заводской номер счётчика",
    "pin": "Введите пин-код поставщика",
}
_MISSING: Final = {
    "access": "Выберите доступ: основной или расширенный",
    "proof_kind": "Выберите, чем открыть доступ: номером счётчика или пин-кодом",
    "current": "Введите текущий пароль",
    "consent": "Без согласия кабинет открыть нельзя. Поставьте галочку",
    "password": "Введите пароль",
    "supplier": "Выберите поставщика",
    "number": "Введите номер лицевого счёта",
}


def of(code: str, field: str, facts: Mapping[str, str | int]) -> str:
    """The words of a broken rule."""
    if code == "field.missing":
        return _MISSING.get(field, "Заполните это поле")
    template = _SPECIAL.get(code)
    return template(facts) if template else WORDS[code].format_map(facts)


Facts = Mapping[str, str | int]


def _too_many(facts: Facts) -> str:
    pause = dates.duration(int(facts.get("retry_in", 60)))
    if facts.get("bucket") == "code.minute":
        return f"Код мы отправили только что. Новый можно получить через {pause}."
    return f"Слишком много попыток. Подождите {pause} и попробуйте ещё раз."


def _code_wrong(facts: Facts) -> str:
    return f"Код не подошёл. Осталось {_tries(int(facts.get('left', 0)))}."


def _second_step_wrong(facts: Facts) -> str:
    left = int(facts.get("left", 0))
    if not left:
        return "Код не подошёл, это была последняя попытка. Войдите с паролем ещё раз."
    return f"Код не подошёл. Введите тот, что приложение показывает сейчас. Осталось {_tries(left)}."


def _recovery_wrong(facts: Facts) -> str:
    left = int(facts.get("left", 0))
    if not left:
        return "Код не подошёл, это была последняя попытка. Войдите с паролем ещё раз."
    return f"Запасной код не подошёл или уже использован. Введите другой. Осталось {_tries(left)}."


def _tries(left: int) -> str:
    return dates.plural(left, "попытка", "попытки", "попыток")


_SPECIAL: Final[dict[str, Callable[[Facts], str]]] = {
    "too_many": _too_many,
    "code.wrong": _code_wrong,
    "second_step.wrong": _second_step_wrong,
    "second_step.recovery_wrong": _recovery_wrong,
    "access.proof_wrong": lambda facts: _PROOF_WRONG[str(facts["kind"])],
    "access.proof_missing": lambda facts: _PROOF_MISSING[str(facts["kind"])],
    "register.unreadable": lambda facts: registers.unreadable(str(facts["why"])),
}
