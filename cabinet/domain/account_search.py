"""Finding a лицевой счёт as people at a counter ask for it: by a number, a name or an address.

Everything is compared by prefixes of normalised keys, so that an index answers however many accounts there are.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cabinet.domain.errors import InputError

SHORTEST: Final = 2
LONGEST: Final = 120
NAME_LENGTH, ADDRESS_LENGTH = 250, 320
_LETTERS: Final = re.compile(r"[^\W_]+")
# What stands before a name in an address and is said or left out as people like.
_KINDS: Final = frozenset(
    (
        *("ул", "улица", "пер", "переулок", "пр", "просп", "проспект", "пркт", "проезд", "б", "бульвар", "ш"),
        *("шоссе", "наб", "набережная", "пл", "площадь", "тракт", "г", "гор", "город", "с", "село", "дер"),
        *("деревня", "п", "пос", "поселок", "пгт", "д", "дом", "кв", "квартира", "мкр", "микрорайон"),
    )
)


class SearchShort(InputError):
    """Less than two letters or digits were typed."""

    code = "account_search.short"
    field = "query"


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: digits of a number, or words of a name or an address; the other is empty."""

    number: str
    words: tuple[str, ...]

    @property
    def address(self) -> tuple[str, ...]:
        """The words without «ул.», «д.», «кв.»."""
        return tuple(x for x in self.words if x not in _KINDS) or self.words


def parse(typed: str) -> Query:
    """«3700 0001», «Широбоков Иван», «Песочная 86-12».

    Raises:
        SearchShort: too little to look for.
    """
    words = words_of(typed[:LONGEST])
    joined = "".join(words)
    if len(joined) < SHORTEST:
        raise SearchShort
    if joined.isascii() and joined.isdigit():
        return Query(joined, ())
    return Query("", words)


def is_named(typed: str, name: str) -> bool:
    """Whether every word that was typed begins a word of the name; nothing typed is every name."""
    words = words_of(name)
    return all(any(word.startswith(x) for word in words) for x in words_of(typed[:LONGEST]))


def name_key(last_name: str, first_name: str, middle_name: str) -> str:
    """What a name is found by."""
    return " ".join((*words_of(last_name), *words_of(first_name), *words_of(middle_name)))[:NAME_LENGTH]


def address_key(locality: str, street: str, house: str, flat: str) -> str:
    """What an address is found by: the street first, the locality last."""
    words = [*_names(street), *words_of(house), *words_of(flat), *_names(locality)]
    return " ".join(words)[:ADDRESS_LENGTH]


@lru_cache(maxsize=8192)  # a register repeats its words a million times
def _names(text: str) -> tuple[str, ...]:
    words = words_of(text)
    return tuple(x for x in words if x not in _KINDS) or words


@lru_cache(maxsize=8192)
def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case, «ё» as «е»; letters and digits that touch stay one: «86а»."""
    plain = unicodedata.normalize("NFKC", text.replace("№", " ")).casefold().replace("ё", "е")
    return tuple(_LETTERS.findall(plain))
