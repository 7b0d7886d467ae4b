"""How people write phones, e-mails, account and serial numbers, and the one way we keep them."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from cabinet.domain.errors import InputError

_PHONE_NOISE = re.compile(r"[\s()\-‐‑–—−.]")
_MOBILE = re.compile(r"(?:\+?7|8)?(9\d{9})")
_MAIL_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x1f\x7f\ud800-\udfff]{1,64}")
_MAX_EMAIL = 254
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_DEVIATIONS: Final = frozenset("ßς")
# Cyrillic letters that people type for the Latin ones they look like.
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХаеорсухкмтвн", "ABEKMHOPCTYXaeopcyxkmtbh")  # fmt: skip


class LoginKind(StrEnum):
    """What a login is, and so where its codes go."""

    PHONE = "phone"
    EMAIL = "email"


class LoginMalformed(InputError):
    """Neither a Russian mobile number nor an e-mail address."""

    code = "login.malformed"
    field = "login"


class AccountNumberMalformed(InputError):
    """Not a number of this supplier's pattern."""

    code = "account_number.malformed"
    field = "number"


@dataclass(frozen=True, slots=True)
class Login:
    """A normalised login: `value` is E.164 or an address in small letters with an IDNA domain."""

    kind: LoginKind
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """«+7(912)745-10-20», «8 912…», «912…», «Anna@Почта.рф».

        Raises:
            LoginMalformed: anything else.
        """
        bare = unicodedata.normalize("NFKC", text).strip()
        if "@" in bare:
            return cls(LoginKind.EMAIL, _email(bare))
        phone = _MOBILE.fullmatch(_PHONE_NOISE.sub("", bare))
        if not phone or not phone.group().isascii():
            raise LoginMalformed
        return cls(LoginKind.PHONE, f"+7{phone.group(1)}")

    @property
    def masked(self) -> str:
        """«i•••@mail.ru», «+7 912 •••-••-20»: enough for its owner, too little for others."""
        if self.kind is LoginKind.PHONE:
            return f"+7 {self.value[2:5]} •••-••-{self.value[-2:]}"
        local, _, host = self.value.partition("@")
        return f"{local[0]}•••@{_readable_host(host)}"

    @property
    def shown(self) -> str:
        """As a person would write it."""
        if self.kind is LoginKind.PHONE:
            v = self.value
            return f"{v[:2]} {v[2:5]} {v[5:8]}-{v[8:10]}-{v[10:]}"
        local, _, host = self.value.partition("@")
        return f"{local}@{_readable_host(host)}"


NOBODY: Final = Login(LoginKind.EMAIL, "nobody@localhost.invalid")
"""Stands for a login that could not be read, while the rest of a form is looked at."""


def _email(text: str) -> str:
    local, _, host = text.rpartition("@")
    try:
        host = ascii_host(host.rstrip("."))
    except UnicodeError as exc:
        raise LoginMalformed from exc
    local = local.lower()  # folded, «straße» would be «strasse», which is another person's mailbox
    value = f"{local}@{host}"
    labels = host.split(".")
    well_formed = len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not _MAIL_LOCAL.fullmatch(local) or not well_formed or len(value) > _MAX_EMAIL:
        raise LoginMalformed
    return value


def ascii_host(host: str) -> str:
    """A host's name as the network has it: «почта.рф» is «xn--80a1acny.xn--p1ai».

    «ß» and «ς» stay what they are, as in browsers (UTS #46, nontransitional); Python's own codec is of 2003 and makes
    another host of «straße.de».

    Raises:
        UnicodeError: no host has such a name.
    """
    return ".".join(map(_ascii_label, _DOTS.split(host)))


def _ascii_label(label: str) -> str:
    small = unicodedata.normalize("NFKC", label.lower())
    if _DEVIATIONS.isdisjoint(small):
        return label.encode("idna").decode("ascii").lower()
    if not small.replace("-", "").isalnum():
        raise UnicodeError
    return f"xn--{small.encode('punycode').decode('ascii')}"


def _readable_host(host: str) -> str:
    return ".".join(map(_readable_label, host.split(".")))


def _readable_label(label: str) -> str:
    """As a person would write it; left as it is when that would be another label."""
    try:
        text = label.removeprefix("xn--").encode("ascii").decode("punycode")
        return text if label.startswith("xn--") and _ascii_label(text) == label else label
    except UnicodeError:
        return label


def account_number(text: str, pattern: str = r"\d{12}") -> str:
    """The number of a лицевой счёт without the spaces and dashes that people put into it.

    Raises:
        AccountNumberMalformed: it does not match the supplier's pattern.
    """
    bare = re.sub(r"[\s\u00a0\u202f\-–]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(pattern, bare, re.ASCII):
        raise AccountNumberMalformed
    return bare


def spaced_number(number: str) -> str:
    """«3700 0001 5838»: in fours, as on the bill."""
    return "\u00a0".join(number[i : i + 4] for i in range(0, len(number), 4))


def serial_key(text: str) -> str:
    """A factory number for comparing: no spaces, case folded, leading zeros kept, look-alikes mapped."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return re.sub(r"[\s\u00a0\u202f]", "", latinised(text)).casefold()


def latinised(text: str) -> str:
    """NFKC, trimmed, look-alike Cyrillic letters mapped to Latin."""
    return unicodedata.normalize("NFKC", text).strip().translate(_LOOK_ALIKES)


def masked_address(locality: str, street: str, house: str) -> str:
    """«г. Ижевск, ул. П•••••••, д. 1•»: for whoever knows the number only.

    The first letter of the street's name and the first digit of the house stay.
    """
    kind, _, name = street.partition(" ")
    if not name or not kind.endswith("."):
        kind, name = "", street
    hidden = f"{kind} {_masked_word(name)}".strip()
    return f"{locality}, {hidden}, д. {_masked_word(house)}"


def _masked_word(word: str) -> str:
    return word[:1] + "•" * max(1, len(word) - 1)
