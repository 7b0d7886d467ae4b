"""What becomes a password: it holds by the rules, and nobody guesses it first."""

from cabinet.domain import passwords
from cabinet.domain.passwords import PasswordCommon
from cabinet.services.deps import Deps


def chosen(deps: Deps, password: str, login: str = "") -> str:
    """The password in NFC, when it may be one; of this login's, when that is known already.

    Raises:
        PasswordShort, PasswordLong, PasswordLikeLogin, PasswordCommon: it may not.
    """
    text = passwords.checked(password, login)
    if deps.common_passwords.has(passwords.keys_pressed(text)):
        raise PasswordCommon
    return text
