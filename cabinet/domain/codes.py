"""One-time codes and links that confirm a phone or an e-mail."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cabinet.domain.errors import InputError, NotFound

LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 5
_DIGITS: Final = 6


class CodePurpose(StrEnum):
    """What a code confirms; a code of one purpose is nothing for another."""

    REGISTER = "register"
    RESET = "reset"
    DEVICE = "device"
    LOGIN = "login"


class CodeWrong(InputError):
    """Not that code; fact `left`, tries."""

    code = "code.wrong"
    field = "code"


class CodeExpired(InputError):
    """The code was right once, too long ago."""

    code = "code.expired"
    field = "code"


class CodeUsed(InputError):
    """The code has done its work already."""

    code = "code.used"
    field = "code"


class CodeSuperseded(InputError):
    """A newer code was sent after this one."""

    code = "code.superseded"
    field = "code"


class CodeExhausted(InputError):
    """Too many wrong tries: this code is closed, ask for another."""

    code = "code.exhausted"
    field = "code"


class ConfirmationGone(NotFound):
    """This browser waits for no code: it has asked for none, or what it waited for is done, given up or too old."""

    code = "confirmation.gone"


class LinkUnknown(NotFound):
    """No such link was ever sent."""

    code = "link.unknown"


class LinkExpired(InputError):
    """The link was right once, too long ago."""

    code = "link.expired"


class LinkUsed(InputError):
    """The link has done its work already."""

    code = "link.used"


class LinkSuperseded(InputError):
    """A newer letter was sent after this one, or somebody has confirmed the login since."""

    code = "link.superseded"


class LinkElsewhere(InputError):
    """The login is being registered in several browsers: a link confirms only what was typed in its own one."""

    code = "link.elsewhere"


class CodeCheck(StrEnum):
    """What a check found; returned, not raised, so that the counted try is kept."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    SUPERSEDED = "superseded"
    EXHAUSTED = "exhausted"


_ERRORS: Final = {
    CodeCheck.EXPIRED: CodeExpired,
    CodeCheck.USED: CodeUsed,
    CodeCheck.SUPERSEDED: CodeSuperseded,
    CodeCheck.EXHAUSTED: CodeExhausted,
}


_LINK_ERRORS: Final = {
    CodeCheck.EXPIRED: LinkExpired,
    CodeCheck.USED: LinkUsed,
    CodeCheck.SUPERSEDED: LinkSuperseded,
}


def error_of(check: CodeCheck, left: int) -> InputError:
    """The error to raise, outside the transaction, for a check that is not RIGHT."""
    kind = _ERRORS.get(check)
    return kind() if kind else CodeWrong(left=left)


def link_error_of(check: CodeCheck) -> InputError:
    """The same for a link, which is never wrong and never tried too often."""
    return _LINK_ERRORS[check]()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def new_token() -> str:
    """256 random bits for links, cookies and tickets."""
    return secrets.token_urlsafe(32)


def digest(key: bytes, purpose: str, value: str) -> str:
    """HMAC-SHA256 in hex: what the database keeps of a code, a token or a cookie."""
    return hmac.new(key, f"{purpose}\0{value}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def code_digits(text: str) -> str:
    """What was typed or pasted, without spaces and dashes; only ASCII digits stay."""
    return "".join(c for c in text if c.isascii() and c.isdigit())


def state_of(
    *,
    now: datetime,
    expires_at: datetime,
    used_at: datetime | None,
    superseded_at: datetime | None,
    tries: int,
    right: bool,
) -> CodeCheck:
    """What a try at a code finds; a wrong guess learns nothing of the code's fate but its tries."""
    if used_at and right:
        return CodeCheck.USED
    if superseded_at and right:
        return CodeCheck.SUPERSEDED
    if tries >= TRIES:
        return CodeCheck.EXHAUSTED
    if now >= expires_at:
        return CodeCheck.EXPIRED
    return CodeCheck.RIGHT if right and not used_at and not superseded_at else CodeCheck.WRONG
