"""Letters and short messages, by template."""

import re
from dataclasses import dataclass
from html import escape
from typing import Any, Final

BRAND: Final = "Газ дома"


@dataclass(frozen=True, slots=True)
class Words:
    """A message: `subject` and `lead` for letters, `sms` for phones, and what a letter's button with `link` says.

    In the first three `{name}` stands for a fact.
    """

    subject: str
    lead: str
    sms: str
    button: str = "Открыть по ссылке"


_CODE_TAIL: Final = (
    "Код действует 10 минут. Никому его не сообщайте: сотрудники поставщика его не спрашивают."
)

TEMPLATES: Final[dict[str, Words]] = {
    "confirm_register": Words(
        "Код подтверждения {code}",
        "Вы регистрируетесь в личном кабинете. Введите код на странице подтверждения или откройте ссылку. "
        + _CODE_TAIL
        + " Если это не вы, ничего не делайте: без кода кабинет не откроется.",
        "Код {code} для регистрации в личном кабинете. Никому его не сообщайте.",
        "Подтвердить регистрацию",
    ),
    "confirm_device": Words(
        "Код для входа {code}",
        "В ваш кабинет входят с нового устройства. Введите код на странице подтверждения. "
        + _CODE_TAIL
        + " Если это не вы, смените пароль.",
        "Код {code} для входа с нового устройства. Никому его не сообщайте.",
    ),
    "confirm_reset": Words(
        "Код для нового пароля {code}",
        "Вы меняете пароль личного кабинета. Введите код на странице «Новый пароль». "
        + _CODE_TAIL
        + " Если это не вы, ничего не делайте: пароль останется прежним.",
        "Код {code} для нового пароля. Никому его не сообщайте.",
    ),
    "confirm_login": Words(
        "Код для нового логина {code}",
        "Этот адрес хотят сделать логином личного кабинета. Введите код на странице «Сменить логин». "
        + _CODE_TAIL
        + " Если это не вы, ничего не делайте: без кода ничего не изменится.",
        "Код {code}, чтобы этот номер стал логином личного кабинета. Никому его не сообщайте.",
    ),
    "login_wanted": Words(
        "Этот адрес уже логин вашего кабинета",
        "Кто-то, возможно вы, хочет сделать этот адрес логином другого кабинета. У вас кабинет с ним уже есть, и он "
        "работает как прежде. Если это не вы, ничего не делайте.",
        "Этот номер хотели сделать логином другого кабинета. Ваш кабинет работает как прежде.",
    ),
    "login_changed": Words(
        "Логин кабинета изменён",
        "{at} логин вашего кабинета изменён на {new}. Прежний логин больше не действует, на остальных устройствах "
        "выполнен выход. Если это не вы, сразу обратитесь в расчётный центр{desk}: он закроет вход.",
        "{at} логин личного кабинета изменён на {new}. Если это не вы, обратитесь в расчётный центр{desk}.",
    ),
    "login_taken": Words(
        "Это новый логин вашего кабинета",
        "Теперь в кабинет входят с этим логином, пароль прежний. На остальных устройствах выполнен выход.",
        "Теперь это логин вашего личного кабинета. Пароль прежний.",
    ),
    "already_registered": Words(
        "У вас уже есть личный кабинет",
        "Кто-то, возможно вы, регистрируется с этим логином, а кабинет у вас уже есть. Войдите с прежним паролем "
        "или получите новый по ссылке «Забыли пароль?». Если это не вы, ничего не делайте.",
        "Кабинет с этим номером уже есть. Войдите или нажмите «Забыли пароль?»: {address}/login",
    ),
    "password_changed": Words(
        "Пароль изменён",
        "Пароль вашего кабинета изменён, на остальных устройствах выполнен выход. "
        "Если это не вы, сразу получите новый пароль по ссылке «Забыли пароль?».",
        "Пароль личного кабинета изменён. Если это не вы: {address}/reset",
    ),
    "cabinet_blocked": Words(
        "Вход в кабинет закрыт",
        "Вход в ваш личный кабинет закрыт, на всех устройствах выполнен выход. Лицевые счета, показания и платежи на "
        "месте. Чтобы открыть кабинет снова, обратитесь в расчётный центр.",
        "Вход в личный кабинет закрыт. Чтобы открыть его снова, обратитесь в расчётный центр.",
    ),
    "access_pin": Words(
        "Пин-код для лицевого счёта {account}",
        "Пин-код для лицевого счёта {account}: {pin}. Войдите в кабинет, подключите этот счёт и введите пин-код: "
        "он откроет показания, начисления и историю. Большие и маленькие буквы не различаются. "
        "Никому его не сообщайте. Прежний пин-код больше не действует.",
        "Пин-код для лицевого счёта {account}: {pin}. Никому его не сообщайте.",
    ),
    "pin_issued": Words(
        "Выдан новый пин-код: лицевой счёт {account}",
        "Поставщик выдал новый пин-код для лицевого счёта {account}, который подключён в вашем кабинете. Прежний "
        "пин-код больше не действует, ваш доступ остаётся. Если за пин-кодом приходили не вы и не ваши близкие, "
        "сообщите в расчётный центр.",
        "Для счёта {account} выдан новый пин-код. Если это не вы, сообщите в расчётный центр.",
    ),
    "pin_request_received": Words(
        "Заявка на пин-код {request} принята",
        "Мы получили вашу заявку на пин-код для лицевого счёта {account}. Оператор расчётного центра сверит документ "
        "и ответит письмом. По ссылке видно, на каком она шаге; там же её можно отозвать. Документ удаляется сразу "
        "после решения. Если заявку отправили не вы, отзовите её по ссылке.",
        "Заявка на пин-код {request} принята: {link}",
        "Открыть заявку",
    ),
    "pin_letter_lacks": Words(
        "Заявка на пин-код не принята: чего не хватает",
        "Мы прочитали ваше письмо о пин-коде, но заявку по нему не сделали. {lacks} Отправьте новое письмо, где есть "
        "всё сразу: номер лицевого счёта, адрес, номер мобильного телефона и снимок документа. Или заполните заявку "
        "на сайте: {address}/pin.",
        "Заявка на пин-код не принята: {lacks}",
    ),
    "pin_request_document_needed": Words(
        "Заявка {request}: нужен другой документ",
        "По заявке на пин-код для лицевого счёта {account} нужен другой документ. {reason} Приложите его по ссылке.",
        "Заявка {request}: нужен другой документ: {link}",
        "Приложить документ",
    ),
    "pin_request_rejected": Words(
        "Заявка {request}: отказано",
        "Пин-код для лицевого счёта {account} по этой заявке не выдан. {reason}",
        "Заявка {request}: отказано. {link}",
        "Открыть заявку",
    ),
    "pin_request_withdrawn": Words(
        "Заявка {request} отозвана",
        "Заявка на пин-код для лицевого счёта {account} отозвана, её документы удалены. Новую можно отправить "
        "в любое время на странице {address}/pin.",
        "Заявка {request} отозвана.",
        "Открыть заявку",
    ),
    "deletion_asked": Words(
        "Кабинет будет удалён {day}",
        "Вы попросили удалить личный кабинет. {day} мы сотрём логин, пароль и подключённые счета. До этого дня можно "
        "передумать: войдите и нажмите «Отменить удаление». Если это не вы, войдите, отмените удаление и смените пароль.",
        "Кабинет будет удалён {day}. Передумали или это не вы: {address}/login",
    ),
    "deletion_soon": Words(
        "Кабинет будет удалён {day}",
        "{day} личный кабинет будет удалён, как вы просили. Вернуть его потом нельзя. Передумали: войдите и нажмите "
        "«Отменить удаление».",
        "Кабинет будет удалён {day}. Отменить: {address}/login",
    ),
    "deletion_undone": Words(
        "Удаление кабинета отменено",
        "Кабинет остаётся, всё в нём на месте. Если отменили не вы, смените пароль.",
        "Удаление кабинета отменено. Если это не вы: {address}/reset",
    ),
    "data_exported": Words(
        "Скачаны данные вашего кабинета",
        "Из вашего кабинета скачан архив со всеми вашими данными. Если это не вы, смените пароль и завершите чужие "
        "сеансы в НАСТРОЙКАХ.",
        "Скачан архив данных вашего кабинета. Если это не вы: {address}/reset",
    ),
    "operator_invited": Words(
        "Рабочее место оператора: {supplier}",
        "Вам открыли рабочее место расчётного центра ({supplier}). Откройте {address}/reset, укажите эту почту и "
        "придумайте пароль. При первом входе подключите второй фактор: без него рабочее место закрыто.",
        "Вам открыто рабочее место ({supplier}). Придумайте пароль: {address}/reset",
    ),
    "passkey_added": Words(
        "Добавлен ключ доступа",
        "В ваш кабинет теперь можно войти новым ключом доступа, без пароля. Если это не вы, войдите, удалите ключ "
        "в НАСТРОЙКАХ и смените пароль.",
        "В личный кабинет добавлен ключ доступа. Если это не вы: {address}/settings/passkeys",
    ),
    "passkey_removed": Words(
        "Удалён ключ доступа",
        "Этим ключом доступа в ваш кабинет больше не войти. Если это не вы, сразу смените пароль.",
        "Из личного кабинета удалён ключ доступа. Если это не вы: {address}/reset",
    ),
    "second_factor_on": Words(
        "Вход с подтверждением включён",
        "При входе с нового устройства кабинет теперь спросит второе подтверждение, кроме пароля. "
        "Сохраните запасные коды: они помогут войти без телефона. Если это не вы, сразу получите новый пароль "
        "по ссылке «Забыли пароль?».",
        "Вход с подтверждением включён. Если это не вы: {address}/reset",
    ),
    "second_factor_off": Words(
        "Вход с подтверждением выключен",
        "Второе подтверждение при входе в ваш кабинет выключено: для входа хватит пароля и кода, который мы пришлём. "
        "Если это не вы, сразу получите новый пароль по ссылке «Забыли пароль?».",
        "Вход с подтверждением выключен. Если это не вы: {address}/reset",
    ),
    "second_step_failed": Words(
        "Кто-то знает ваш пароль",
        "В ваш кабинет пытались войти с верным паролем и пять раз ошиблись во втором подтверждении. Войти не удалось. "
        "Если это не вы, получите новый пароль по ссылке «Забыли пароль?».",
        "В кабинет пытались войти с вашим паролем. Если это не вы: {address}/reset",
    ),
    "recovery_code_used": Words(
        "Вход по запасному коду",
        "В ваш кабинет вошли по запасному коду. Осталось кодов: {left}. Новые можно получить в НАСТРОЙКАХ. "
        "Если это не вы, сразу получите новый пароль по ссылке «Забыли пароль?».",
        "Вход по запасному коду, осталось: {left}. Если это не вы: {address}/reset",
    ),
    "recovery_codes_renewed": Words(
        "Новые запасные коды",
        "Для вашего кабинета созданы новые запасные коды, прежние больше не действуют. "
        "Если это не вы, сразу получите новый пароль по ссылке «Забыли пароль?».",
        "Запасные коды кабинета заменены. Если это не вы: {address}/reset",
    ),
    "guessing_locked": Words(
        "Лицевой счёт {account}: подбор доступа остановлен",
        "Кто-то несколько раз ввёл неверный пин-код или номер счётчика для вашего лицевого счёта {account}. "
        "Новые подключения к нему на время закрыты. Ваш доступ и оплата работают как прежде.",
        "Лицевой счёт {account}: подбор доступа остановлен. Ваш доступ работает.",
    ),
    "access_opened": Words(
        "Открыт доступ к лицевому счёту {account}",
        "Ещё один кабинет получил расширенный доступ к вашему лицевому счёту {account}: показания, начисления, "
        "платежи. Если это не ваши близкие, обратитесь в расчётный центр: он выдаст новый пин-код.",
        "К лицевому счёту {account} подключён ещё один кабинет.",
    ),
    "readings_open": Words(
        "Пора передать показание: счёт {account}",
        "По лицевому счёту {account} принимаем показания до {until}. Передайте показание счётчика в кабинете: "
        "{address}/readings. Отключить такие письма можно там же: {address}/settings/notifications.",
        "Счёт {account}: показания принимаем до {until}. {address}/readings",
    ),
    "readings_closing": Words(
        "Показание ещё не передано: счёт {account}",
        "По лицевому счёту {account} показания за этот месяц ещё нет, а приём закрывается: последний день {until}. "
        "Передайте его в кабинете: {address}/readings. Отключить такие письма можно там же: "
        "{address}/settings/notifications.",
        "Счёт {account}: показания ещё нет, последний день приёма {until}. {address}/readings",
    ),
    "verification_due": Words(
        "Поверка счётчика до {until}: счёт {account}",
        "Счётчик по лицевому счёту {account} нужно поверить до {until}: после этого дня показания не учитываются "
        "в начислении. Договоритесь о поверке заранее. Отключить такие письма можно в кабинете: "
        "{address}/settings/notifications.",
        "Счёт {account}: поверьте счётчик до {until}, потом показания не учитываются.",
    ),
    "payment_succeeded": Words(
        "Оплата принята: {amount} ₽",
        "Оплата {amount} ₽ по лицевому счёту {account} прошла. Номер платежа {payment}.",
        "Оплата {amount} р. по лицевому счёту {account} прошла.",
    ),
    "payment_failed": Words(
        "Оплата не прошла: {amount} ₽",
        "Банк отклонил оплату {amount} ₽ по лицевому счёту {account}. Деньги не списаны. "
        "Попробуйте другую карту или СБП.",
        "Банк отклонил оплату {amount} р. по лицевому счёту {account}. Деньги не списаны.",
    ),
}


