"""The spoken task: three everyday words, and what counts as having heard them.

People hear well and spell as they can, so case, ё, punctuation and one slip in a word are forgiven; the
order is not. Any two of the words differ in three letters at least, so a slip never turns one into another.
"""

import hmac
import re
import secrets
import unicodedata
from functools import lru_cache
from typing import Final

from cabinet.domain.codes import digest

COUNT: Final = 3
"""Words in a task: some half a million tasks, in about four seconds."""

WORDS: Final = tuple(
    """
    арбуз бабушка барабан белка берег варенье верблюд ветер вишня ворота газета гвоздь гитара горох
    дельфин деньги дерево дождь ежевика жираф журнал жёлудь завтра звезда зеркало капуста картина
    кирпич клубника книга кольцо комната корабль кошка кресло крыша кувшин лампа лебедь лестница
    лимон лошадь малина масло медведь мельница минута музыка неделя носки облако огурец одеяло
    остров павлин пальто парус песня петух пирог платок погода поезд портфель птица пчела пшеница
    радуга рубашка самовар сахар свеча сирень скатерть сметана собака сосна стакан тарелка телефон
    трава туман тюльпан удочка учебник фартук философ фонарь халат хоровод цветок цыплёнок чайник
    чемодан черепаха шапка школа экран
    """.split()  # noqa: SIM905 - a hundred quoted words read worse
)

_LETTERS: Final = re.compile("[а-я]+")


def new_words() -> tuple[str, ...]:
    """`COUNT` different words."""
    return tuple(secrets.SystemRandom().sample(WORDS, COUNT))


def words_digest(key: bytes, challenge_id: str, words: tuple[str, ...]) -> str:
    """What is kept of the words; salted by their own task."""
    return digest(key, f"human:{challenge_id}", " ".join(words))


def are_words(typed: str, kept: str, key: bytes, challenge_id: str) -> bool:
    """Whether what was typed is the words that were spoken, compared in constant time.

    Args:
        typed: at most as long as an answer may be; the rest is the caller's to refuse.
        kept: what `words_digest` gave.
        key: of the digest.
        challenge_id: the task's.
    """
    return hmac.compare_digest(words_digest(key, challenge_id, heard(typed)), kept)


def heard(typed: str) -> tuple[str, ...]:
    """What was typed, as words of ours where they are meant, as they stand where they are not."""
    plain = unicodedata.normalize("NFKC", typed).lower().replace("ё", "е")
    return tuple(_meant(word) for word in _LETTERS.findall(plain))


@lru_cache
def _by_spelling() -> dict[str, str]:
    return {word.replace("ё", "е"): word for word in WORDS}


def _meant(typed: str) -> str:
    ours = _by_spelling()
    if typed in ours:
        return ours[typed]
    return next((word for spelling, word in ours.items() if is_one_slip(typed, spelling)), typed)


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is changed, missing, too many, or two neighbours are swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return len(typed) != len(meant)
    left, right = typed[start:], meant[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
