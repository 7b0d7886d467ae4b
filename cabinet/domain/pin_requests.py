"""A request for a PIN with a scan of a document: what may be sent, its life, and how it compares with the register."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.identity import Login, LoginKind, LoginMalformed

CLAIM: Final = timedelta(minutes=15)
"""How long a request is one operator's."""
DRAFT: Final = timedelta(hours=24)
"""How long a file waits for the form it was chosen in."""
KEPT: Final = timedelta(days=30)
"""How long a document is kept at most, decision or no decision."""
LONGEST_ADDRESS: Final = 240


class DocumentKind(StrEnum):
    """One of these is enough (the supplier's instruction, 3.2)."""

    PASSPORT = "passport"
    OWNERSHIP = "ownership"
    HOUSEHOLD_CARD = "household_card"
    HOUSE_REGISTER = "house_register"


class RequestOrigin(StrEnum):
    """How a request came; what a letter says of its sender is worth nothing."""

    WEB = "web"
    LETTER = "letter"


class RequestStatus(StrEnum):
    """Where a request stands; a draft holds nothing but files."""

    DRAFT = "draft"
    RECEIVED = "received"
    IN_REVIEW = "in_review"
    DOCUMENT_NEEDED = "document_needed"
    SENT = "sent"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_S = RequestStatus
TRANSITIONS: Final = {
    _S.DRAFT: frozenset({_S.RECEIVED}),
    _S.RECEIVED: frozenset({_S.IN_REVIEW, _S.WITHDRAWN}),
    _S.IN_REVIEW: frozenset(
        {_S.RECEIVED, _S.IN_REVIEW, _S.DOCUMENT_NEEDED, _S.SENT, _S.REJECTED, _S.WITHDRAWN}
    ),
    _S.DOCUMENT_NEEDED: frozenset({_S.RECEIVED, _S.WITHDRAWN}),
    _S.SENT: frozenset[RequestStatus](),
    _S.REJECTED: frozenset[RequestStatus](),
    _S.WITHDRAWN: frozenset[RequestStatus](),
}
QUEUE: Final = (_S.RECEIVED, _S.IN_REVIEW)
"""What waits for an operator."""
OVER: Final = tuple(status for status, then in TRANSITIONS.items() if not then)
"""What nobody can change any more."""
UPLOADABLE: Final = (_S.DRAFT, _S.DOCUMENT_NEEDED)
"""When files may be added and taken away."""


class DocumentReason(StrEnum):
    """Why another document is asked for."""

    UNREADABLE = "unreadable"
    NO_REGISTRATION = "no_registration"
    OTHER_ADDRESS = "other_address"
    OUTDATED = "outdated"
    OTHER_KIND = "other_kind"


class RejectReason(StrEnum):
    """Why a request ends without a PIN."""

    NOT_CONFIRMED = "not_confirmed"
    DUPLICATE = "duplicate"


class Match(StrEnum):
    """How a claim compares with the register."""

    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class RequestMoved(Conflict):
    """The request is not where it would have to be for this: somebody was faster, or it is over."""

    code = "pin_request.moved"


class RequestClaimed(Conflict):
    """A colleague looks at it now."""

    code = "pin_request.claimed"


class RequestSecondLook(Conflict):
    """The same operator approved it before: a second one must."""

    code = "pin_request.second_look"


class RequestAccountUnknown(Conflict):
    """There is no such account to issue a PIN for; for the desk only."""

    code = "pin_request.account_unknown"


class RequestDocumentGone(Conflict):
    """Its documents were kept for as long as any may be; for the desk only."""

    code = "pin_request.document_gone"


class RequestDocumentUnseen(Conflict):
    """Not every document of it was looked at by whoever approves; for the desk only."""

    code = "pin_request.document_unseen"


class RequestNotShown(Conflict):
    """The decision was about another request than the one that is open; for the desk only."""

    code = "pin_request.not_shown"


class AddressMissing(InputError):
    """No address, or more of it than an address has."""

    code = "pin_request.address_missing"
    field = "address"


class PhoneMalformed(InputError):
    """Not a mobile number."""

    code = "pin_request.phone_malformed"
    field = "phone"


class EmailMalformed(InputError):
    """Not an e-mail address."""

    code = "pin_request.email_malformed"
    field = "email"


class CardDateMalformed(InputError):
    """Not a day of the calendar."""

    code = "pin_request.card_date_malformed"
    field = "card_date"


class CardTooOld(InputError):
    """Issued more than a month ago, or not issued yet."""

    code = "pin_request.card_too_old"
    field = "card_date"


class DocumentMissing(InputError):
    """No file was added."""

    code = "pin_request.document_missing"
    field = "document"


def moved(now: RequestStatus, to: RequestStatus) -> RequestStatus:
    """`to`, if the way is open.

    Raises:
        RequestMoved: it is not.
    """
    if to not in TRANSITIONS[now]:
        raise RequestMoved
    return to


