"""What a letter to the supplier says when it asks for a PIN."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cabinet.domain.documents import MOST_BYTES, MOST_FILES
from cabinet.domain.errors import InputError
from cabinet.domain.identity import Login, LoginKind, account_number
from cabinet.domain.pin_requests import DocumentKind
from cabinet.domain.received_letters import Attached, Fault, ReceivedLetter

_MOST_ADDRESS: Final = 240
_MOST_GROUPS: Final = 6  # a number written in pieces has no more
_MOST_RUNS: Final = 200

# Only a letter that names the PIN is taken: a complaint or readings with the same facts is for people to read.
_PIN: Final = re.compile(r"\b(?:пин|pin)[\s\-‐‑–—]{0,2}(?:код|code|kod)?(?:а|у|ом|е|ы|ов)?\b", re.IGNORECASE)
_RUN: Final = re.compile(r"\d[\d \u00a0\u202f\-‐‑–().+]{3,60}")
_LABEL: Final = re.compile(
    r"(?:\bл\s?/\s?[сc]\b|\bл\.\s?[сc]\.?|\bл[сc]\b|\bлиц\w*\.?\s{0,3}сч[её]т\w*|\bсч[её]т\w*)[^\d\n]{0,20}$",
    re.IGNORECASE,
)
_GROUP: Final = re.compile(r"\d+")
_PHONE: Final = re.compile(
    r"(?<!\d)(?:\+?7|8)?[\s(\-‐‑–]{0,3}9\d{2}[\s)\-‐‑–]{0,3}\d{3}[\s\-‐‑–]{0,2}\d{2}[\s\-‐‑–]{0,2}\d{2}(?!\d)"
)
_ADDRESS_LABEL: Final = re.compile(
    r"^[\s*\-•\d.)]{0,6}(?:мой\s)?(?:почтовый\s)?адрес\w*[^:\n]{0,40}?[:\-–—]\s*(\S.{3,})$", re.IGNORECASE
)
_ADDRESS_LEAD: Final = re.compile(r"\b(?:по\s)?адрес[уа]?:?\s+(\S.{5,})$", re.IGNORECASE)
_STREET: Final = re.compile(
    r"\b(?:ул|улица|пр-?т|просп|проспект|пер|переулок|ш|шоссе|б-?р|бульвар|пл|площадь|проезд|наб|мкр|снт|тракт)\b\.?\s*\S",
    re.IGNORECASE,
)
_HOUSE: Final = re.compile(r"(?:\bд\.?\s*|\bдом\s*|,\s*|\s)\d{1,4}", re.IGNORECASE)


_DOCUMENTS: Final = {
    DocumentKind.HOUSEHOLD_CARD: re.compile(r"поквартирн\w*\s+карточ", re.IGNORECASE),
    DocumentKind.HOUSE_REGISTER: re.compile(r"домов\w{2,4}\s+книг", re.IGNORECASE),
    DocumentKind.OWNERSHIP: re.compile(
        r"свидетельств|егрн|собственност|договор\w*\s+(?:найма|долев)", re.IGNORECASE
    ),
    DocumentKind.PASSPORT: re.compile(r"паспорт|passport", re.IGNORECASE),
}


_CARD_DATE: Final = re.compile(r"карточк\D{0,80}(\d{1,2}\.\d{1,2}\.\d{4})", re.IGNORECASE)


class Lack(StrEnum):
    """What a letter has not, or has too much of."""

    ACCOUNT = "account"
    ACCOUNTS = "accounts"
    ADDRESS = "address"
    PHONE = "phone"
    DOCUMENT = "document"
    FILES = "files"
    FILE_LARGE = "file_large"
    LETTER_LARGE = "letter_large"
    LETTER_COMPLEX = "letter_complex"
    ARCHIVE = "archive"
    WINMAIL = "winmail"
    KIND = "kind"
    OFTEN = "often"


_OF_FAULTS: Final = {Fault.ARCHIVE: Lack.ARCHIVE, Fault.WINMAIL: Lack.WINMAIL, Fault.KIND: Lack.KIND}


@dataclass(frozen=True, slots=True)
class PinLetter:
    """A letter that asks for a PIN: what it claims, and what it lacks; nothing of it is true yet.

    Attributes:
        account: the number as the supplier writes it, "" when there is none or there are several.
        phone: E.164 or "".
        document: which of the four, as far as it is said.
    """

    account: str
    address: str
    phone: str
    document: DocumentKind | None
    files: tuple[Attached, ...]
    lacks: tuple[Lack, ...]


def understand(letter: ReceivedLetter, account_pattern: str) -> PinLetter | None:
    """What the letter asks, or None when it is not a request for a PIN.

    The sender's own words must name the PIN; the facts may stand in a letter that is attached.

    Args:
        letter: as it came.
        account_pattern: how the supplier's account numbers look, a regular expression of the whole number.
    """
    own, text = (
        unicodedata.normalize("NFKC", x) for x in (f"{letter.head.subject}\n{letter.text}", letter.said)
    )
    if not _PIN.search(own):
        return None
    if beyond := _beyond(letter):
        return PinLetter("", "", "", None, (), (beyond,))
    accounts = find_accounts(text, account_pattern)
    if not accounts and not letter.files:
        return None  # a question about PINs, for people to answer
    phone, address = find_phone(_without(text, accounts)), find_address(text)
    lacks = [
        *([Lack.ACCOUNTS] if len(accounts) > 1 else [] if accounts else [Lack.ACCOUNT]),
        *([] if address else [Lack.ADDRESS]),
        *([] if phone else [Lack.PHONE]),
        *_lacks_of_files(letter),
    ]
    account = accounts[0] if len(accounts) == 1 else ""
    return PinLetter(account, address, phone, find_document(text, letter.files), letter.files, tuple(lacks))


def _beyond(letter: ReceivedLetter) -> Lack | None:
    if Fault.LARGE in letter.faults:
        return Lack.LETTER_LARGE
    return Lack.LETTER_COMPLEX if letter.faults & {Fault.COMPLEX, Fault.PARTS} else None


def _lacks_of_files(letter: ReceivedLetter) -> list[Lack]:
    if len(letter.files) > MOST_FILES:
        return [Lack.FILES]
    if any(len(file.content) > MOST_BYTES for file in letter.files):
        return [Lack.FILE_LARGE]
    if letter.files:
        return []
    return [Lack.DOCUMENT, *(lack for fault, lack in _OF_FAULTS.items() if fault in letter.faults)]


def find_accounts(text: str, pattern: str) -> list[str]:
    """The account numbers of the text: those that stand after «л/с», otherwise every number that looks like one."""
    labelled: list[str] = []
    others: list[str] = []
    for found in list(_RUN.finditer(text))[:_MOST_RUNS]:
        before = text[max(0, found.start() - 60) : found.start()]
        (labelled if _LABEL.search(before) else others).extend(_numbers_of(found.group(), pattern))
    return list(dict.fromkeys(labelled or others))


def _numbers_of(run: str, pattern: str) -> list[str]:
    """Every stretch of neighbouring groups of digits that is a whole number of the pattern."""
    groups, found, start = _GROUP.findall(run), [], 0
    while start < len(groups):
        stretches = ("".join(groups[start:end]) for end in range(start + 1, start + 1 + _MOST_GROUPS))
        number = next((one for one in stretches if _is_account(one, pattern)), "")
        joined = 0
        if number:
            found.append(number)
            while joined < len(number):
                joined += len(groups[start])
                start += 1
        else:
            start += 1
    return found


def _is_account(text: str, pattern: str) -> bool:
    try:
        return bool(account_number(text, pattern))
    except InputError:
        return False


def _without(text: str, accounts: list[str]) -> str:
    """The text without those numbers, however they are spaced: a phone is none of their pieces."""
    for number in accounts:
        text = re.sub(r"[ \u00a0\u202f\-‐‑–]{0,2}".join(number), " ", text)
    return text


def find_phone(text: str) -> str:
    """The first Russian mobile number in E.164, or ""."""
    for found in _PHONE.finditer(text):
        try:
            login = Login.parse(found.group())
        except InputError:
            continue
        if login.kind is LoginKind.PHONE:
            return login.value
    return ""


def find_address(text: str) -> str:
    """The address: what follows «адрес:», otherwise the first line that names a street and a house, or ""."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for pattern in (_ADDRESS_LABEL, _ADDRESS_LEAD):
        for line in lines:
            found = pattern.search(line[:1000])
            if found and _HOUSE.search(found.group(1)):
                return found.group(1).strip(" .;,")[:_MOST_ADDRESS]
    named = (line for line in lines if _STREET.search(line) and _HOUSE.search(line))
    return next(named, "").strip(" .;,")[:_MOST_ADDRESS]


def find_document(text: str, files: tuple[Attached, ...]) -> DocumentKind | None:
    """Which document the words or the names of files speak of."""
    said = "\n".join([text, *(file.name for file in files)])
    return next((kind for kind, pattern in _DOCUMENTS.items() if pattern.search(said)), None)


def find_card_date(text: str) -> str:
    """The day that stands after «карточка», as it is written, or ""."""
    found = _CARD_DATE.search(text)
    return found.group(1) if found else ""
