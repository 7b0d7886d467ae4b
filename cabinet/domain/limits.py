"""How often a thing may be tried: the table of limits. A try is counted before it is checked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries `within` any span of time, for each key of the `bucket`."""

    bucket: str
    most: int
    within: timedelta


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_EVER = timedelta(days=36500)

SIGN_IN_LOGIN: Final = Limit("sign_in.login", 10, 5 * _MINUTE)
SIGN_IN_ADDRESS: Final = Limit("sign_in.address", 10, 5 * _MINUTE)
SIGN_IN_DEVICE: Final = Limit("sign_in.device", 10, 5 * _MINUTE)
REGISTER_ADDRESS: Final = Limit("register.address", 20, _HOUR)
CODE_MINUTE: Final = Limit("code.minute", 1, _MINUTE)
CODE_DAY: Final = Limit("code.day", 5, _DAY)
LOGIN_CHANGE_USER: Final = Limit("login_change.user", 10, _DAY)
CODE_CHECK: Final = Limit("code.check", 30, _HOUR)
EXPORT_USER: Final = Limit("export.user", 5, _DAY)
LOOKUP_USER: Final = Limit("lookup.user", 30, _HOUR)
LOOKUP_ADDRESS: Final = Limit("lookup.address", 120, _HOUR)

DESK_SEARCH: Final = Limit("desk.search", 300, _HOUR)
DESK_VIEW: Final = Limit("desk.view", 300, _HOUR)
DESK_REFUSED: Final = Limit("desk.refused", 60, _HOUR)
ACCESS_REFUSED: Final = Limit("access.refused", 60, _HOUR)

PIN_ACCOUNT_HOUR: Final = Limit("pin.account.hour", 5, _HOUR)
PIN_ACCOUNT_DAY: Final = Limit("pin.account.day", 20, _DAY)
SERIAL_ACCOUNT_DAY: Final = Limit("serial.account.day", 5, _DAY)
SERIAL_ACCOUNT_EVER: Final = Limit("serial.account.ever", 10, _EVER)
PROOF_USER_DAY: Final = Limit("proof.user.day", 10, _DAY)
PROOF_ADDRESS_DAY: Final = Limit("proof.address.day", 30, _DAY)

PRACTICE_ADDRESS: Final = Limit("practice.address", 120, _HOUR)

PAYMENT_MISMATCH: Final = Limit("payment.mismatch", 1, _DAY)

UPLOAD_ADDRESS: Final = Limit("upload.address", 60, _HOUR)
UPLOAD_DEVICE: Final = Limit("upload.device", 20, _HOUR)
TRAINING_ADDRESS: Final = Limit("training.address", 600, _HOUR)
PIN_REQUEST_ADDRESS: Final = Limit("pin_request.address", 20, _DAY)
PIN_REQUEST_DEVICE: Final = Limit("pin_request.device", 5, _DAY)
PIN_REQUEST_ACCOUNT: Final = Limit(
    "pin_request.account", 30, _DAY
)  # anybody's: a sender has a limit of their own
LETTER_SENDER: Final = Limit("letter.sender", 5, _DAY)
LETTER_ALL: Final = Limit("letter.all", 300, _HOUR)
PIN_REQUEST_EMAIL: Final = Limit("pin_request.email", 5, _DAY)
# No other limit looks back further than LONGEST: older tries, and the addresses they came from, are forgotten.
LASTING: Final = (SERIAL_ACCOUNT_EVER,)
LONGEST: Final = 2 * _DAY
