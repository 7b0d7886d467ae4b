"""The typed environment: every `CABINET_*` variable, read once. Nobody else reads `os.environ`."""

import base64
import binascii
from email.utils import parseaddr
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where the portal runs; `production` refuses demo adapters, default keys and http."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


MAILS: Final = ("outbox", "smtp", "resend")
GATEWAYS: Final = ("outbox", "smsc")
ACQUIRERS: Final = ("demo", "yookassa")
_SMTP_SCHEMES: Final = ("smtps", "smtp+starttls", "smtp")
_LEAST_SECRET: Final = 16  # bytes of a webhook's key
_LEAST_KEY: Final = 32  # bytes of a key of ours: what 256 bits need at least


class Settings(BaseSettings):
    """Settings by environment variables with the prefix `CABINET_`, or a `.env` file."""

    model_config = SettingsConfigDict(
        env_prefix="CABINET_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    env: Environment = Field(Environment.DEMO, description="`demo`, `test` or `production`.")
    host: str = Field("127.0.0.1", description="The address that the web process listens on.")
    port: int = Field(3000, ge=1, le=65535, description="The port that the web process listens on.")
    public_url: str = Field(
        "", description="Where people reach the portal; `http://localhost:<PORT>` if empty."
    )
    data_dir: Path = Field(Path("var"), description="Database, keys, outbox and documents.")
    database_url: str = Field(
        "",
        description="`sqlite:///<DATA_DIR>/cabinet.db` if empty, or `postgresql+psycopg://…`; in production another host "
        "with `?sslmode=verify-full` only (and `sslrootcert=` of its certificate).",
    )
    redis_url: str = Field("", description="Valkey or Redis for limits and locks of several processes.")
    workers: int = Field(1, ge=1, description="Web processes; more than one needs PostgreSQL and REDIS_URL.")
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs codes and tickets, peppers passwords: 32 bytes or more; made in DATA_DIR in demo.",
    )
    documents_key: SecretStr = Field(
        SecretStr(""), description="Wraps the keys of documents: 32 bytes or more; made in DATA_DIR in demo."
    )
    mail: str = Field("outbox", description="`outbox`, `smtp` or `resend`.")
    mail_from: str = Field("Газ дома <kabinet@localhost>", description="The sender of letters.")
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="`smtps://user:password@host:465`, `smtp+starttls://…:587` or `smtp://host:25` "
        "(STARTTLS where it is offered, never a password without it; in production at this machine only).",
    )
    resend_api_key: SecretStr = Field(SecretStr(""), description="The key of Resend.")
    resend_api_url: str = Field("", description="Another address of Resend's API, for tests.")
    resend_webhook_secret: SecretStr = Field(
        SecretStr(""), description="`whsec_…` of Resend's webhook; opens `/api/webhooks/resend`."
    )
    sms: str = Field("outbox", description="`outbox` or `smsc` (SMSC.ru).")
    sms_key: SecretStr = Field(SecretStr(""), description="The API key of the SMS gateway.")
    sms_url: str = Field("", description="Another address of the gateway; its own if empty.")
    sms_sender: str = Field("", description="The registered sender's name; the gateway's own if empty.")
    sms_daily_limit: int = Field(
        1000, ge=1, description="Parts of SMS paid for in any 24 hours; beyond it messages wait."
    )
    acquirer: str = Field("demo", description="`demo` or `yookassa`.")
    mailbox_url: SecretStr = Field(
        SecretStr(""),
        description="The mailbox of letters asking for a PIN: `imaps://user:password@host/folder`, or `imap://…`, which "
        "demands STARTTLS; with several suppliers `?supplier=CODE`; with `authserv=NAME` the desk sees what the mail server of "
        "this name wrote into `Authentication-Results` of a letter, if it takes away what others wrote there under it. What is not a letter's own in the user or the "
        "password is written as in any URL: `@` is `%40`. Empty: no letters are read.",
    )
    human_check: str = Field("on", description="`on`, or `test:<answer>` when ENV=test.")
    trusted_proxies: int = Field(0, ge=0, description="Proxy hops whose forwarded address is believed.")
    bcrypt_cost: int = Field(
        12, ge=4, le=16, description="The cost of password hashes; below 12 only in tests."
    )

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        test = self.env is Environment.TEST
        if self.human_check != "on" and not (test and self.human_check.startswith("test:")):
            msg = "CABINET_HUMAN_CHECK: only `on`; `test:<answer>` is for CABINET_ENV=test"
            raise ValueError(msg)
        least_cost = 12
        if self.bcrypt_cost < least_cost and not test:
            msg = f"CABINET_BCRYPT_COST: below {least_cost} only with CABINET_ENV=test"
            raise ValueError(msg)
        if self.workers > 1:
            msg = "CABINET_WORKERS: this version serves from one process"
            raise ValueError(msg)
        self._refuse_incomplete()
        if self.env is Environment.PRODUCTION:
            self._refuse_demo()
        return self

    def _refuse_incomplete(self) -> None:
        secret = self.resend_webhook_secret.get_secret_value()
        faults = {
            f"CABINET_MAIL: one of {', '.join(MAILS)}": self.mail not in MAILS,
            "CABINET_MAIL_FROM: an address, such as Газ дома <kabinet@example.ru>": not _is_sender(
                self.mail_from
            ),
            "CABINET_SMTP_URL: CABINET_MAIL=smtp needs smtps://, smtp+starttls:// or smtp:// with a host": (
                self.mail == "smtp" and not _is_smtp_url(self.smtp_url.get_secret_value())
            ),
            "CABINET_RESEND_API_KEY: CABINET_MAIL=resend needs it": (
                self.mail == "resend" and not self.resend_api_key.get_secret_value()
            ),
            "CABINET_RESEND_API_URL: an http(s) address": not _is_http_url(self.resend_api_url),
            "CABINET_RESEND_WEBHOOK_SECRET: `whsec_` and at least 16 bytes of base64": (
                bool(secret) and not _is_webhook_secret(secret)
            ),
            f"CABINET_SMS: one of {', '.join(GATEWAYS)}": self.sms not in GATEWAYS,
            "CABINET_SMS_KEY: CABINET_SMS=smsc needs it": (
                self.sms == "smsc" and not self.sms_key.get_secret_value()
            ),
            "CABINET_MAILBOX_URL: imaps://user:password@host/folder, with imap:// for STARTTLS": (
                not _is_mailbox_url(self.mailbox_url.get_secret_value())
            ),
            "CABINET_SMS_URL: an http(s) address": not _is_http_url(self.sms_url),
            f"CABINET_ACQUIRER: one of {', '.join(ACQUIRERS)}": self.acquirer not in ACQUIRERS,
            "CABINET_DATABASE_URL: sqlite:///… or postgresql+psycopg://…": not _is_database_url(
                self.database_url
            ),
        }
        refused = [words for words, found in faults.items() if found]
        if refused:
            raise ValueError("; ".join(refused))

    def _refuse_demo(self) -> None:
        demo = {
            "MAIL=outbox": self.mail == "outbox",
            "SMS=outbox": self.sms == "outbox",
            "ACQUIRER=demo": self.acquirer == "demo",
            "a RESEND_API_URL without https": _is_open_http(self.resend_api_url),
            "an SMS_URL without https": _is_open_http(self.sms_url),
            "a MAIL_FROM at localhost": parseaddr(self.mail_from)[1].endswith("@localhost"),
            "a DATABASE_URL of another host without sslmode=verify-full": _is_open_database(
                self.database_url
            ),
            "an SMTP_URL of smtp:// to another host": (
                self.mail == "smtp" and _is_open_smtp(self.smtp_url.get_secret_value())
            ),
            f"a SECRET_KEY of less than {_LEAST_KEY} bytes": _is_weak(self.secret_key),
            f"a DOCUMENTS_KEY of less than {_LEAST_KEY} bytes": _is_weak(self.documents_key),
            "a PUBLIC_URL without https": not self.public_url.startswith("https://"),
        }
        refused = [name for name, found in demo.items() if found]
        if refused:
            msg = f"CABINET_ENV=production refuses {', '.join(refused)}"
            raise ValueError(msg)

    @cached_property
    def address(self) -> str:
        """The public URL without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @cached_property
    def origins(self) -> tuple[str, ...]:
        """The origins whose pages are ours: the public one, and outside production this machine's two names."""
        names = () if self.env is Environment.PRODUCTION else ("localhost", "127.0.0.1")
        return tuple(dict.fromkeys((self.address, *(f"http://{name}:{self.port}" for name in names))))

    @cached_property
    def https(self) -> bool:
        """Whether people reach the portal by https, so that cookies may be Secure."""
        return urlsplit(self.address).scheme == "https"

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'cabinet.db').resolve()}"


