"""The lessons of РЕЖИМ ОБУЧЕНИЯ, as data: a supplier's staff can write one.

In texts and values `{account}`, `{serial}`, `{reading}`, `{debt}`, `{address}`, `{phone}` and `{email}` are those of the practice
household; `{pin}` is of the last letter and `{request}` of the last request for a PIN, "" before one.
"""

from dataclasses import dataclass
from typing import Final

from cabinet.texts import accounts, payments, readings, settings


@dataclass(frozen=True, slots=True)
class Step:
    """One step on one page.

    Attributes:
        page: the path on which it is taken.
        address: what leads to the page where it is taken up or gone back to; "" where the path is enough.
        element: CSS selector of what it speaks of; the first that is seen.
        hint: what helps whoever typed something wrong or waits for long; every step that waits for a deed has one.
        slip: CSS selector of what is seen when the deed came to something else; the hint helps then too.
        type: selectors of fields and what to type or choose there («on» ticks).
        press: the selector of what to press then; "" when nothing is pressed.
        file: the selector of a file field that the coach fills with a practice document.
        start: how far the subscriber must have come for the lesson to be taken up here; "" where it cannot be.
        open: a plain page, without the coach, that it offers to open; `back` is where that page leads.
        path: done when this page is open.
        says: done when the page says this.
        seen: done when an element of this selector is seen.

    A step that names none of the last three is done by «Дальше».
    """

    page: str
    element: str
    title: str
    text: str
    hint: str = ""
    slip: str = ""
    address: str = ""
    start: str = ""
    type: tuple[tuple[str, str], ...] = ()
    press: str = ""
    file: str = ""
    open: str = ""
    back: str = ""
    path: str = ""
    says: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One job of the cabinet.

    Attributes:
        start: how far the practice subscriber has come when it begins, a `Start`.
        page: where it begins.
        task: what is to be done, for those who do it alone.
    """

    id: str
    title: str
    about: str
    task: str
    start: str
    page: str
    steps: tuple[Step, ...]

    def resumable(self, reached: int) -> int:
        """The last step at which it may be taken up when so many are behind; 0 is its beginning."""
        return max((n for n, step in enumerate(self.steps[: reached + 1]) if step.start), default=0)


# Ways to take a lesson: it is shown, done together step by step, or done alone.
WAYS: Final = {"together": "Вместе", "show": "Показать", "alone": "Сам"}
WAY_NOTES: Final = {
    "together": "нажимаете вы, подсказка ведёт по шагам",
    "show": "нажимает подсказка, вы смотрите",
    "alone": "только задание, подсказка — по просьбе",
}

_SUPPLIER_FORM: Final = "form:has([name=supplier])"
_CONNECT_LINK: Final = "main a[href='/accounts/new']"
_SUBMIT: Final = "main form button[type=submit]"
# Home has it in extended access only.
_READINGS_LINK: Final = "main a[href^='/readings']"

CONNECT: Final = Lesson(
    "connect",
    "Подключить лицевой счёт",
    "Поставщик, номер из квитанции, расширенный доступ по номеру счётчика.",
    "Выберите поставщика и сохраните. Подключите лицевой счёт {account} с расширенным доступом: заводской номер счётчика {serial}.",
    "newcomer",
    "/settings",
    (
        Step(
            "/settings",
            _SUPPLIER_FORM,
            "Поставщик",
            "Выберите поставщика и нажмите «Сохранить». Его имя стоит вверху квитанции.",
            "Сначала отметьте поставщика, потом нажмите «Сохранить».",
            type=(("[name=supplier]", "on"),),
            press=f"{_SUPPLIER_FORM} button[type=submit]",
            says=settings.SAVED,
        ),
        Step(
            "/settings",
            _CONNECT_LINK,
            "Лицевой счёт",
            "Нажмите «Подключить лицевой счёт».",
            "Ссылка стоит под поставщиком, в разделе «Лицевые счета».",
            start="supplied",
            press=_CONNECT_LINK,
            path="/accounts/new",
        ),
        Step(
            "/accounts/new",
            "form:has(#number)",
            "Номер из квитанции",
            "Введите 12 цифр: {account}. Затем «Найти».",
            "Номер учебного счёта — {account}. Пробелы можно не ставить.",
            start="supplied",
            type=(("#number", "{account}"),),
            press=_SUBMIT,
            says=accounts.MINE,
        ),
        Step(
            "/accounts/new",
            "main .stack:has(> .button.primary)",
            "Ваш ли это адрес",
            "Адрес скрыт наполовину: чужой номер не выдаст соседа. Сверьте и нажмите «Это мой счёт».",
            "Адрес учебный, сверять его не с чем. Кнопка «Это мой счёт» — под ним.",
            press="main .button.primary",
            seen="[name=access]",
        ),
        Step(
            "/accounts/new",
            "form:has([name=access])",
            "Расширенный доступ",
            "Выберите «Расширенный» и введите заводской номер счётчика {serial}. Он выбит на корпусе. Затем «Открыть доступ».",
            "Номер учебного счётчика — {serial}, с нулём впереди.",
            address="/accounts/new?number={account}",
            start="supplied",
            type=(("[name=access][value=extended]", "on"), ("#serial", "{serial}")),
            press=_SUBMIT,
            seen=_READINGS_LINK,
        ),
    ),
)

READING: Final = Lesson(
    "reading",
    "Передать показание",
    "Чёрные цифры счётчика, сразу расход и рубли, квитанция с номером.",
    "Передайте показание {reading}.",
    "connected",
    "/",
    (
        Step(
            "/",
            _READINGS_LINK,
            "С главной страницы",
            "Нажмите «Передать показание».",
            "Кнопка «Передать показание» — на карточке счётчика.",
            press=_READINGS_LINK,
            path="/readings",
        ),
        Step(
            "/readings",
            "form:has(#value)",
            "Цифры со счётчика",
            "Перепишите чёрные цифры слева направо: {reading}. Красные не нужны. Расход и сумма видны до отправки. Затем «Передать показание».",
            "Сверьте цифры: на учебном счётчике сейчас {reading}, и меньше прошлого он не показывает.",
            start="connected",
            type=(("#value", "{reading}"),),
            press=_SUBMIT,
            says=readings.RECEIPT,
        ),
        Step(
            "/readings",
            "main [role=status].card",
            "Квитанция",
            "Есть номер и время — показание дошло, второй раз отправлять не нужно. Ошиблись — «Отменить» в истории, пока идёт приём.",
        ),
    ),
)

CHARGES: Final = Lesson(
    "charges",
    "Понять начисления",
    "Что начислено, почему столько и что значит штриховка.",
    "Откройте «Почему столько?» у последнего месяца.",
    "connected",
    "/charges",
    (
        Step(
            "/charges",
            "main .card",
            "Год одним взглядом",
            "Столбик — расход за месяц, янтарная черта — тот же месяц год назад. Штриховка: показаний не было, взяли среднее.",
        ),
        Step(
            "/charges",
            "main .stack .card",
            "Почему столько?",
            "Нажмите «Почему столько?»: показания, расход, цена и пункт правил.",
            "Строка «Почему столько?» — внизу карточки месяца.",
            start="connected",
            press="main .stack .card summary",
            seen="main .stack details[open]",
        ),
        Step(
            "/charges",
            "main .stack details[open]",
            "Формула",
            "Расход × цена = сумма. Сверьте показания со своим счётчиком; не сходится — передайте показание.",
        ),
    ),
)

PAY: Final = Lesson(
    "pay",
    "Оплатить",
    "Сумма долга, страница банка, ответ — деньги зачислены.",
    "Оплатите долг целиком.",
    "connected",
    "/",
    (
        Step(
            "/",
            "main a[href^='/pay']",
            "С главной страницы",
            "Нажмите «Оплатить».",
            "Кнопка «Оплатить» — под суммой к оплате.",
            press="main a[href^='/pay']",
            path="/pay",
        ),
        Step(
            "/pay",
            "main .card:has(#amount)",
            "Сумма",
            "Долг уже вписан, сумму можно изменить. Нажмите «Оплатить», а на странице банка — «Подтвердить оплату». Деньги учебные.",
            "Нажмите «Оплатить» здесь и «Подтвердить оплату» на странице банка. Закрыли банк без ответа — сначала откройте «Заплатить другую сумму».",
            slip="main .banner:not(.ok)",
            start="connected",
            type=(("#amount", "{debt}"),),
            press=_SUBMIT,
            says=payments.SUCCEEDED_NOTE,
        ),
        Step(
            "/pay",
            "main [role=status]",
            "Ответ банка",
            "Деньги зачислены. Если банк ещё думает, не платите второй раз: мы напишем, чем кончилось.",
        ),
    ),
)

PIN: Final = Lesson(
    "pin",
    "Получить пин-код",
    "Заявка с документом, письмо с пин-кодом, расширенный доступ.",
    "Получите пин-код для счёта {account}: {address}, {phone}, {email}. Прочтите его в учебной почте и введите.",
    "basic",
    "/pin",
    (
        Step(
            "/pin",
            "main .part:has([data-upload])",
            "Документ",
            "Нажмите «Взять учебный документ». Свой настоящий здесь не прикладывайте.",
            "Кнопка «Взять учебный документ» — в этой подсказке.",
            type=(("[name=kind][value=passport]", "on"),),
            file="#document",
            seen="[data-upload] .files .file",
        ),
        Step(
            "/pin",
            "#pin-request",
            "Кто вы и чей счёт",
            "Заполните: {phone}, {email}, счёт {account}, {address}. Отметьте «Паспорт» и нажмите «Отправить заявку».",
            "Учебные данные: {phone}, {email}, счёт {account}, {address}.",
            start="attached",
            type=(
                ("#phone", "{phone}"),
                ("#email", "{email}"),
                ("#number", "{account}"),
                ("#address", "{address}"),
                ("[name=kind][value=passport]", "on"),
            ),
            press="#pin-request button[type=submit].primary",
            path="/pin/status",
        ),
        Step(
            "/pin/status",
            "main .card",
            "Ответ придёт письмом",
            "Оператор сверит документ и пришлёт письмо. Откройте учебную почту, прочтите пин-код и нажмите «Вернуться к уроку».",
            "Кнопка «Открыть учебную почту» — в этой подсказке. Запомните пин-код или скопируйте его.",
            address="/pin/status?token={request}",
            start="requested",
            open="/demo/inbox",
            back="/accounts/new?number={account}",
            path="/accounts/new",
        ),
        Step(
            "/accounts/new",
            "form:has([name=access])",
            "Расширенный доступ",
            "Выберите «Пин-код», введите его из письма и нажмите «Открыть доступ».",
            "Пин-код из учебного письма: {pin}.",
            type=(
                ("[name=access][value=extended]", "on"),
                ("[name=proof_kind][value=pin]", "on"),
                ("#pin", "{pin}"),
            ),
            press=_SUBMIT,
            seen=_READINGS_LINK,
        ),
    ),
)

LESSONS: Final = {lesson.id: lesson for lesson in (CONNECT, READING, CHARGES, PAY, PIN)}
