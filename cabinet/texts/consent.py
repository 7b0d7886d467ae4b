"""The consent to the processing of personal data (152-ФЗ, ст. 9): a document of its own, with a version.

A text that was accepted is never changed and never removed: a new one is added under its own version. Whoever has
accepted an older one keeps that one; a new version is asked for only of those who register after it. What it could
not be asked for afterwards, a new purpose, would need a page that asks; no version has needed it yet.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

TITLE: Final = "Согласие на обработку персональных данных"
READ: Final = "Открыть согласие отдельной страницей"
OF_VERSION: Final = "Редакция"


@dataclass(frozen=True, slots=True)
class Text:
    """One version of the document."""

    version: str
    paragraphs: tuple[str, ...]

    @property
    def whole(self) -> str:
        """Title and paragraphs, as the digest is taken of."""
        return "\n".join((TITLE, *self.paragraphs))

    @property
    def digest(self) -> str:
        """SHA-256 in hex."""
        return hashlib.sha256(self.whole.encode()).hexdigest()


_FIRST: Final = Text(
    "2026-11",
    (
        "Я даю поставщику газа, которому принадлежит этот кабинет, согласие на обработку моих персональных данных: "
        "номера телефона, адреса электронной почты, номера лицевого счёта, адреса, показаний и платежей.",
        "Цель обработки: вход в личный кабинет, передача показаний, расчёты за газ и ответы на мои обращения.",
        "Действия с данными: запись, хранение, уточнение, использование, передача банку для оплаты, удаление. "
        "Данные хранятся на территории России.",
        "Согласие действует, пока у меня есть кабинет. Отозвать его можно в НАСТРОЙКАХ или письмом поставщику: "
        "кабинет закроют, а данные удалят, кроме тех, которые закон велит хранить.",
    ),
)
VERSIONS: Final[dict[str, Text]] = {x.version: x for x in (_FIRST,)}
CURRENT: Final = _FIRST
VERSION: Final = CURRENT.version
PARAGRAPHS: Final = CURRENT.paragraphs
TEXT: Final = CURRENT.whole


def text_of(version: str) -> str:
    """The very text of a version; "" of one that never was."""
    return VERSIONS[version].whole if version in VERSIONS else ""
