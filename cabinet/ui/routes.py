"""Every address of the portal: a constant, or a builder where something is meant by the query."""

from __future__ import annotations

from urllib.parse import urlencode

from cabinet.domain.own_paths import own_path

HOME = "/"
REGISTER = "/register"
CONFIRM = "/confirm"
LOGIN = "/login"
LOGIN_SECOND = "/login/second"
RESET = "/reset"
CONSENT = "/consent"
SETTINGS = "/settings"
SETTINGS_ACCOUNT = "/settings/account"
SETTINGS_PASSWORD = "/settings/password"  # noqa: S105 - an address
SETTINGS_CONFIRM = "/settings/confirm"
SETTINGS_LOGIN = "/settings/login"
SETTINGS_SECOND = "/settings/second"
SETTINGS_PASSKEYS = "/settings/passkeys"
SETTINGS_PASSKEY = "/settings/passkey"
SETTINGS_NOTIFICATIONS = "/settings/notifications"
SETTINGS_DATA = "/settings/data"
SETTINGS_HISTORY = "/settings/history"
ACCOUNTS = "/accounts"
ACCOUNTS_NEW = "/accounts/new"
READINGS = "/readings"
CHARGES = "/charges"
PAY = "/pay"
PIN = "/pin"
PIN_STATUS = "/pin/status"
TRAINING = "/training"
DESK = "/desk"
DESK_REGISTERS = "/desk/registers"
DESK_REQUESTS = "/desk/requests"
DESK_POLICY = "/desk/policy"
DESK_MESSAGES = "/desk/messages"
DESK_AUDIT = "/desk/audit"
DESK_TRAINING = "/desk/training"

API_OWN_DATA = "/api/own-data"
API_REMINDER = "/api/readings.ics"
API_SESSION_END = "/api/session/end"
API_PRACTICE = "/api/practice"
API_PRACTICE_END = "/api/practice/end"
API_DESK_DOCUMENT = "/api/desk/document"
API_DESK_SLIP = "/api/desk/slip"
API_DESK_REGISTER = "/api/desk/register"
API_DESK_AUDIT = "/api/desk/audit.csv"


def with_query(path: str, **query: str) -> str:
    """`path` with the parameters that are not empty."""
    asked = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path


def home(account_id: str = "") -> str:
    return with_query(HOME, account=account_id)


def pin_status(token: str) -> str:
    return f"{PIN_STATUS}#token={token}"


def login(after: str = "") -> str:
    """The sign-in page; `after` is the own path to go to then, and a foreign one is dropped."""
    return with_query(LOGIN, next=own_path(after, ""))


def login_second(after: str = "") -> str:
    """The second step of signing in; `after` as of `login`."""
    return with_query(LOGIN_SECOND, next=own_path(after, ""))


def confirm(after: str = "") -> str:
    """Where the code that was sent is entered; `after` as of `login`."""
    return with_query(CONFIRM, next=own_path(after, ""))


def settings_confirm(after: str) -> str:
    """«Подтвердите, что это вы», and then on to the own path `after`."""
    return with_query(SETTINGS_CONFIRM, next=own_path(after, ""))
