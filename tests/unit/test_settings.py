from pathlib import Path

import pytest
from pydantic import ValidationError

from cabinet.settings import Environment, Settings

SAFE = {
    "env": "production",
    "mail": "smtp",
    "mail_from": "Газ дома <kabinet@example.ru>",
    "smtp_url": "smtps://kabinet:word@mail.example.ru:465",
    "sms": "smsc",
    "sms_key": "k" * 32,
    "acquirer": "yookassa",
    "secret_key": "s" * 32,
    "documents_key": "d" * 32,
    "public_url": "https://gas.example.ru/",
}


def settings(**chosen: object) -> Settings:
    return Settings.model_validate(chosen)


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CABINET_{name.upper()}", raising=False)


def test_by_default_it_is_a_demonstration_at_this_machine(tmp_path: Path) -> None:
    chosen = settings()
    assert chosen.env is Environment.DEMO
    assert (chosen.address, chosen.https) == ("http://localhost:3000", False)
    assert chosen.database == f"sqlite:///{tmp_path / 'var' / 'cabinet.db'}"


def test_the_environment_is_read_by_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CABINET_PORT", "3456")
    monkeypatch.setenv("CABINET_DATABASE_URL", "postgresql+psycopg://cabinet@db/cabinet")
    chosen = Settings()
    assert (chosen.address, chosen.database) == (
        "http://localhost:3456",
        "postgresql+psycopg://cabinet@db/cabinet",
    )


def test_a_production_that_names_everything_starts_and_is_https() -> None:
    chosen = settings(**SAFE)
    assert (chosen.address, chosen.https) == ("https://gas.example.ru", True)


def test_in_production_only_the_public_address_is_our_own() -> None:
    assert settings(**SAFE).origins == ("https://gas.example.ru",)
    assert settings(port=3456).origins == ("http://localhost:3456", "http://127.0.0.1:3456")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"acquirer": "yokassa"}, "CABINET_ACQUIRER"),
        ({"database_url": "postgresql://cabinet@db/cabinet"}, "CABINET_DATABASE_URL"),
        ({"database_url": "mysql://cabinet@db/cabinet"}, "CABINET_DATABASE_URL"),
    ],
)
def test_what_this_version_does_not_have_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        settings(**change)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mail": "outbox"}, "MAIL=outbox"),
        ({"sms": "outbox"}, "SMS=outbox"),
        ({"acquirer": "demo"}, "ACQUIRER=demo"),
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"documents_key": ""}, "DOCUMENTS_KEY"),
        ({"secret_key": "x"}, "SECRET_KEY of less than 32 bytes"),
        ({"documents_key": "d" * 31}, "DOCUMENTS_KEY of less than 32 bytes"),
        ({"public_url": "http://gas.example.ru"}, "PUBLIC_URL"),
        ({"public_url": ""}, "PUBLIC_URL"),
        ({"smtp_url": "smtp://mail.example.ru:25"}, "SMTP_URL of smtp://"),
        ({"smtp_url": "SMTP://kabinet:word@mail.example.ru"}, "SMTP_URL of smtp://"),
        ({"human_check": "test:222222"}, "CABINET_HUMAN_CHECK"),
        ({"bcrypt_cost": 4}, "CABINET_BCRYPT_COST"),
        ({"workers": 2}, "CABINET_WORKERS"),
    ],
)
def test_production_refuses_what_is_only_for_show_and_names_it(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        settings(**{**SAFE, **change})


DATABASE = "postgresql+psycopg://cabinet:word@"


@pytest.mark.parametrize(
    "url",
    [
        DATABASE + "db.example.ru/cabinet",
        DATABASE + "db.example.ru/cabinet?sslmode=require",
        DATABASE + "db.example.ru/cabinet?sslmode=verify-full&sslmode=disable",
        DATABASE + "/cabinet?host=db.example.ru",
        DATABASE + "localhost/cabinet?hostaddr=192.0.2.1",
        DATABASE + "/cabinet?host=localhost&host=db.example.ru:5432",
    ],
)
def test_production_speaks_to_no_database_elsewhere_that_has_not_shown_its_certificate(url: str) -> None:
    with pytest.raises(ValidationError, match="DATABASE_URL of another host without sslmode=verify-full"):
        settings(**SAFE, database_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:////var/lib/cabinet/cabinet.db",
        DATABASE + "db.example.ru/cabinet?sslmode=verify-full&sslrootcert=system",
        DATABASE + "127.0.0.1:5432/cabinet",
        DATABASE + "/cabinet?host=/run/postgresql",
    ],
)
def test_production_takes_a_database_here_or_one_that_shows_its_certificate(url: str) -> None:
    assert settings(**SAFE, database_url=url).database_url == url


def test_the_mail_server_of_this_machine_is_spoken_to_plainly() -> None:
    assert settings(**{**SAFE, "smtp_url": "smtp://localhost:25"}).env is Environment.PRODUCTION


@pytest.mark.parametrize("value", ["off", "test:", "TEST:1", "", "on "])
def test_the_human_check_cannot_be_switched_off_by_a_typing_error(value: str) -> None:
    with pytest.raises(ValidationError):
        settings(human_check=value)


def test_tests_may_hash_cheaply_and_name_the_answer() -> None:
    chosen = settings(env="test", bcrypt_cost=4, human_check="test:222222")
    assert (chosen.bcrypt_cost, chosen.human_check) == (4, "test:222222")


@pytest.mark.parametrize("port", [0, 65536, "eighty", -1])
def test_a_port_is_a_port(port: object) -> None:
    with pytest.raises(ValidationError):
        settings(port=port)


def test_secrets_are_not_shown() -> None:
    assert "s" * 32 not in repr(settings(**SAFE))


@pytest.mark.parametrize(
    "url",
    [
        "https://desk:word-x@host/",
        "imaps://host/",
        "imaps://desk@host/",
        "imaps://desk:word-x@host:port/",
        "desk:word-x",
    ],
)
def test_a_mailbox_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValidationError, match="CABINET_MAILBOX_URL") as problem:
        settings(mailbox_url=url)
    assert "word-x" not in str(problem.value)


@pytest.mark.parametrize(
    "url", ["", "imaps://desk%40example.ru:word@host/INBOX", "imap://desk:word@localhost:1143"]
)
def test_a_mailbox_is_taken(url: str) -> None:
    assert settings(mailbox_url=url).mailbox_url.get_secret_value() == url