def subject(template: str, facts: dict[str, Any]) -> str:
    """The subject of a letter."""
    return TEMPLATES[template].subject.format_map(facts)


def letter_text(template: str, facts: dict[str, Any]) -> str:
    """The letter in plain text: the code and the link on lines of their own."""
    lines = [subject(template, facts), "", TEMPLATES[template].lead.format_map(facts), ""]
    lines += [f"Код: {facts['code']}", ""] if "code" in facts else []
    lines += [f"{TEMPLATES[template].button}: {facts['link']}", ""] if "link" in facts else []
    return "\n".join([*lines, f"{BRAND}, личный кабинет абонента: {facts['address']}", ""])


def preheader(template: str, facts: dict[str, Any]) -> str:
    """What a list of letters shows after the subject: the first sentence."""
    return TEMPLATES[template].lead.format_map(facts).partition(". ")[0].rstrip(".") + "."


def letter_html(template: str, facts: dict[str, Any]) -> str:
    """The letter in HTML that reads well in light and dark mailers, at 320 px and wider."""
    safe = {name: escape(str(value)) for name, value in facts.items()}
    lead = _linked(TEMPLATES[template].lead.format_map(safe), safe["address"])
    code = _CODE.format_map(safe) if "code" in safe else ""
    link = _LINK.format(link=safe["link"], words=TEMPLATES[template].button) if "link" in safe else ""
    return _PAGE.format(
        title=subject(template, safe),
        preheader=preheader(template, safe),
        body=f'<p style="margin:0 0 16px">{lead}</p>{code}{link}',
        address=safe["address"],
        brand=BRAND,
    ).replace(" ₽", "&nbsp;₽")