def parse_address(text: str) -> str:
    """In one line, at most 240 characters.

    Raises:
        AddressMissing: anything else.
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not any(c.isalpha() for c in plain) or len(plain) > LONGEST_ADDRESS:
        raise AddressMissing
    return plain


def parse_phone(text: str) -> Login:
    """A mobile number.

    Raises:
        PhoneMalformed: anything else.
    """
    try:
        login = Login.parse(text)
    except LoginMalformed as exc:
        raise PhoneMalformed from exc
    if login.kind is not LoginKind.PHONE:
        raise PhoneMalformed
    return login


def parse_email(text: str) -> Login:
    """An e-mail address.

    Raises:
        EmailMalformed: anything else.
    """
    try:
        login = Login.parse(text)
    except LoginMalformed as exc:
        raise EmailMalformed from exc
    if login.kind is not LoginKind.EMAIL:
        raise EmailMalformed
    return login


def parse_card_date(text: str) -> date:
    """«2026-11-01» of the browser's own field, or «1.11.2026».

    Raises:
        CardDateMalformed: no day of the calendar.
    """
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip(), re.ASCII)
    parts = found.groups() if found else ()
    if not parts and (found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text.strip(), re.ASCII)):
        parts = found.groups()[::-1]
    try:
        return date(*map(int, parts))
    except (TypeError, ValueError) as exc:
        raise CardDateMalformed from exc


def check_card_date(issued_on: date, today: date) -> None:
    """A household card holds for a month: to the same day of the next one, or its last (ГК РФ, ст. 192 п. 3).

    Raises:
        CardTooOld: it has run out, or is of a day to come.
    """
    if not issued_on <= today <= month_after(issued_on):
        raise CardTooOld


def month_after(day: date) -> date:
    """The same day of the next month, or its last."""
    if (day.year, day.month) == (date.max.year, 12):
        return date.max
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)  # noqa: PLR2004 - December
    return date(year, month, min(day.day, monthrange(year, month)[1]))


# What people write before or after a name, or leave out.
_REGIONS: Final = frozenset({"рн", "район", "обл", "область", "респ", "республика", "край"})
_KINDS: Final = _REGIONS | {
    "г", "город", "п", "пос", "поселок", "с", "село", "д", "дер", "деревня", "ул", "улица", "пр", "прт", "пркт",
    "проспект", "пер", "переулок", "проезд", "бр", "бульвар", "ш", "шоссе", "пл", "площадь", "наб", "набережная", "тракт",
    "мкр", "мн", "микрорайон", "дом", "литер", "кв", "квартира", "ур", "удмуртия", "россия", "рф",
}  # fmt: skip
_OF_REGIONS: Final = ("ий", "ый", "ой", "ая")
_BLOCK: Final = re.compile(r"(?<![^\W\d_])(?:к|корп|корпус)\b\.?\s*(?=\d)|(?<=\d)к(?=\d)")
_BUILDING: Final = re.compile(r"(?<![^\W\d_])(?:с|стр|строение)\b\.?\s*(?=\d)|(?<=\d)с(?=\d)")
# A letter after a number is the house's, in one word with it or not; one before a full stop is «г.», «д.» or «с.».
_LETTER: Final = r"[^\W\d_](?![^\W\d_])"
_WORD: Final = re.compile(
    rf"[0-9]+(?:{_LETTER}|[ \-]{_LETTER}(?!\s?\.))?|(?:р-н|пр-к?т|б-р|м-н)\b|[^\W\d_]+|/"
)
_INDEX: Final = re.compile(r"\d{6}")


def compare_address(claimed: str, *parts: str) -> Match:
    """Whether a typed address is the one of the register's parts: locality, street, house and flat.

    «УР, г.Ижевск, Песочная д 86 кв.12» is the same as («г. Ижевск», «ул. Песочная», «86», «12»); what is more or less
    than that, another letter of the house or a block, is another address.
    """
    told, wanted = _words(claimed), [word for part in parts for word in _words(part)]
    if not wanted:
        return Match.UNKNOWN
    # «86/12» may be a house and its flat, too; a stroke of the register's is a house's and must be told.
    return Match.SAME if wanted in (told, [word for word in told if word != "/"]) else Match.DIFFERS


def _words(text: str) -> list[str]:
    """What tells one address from another, in its order."""
    plain = unicodedata.normalize("NFKC", text.replace("№", " ")).casefold().replace("ё", "е")
    plain = _BUILDING.sub(" строение ", _BLOCK.sub(" корпус ", plain))
    words: list[str] = []
    for found in _WORD.findall(plain):
        word = re.sub(r"[ \-]", "", found).lstrip("0") or "0"
        if word in _REGIONS and words and words[-1].endswith(_OF_REGIONS):
            words.pop()
        elif word not in _KINDS and not _INDEX.fullmatch(word):
            words.append(word)
    return words


def compare_login(claimed: str, known: list[str]) -> Match:
    """Whether a telephone or an address is one of those by which the account's owners sign in."""
    if not known:
        return Match.UNKNOWN
    return Match.SAME if claimed in known else Match.DIFFERS
