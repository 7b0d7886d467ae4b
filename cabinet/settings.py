"""The typed environment: every `CABINET_*` variable, read once. Nobody else reads `os.environ`."""

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where the portal runs; `production` refuses demo adapters, default keys and http."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Settings by environment variables with the prefix `CABINET_`, or a `.env` file."""

    model_config = SettingsConfigDict(env_prefix="CABINET_", env_file=".env", extra="ignore", frozen=True)

    env: Environment = Field(Environment.DEMO, description="`demo`, `test` or `production`.")
    host: str = Field("127.0.0.1", description="The address that the web process listens on.")
    port: int = Field(3000, ge=1, le=65535, description="The port that the web process listens on.")
    public_url: str = Field(
        "", description="Where people reach the portal; `http://localhost:<PORT>` if empty."
    )
    data_dir: Path = Field(Path("var"), description="Database, keys, outbox and documents.")
    database_url: str = Field(
        "", description="`sqlite:///<DATA_DIR>/cabinet.db` if empty, or `postgresql+psycopg://…`."
    )
    redis_url: str = Field("", description="Valkey or Redis for limits and locks of several processes.")
    workers: int = Field(1, ge=1, description="Web processes; more than one needs PostgreSQL and REDIS_URL.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs codes and tickets, peppers passwords; made in DATA_DIR in demo."
    )
    documents_key: SecretStr = Field(
        SecretStr(""), description="Wraps the keys of documents; made in DATA_DIR in demo."
    )
    mail: str = Field("outbox", description="`outbox`, `smtp` or `resend`.")
    mail_from: str = Field("Газ дома <kabinet@localhost>", description="The sender of letters.")
    smtp_url: SecretStr = Field(SecretStr(""), description="`smtp[s]://user:password@host:port`.")
    resend_api_key: SecretStr = Field(SecretStr(""), description="The key of Resend.")
    resend_api_url: str = Field("", description="Another address of Resend's API, for tests.")
    sms: str = Field("outbox", description="`outbox`, or a gateway's name.")
    acquirer: str = Field("demo", description="`demo` or `yookassa`.")
    mailbox_url: SecretStr = Field(SecretStr(""), description="`imaps://user:password@host/folder`.")
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
        if self.env is Environment.PRODUCTION:
            self._refuse_demo()
        return self

    def _refuse_demo(self) -> None:
        demo = {
            "MAIL=outbox": self.mail == "outbox",
            "SMS=outbox": self.sms == "outbox",
            "ACQUIRER=demo": self.acquirer == "demo",
            "an empty SECRET_KEY": not self.secret_key.get_secret_value(),
            "an empty DOCUMENTS_KEY": not self.documents_key.get_secret_value(),
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
    def https(self) -> bool:
        """Whether people reach the portal by https, so that cookies may be Secure."""
        return urlsplit(self.address).scheme == "https"

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'cabinet.db').resolve()}"
