"""Words of «История входов и изменений», by the action that the audit names."""

from typing import Final

from cabinet.texts import dates

TITLE: Final = "История входов и изменений"
NOTE: Final = "Последние 30 событий и попытки, которые не удались. Если чего-то из этого вы не делали, сразу смените пароль."
OPEN_NOTE: Final = "Кто и когда входил, что менялось"
NONE: Final = "Пока ничего не было"
NONE_NOTE: Final = "Здесь появятся входы, смена пароля, подключение счетов и показания."

WORDS: Final[dict[str, str]] = {
    "session.opened": "Вход",
    "session.reauthenticated": "Подтверждено паролем",
    "session.second_step": "Второе подтверждение при входе",
    "totp.on": "Вход с подтверждением включён",
    "totp.off": "Вход с подтверждением выключен",
    "recovery_codes.renewed": "Новые запасные коды",
    "deletion.asked": "Кабинет назначен к удалению",
    "deletion.undone": "Удаление кабинета отменено",
    "data.exported": "Скачаны мои данные",
    "session.revoked": "Сеанс завершён",
    "session.others_revoked": "Выход на всех остальных устройствах",
    "password.changed": "Пароль изменён",
    "login.changed": "Логин изменён",
    "password.reset": "Новый пароль по коду",
    "passkey.added": "Добавлен ключ доступа",
    "passkey.removed": "Удалён ключ доступа",
    "passkey.used": "Подтверждено ключом доступа",
    "user.blocked": "Кабинет закрыт по обращению",
    "user.unblocked": "Кабинет открыт снова",
    "supplier.chosen": "Выбран поставщик",
    "account.linked": "Лицевой счёт подключён",
    "account.renamed": "Название счёта изменено",
    "account.unlinked": "Лицевой счёт отключён",
    "account.restored": "Лицевой счёт возвращён",
    "notices.chosen": "Изменены уведомления",
    "reading.submitted": "Показание передано",
    "reading.cancelled": "Показание отменено",
    "payment.created": "Начата оплата",
}


FAILED: Final[dict[str, str]] = {
    "sign_in.failed": "Неверный пароль при входе",
    "passkey.failed": "Ключ доступа не подошёл",
    "code.failed": "Неверный код из сообщения",
    "session.second_step_failed": "Второе подтверждение при входе не удалось",
    "session.reauthentication_failed": "Неверный текущий пароль",
    "session.code_failed": "Неверный код при подтверждении",
}


def sentence(what: str, about: str) -> str:
    """«Вход: Chrome, Windows»."""
    return f"{what}: {about}" if about else what


def failed(action: str, tries: int) -> str:
    """«Неверный пароль при входе, 3 попытки»."""
    return f"{FAILED[action]}, {dates.plural(tries, 'попытка', 'попытки', 'попыток')}"


def account(number: str) -> str:
    """«№ 3700 0000 0000», of a number that is spaced already."""
    return f"№\u00a0{number}"


def place(address: str, *, several: bool = False) -> str:
    """«IP-адрес 192.0.2.1»; of several, the last one."""
    return f"{'Разные IP-адреса, последний' if several else 'IP-адрес'} {address}"
