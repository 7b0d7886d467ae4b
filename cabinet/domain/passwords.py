"""What a password of the portal must be (NIST 800-63B-4: length, no composition rules)."""

import unicodedata
from typing import Final

from cabinet.domain.errors import InputError

LEAST: Final = 8
_FEW: Final = 2
_KEYBOARD_ROWS: Final = (
    "012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "йцукенгшщзхъфывапролджэячсмитьбю",
)
_LETTER_KEYS: Final = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
MOST: Final = 256
TYPED: Final = 60_000
"""What is read of a password's field, so that one that is too long is told so and not «too short»."""


class PasswordShort(InputError):
    """Fewer than eight characters."""

    code = "password.short"
    field = "password"


class PasswordLong(InputError):
    """More than anybody types: a way to make hashing slow."""

    code = "password.long"
    field = "password"


class PasswordLikeLogin(InputError):
    """The password is made of the login."""

    code = "password.like_login"
    field = "password"


class PasswordCommon(InputError):
    """In the list of passwords that are tried first by whoever guesses."""

    code = "password.common"
    field = "password"


def checked(password: str, login: str = "") -> str:
    """The password in NFC, when it may be one; of a login that is not known yet, nothing is asked.

    Raises:
        PasswordShort, PasswordLong, PasswordLikeLogin, PasswordCommon: it may not.
    """
    text = unicodedata.normalize("NFC", password)
    if len(text) < LEAST:
        raise PasswordShort(least=LEAST)
    if len(text) > MOST:
        raise PasswordLong(most=MOST)
    folded = text.casefold()
    if login and _is_like(folded, login.casefold()):
        raise PasswordLikeLogin
    if len(set(folded)) <= _FEW or any(folded in row for row in _KEYBOARD_ROWS):
        raise PasswordCommon
    return text


def _is_like(folded: str, name: str) -> bool:
    local = name.partition("@")[0].removeprefix("+7")  # a phone also without its code, as «8912…» has it
    return folded in name or name in folded or (len(local) >= LEAST and local in folded)


def keys_pressed(text: str) -> str:
    """The keys of the keyboard, whichever layout and case they were pressed in: «Пароль» is «gfhjkm».

    NFC, case folded; Russian letters stand on their Latin keys. In this form a list keeps each password once.
    """
    return unicodedata.normalize("NFC", text).casefold().translate(_LETTER_KEYS)