# Mailers that know `prefers-color-scheme` take the dark colours; the others keep the inline ones, and those
# that turn colours round by themselves find no picture and no white text to spoil.
_PAGE: Final = (
    '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title><style>:root{{color-scheme:light dark;supported-color-schemes:light dark}}"
    "@media(prefers-color-scheme:dark){{.ground{{background:#0e181e!important}}"
    ".card{{background:#17242c!important;border-color:#2c3d47!important;color:#eaf1f3!important}}"
    ".code{{background:#0e181e!important;color:#eaf1f3!important}}.link{{color:#7fd0dc!important}}"
    ".button{{background:#7fd0dc!important;color:#06222a!important}}.note{{color:#afbec6!important}}}}</style></head>"
    '<body class="ground" style="margin:0;padding:0;background:#fbf9f4">'
    '<div style="display:none;max-height:0;overflow:hidden;opacity:0">{preheader}'
    + "&#847;&zwnj;&nbsp;"
    * 60
    + '</div><table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" '
    'style="background:#fbf9f4"><tr><td align="center" style="padding:24px 12px">'
    '<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" '
    'style="max-width:560px;background:#ffffff;border:1px solid #dfe3e1;border-radius:16px;color:#13212b;'
    'font:18px/28px \'Golos Text\',Arial,sans-serif;text-align:left"><tr><td style="padding:24px">'
    '<h1 style="margin:0 0 16px;font-size:24px;line-height:32px">{title}</h1>{body}'
    '<p class="note" style="margin:24px 0 0;font-size:16px;line-height:24px;color:#46555f">'
    '<a class="link" href="{address}" style="color:#0b5a6b">{brand}</a>, личный кабинет абонента</p>'
    "</td></tr></table></td></tr></table></body></html>"
)
_CODE: Final = (
    '<p class="code" style="margin:0 0 16px;padding:12px 16px;background:#e3f0f1;border-radius:10px;color:#13212b;'
    'font-size:32px;line-height:40px;font-weight:600;letter-spacing:6px;font-family:Consolas,Menlo,monospace">'
    "{code}</p>"
)
_LINK: Final = (
    '<p style="margin:0"><a class="button" href="{link}" style="display:inline-block;padding:14px 24px;'
    'background:#0b5a6b;border-radius:10px;color:#ffffff;font-weight:600;text-decoration:none">'
    "{words}</a></p>"
)


def _linked(words: str, address: str) -> str:
    """Pages of the portal named in the words as links; nobody else's address becomes one."""
    anchor = r'<a class="link" href="\g<0>" style="color:#0b5a6b">\g<0></a>'
    return re.sub(rf"{re.escape(address)}/[\w/]+", anchor, words)


def sms_text(template: str, facts: dict[str, Any]) -> str:
    """The short message; a code's ends with `@host #code`, so that phones fill it in."""
    text = TEMPLATES[template].sms.format_map(facts)
    return f"{text}\n\n@{facts['host']} #{facts['code']}" if "code" in facts else text


NO_DEAD: Final = "Недоставленных сообщений нет."
DEAD: Final = "Недоставленные сообщения"
COLUMNS: Final = ("№", "Канал", "Кому", "Шаблон", "Создано", "Попыток", "Причина")
RETRIED: Final = "Сообщение {id} будет отправлено снова."
ALL_RETRIED: Final = "Будут отправлены снова: {count}. Остались те, что уже ушли и вернулись."
NAME_ONE: Final = "Укажите номер сообщения или --all."