def _is_weak(key: SecretStr) -> bool:
    """Whether a key could be guessed from what it has signed, or was never chosen."""
    return len(key.get_secret_value().encode()) < _LEAST_KEY


def _is_sender(text: str) -> bool:
    local, at, domain = parseaddr(text)[1].rpartition("@")
    return bool(local and at and domain) and local.isascii() and text.isprintable()


def _is_smtp_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in _SMTP_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_mailbox_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"imaps", "imap"} and parts.port != 0
        return not url or (known and bool(parts.hostname and parts.username and parts.password))
    except ValueError:
        return False


def _is_database_url(url: str) -> bool:
    """Any other driver is not installed."""
    return not url or url.startswith(("sqlite:///", "postgresql+psycopg://"))


def _is_http_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not url or (parts.scheme in {"http", "https"} and bool(parts.hostname))


def _is_open_http(url: str) -> bool:
    """Whether keys and codes would cross a network as they are."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not _is_here(parts.hostname)


def _is_open_smtp(url: str) -> bool:
    """Whether letters with codes would go on in the clear where STARTTLS is not offered."""
    parts = urlsplit(url)
    return parts.scheme == "smtp" and not _is_here(parts.hostname)


def _is_open_database(url: str) -> bool:
    """Whether PostgreSQL at another machine would be believed, or spoken to, without a certificate."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    hosts = [parts.hostname or "", *asked.get("host", []), *asked.get("hostaddr", [])]
    verified = asked.get("sslmode") == ["verify-full"]
    return parts.scheme.startswith("postgresql") and not verified and not all(map(_is_here, hosts))


def _is_here(host: str | None) -> bool:
    """Whether it is this machine, a folder of its sockets, or nothing, which is the same."""
    return not host or host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"}


def _is_webhook_secret(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith("whsec_") and len(key) >= _LEAST_SECRET
