"""What every MailSender keeps: files, SMTP, Resend and the fake alike."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from cabinet.adapters.mail_outbox import OutboxMail
from cabinet.adapters.mail_resend import ResendMail
from cabinet.adapters.mail_smtp import SmtpMail, SmtpServer
from cabinet.ports import Letter, MailSender, Undelivered
from tests.adapters import resend_api, smtp_server
from tests.adapters.local_api import bounded
from tests.fakes import FakeClock, FakeMail

SENDER = "Газ дома <kabinet@example.ru>"
TEXT = "Код: 123456\n\nСсылка: https://kabinet.example.ru/confirm?token=" + "abc" * 20 + "\n"
HTML = '<!doctype html><html lang="ru"><body><p>Код: <b>123456</b></p></body></html>'


@dataclass(frozen=True)
class Arrived:
    """A letter as its reader sees it; `name` is the same for a repeated one."""

    name: str
    to: str
    subject: str
    text: str


@dataclass
class Provider:
    """A sender and the world behind it; `refused` is an address that nobody has."""

    sender: MailSender
    arrived: Callable[[], list[Arrived]]
    go_down: Callable[[], None]
    come_up: Callable[[], None]
    refused: str = ""
    hang: Callable[[], None] = lambda: None
    hurried: MailSender = field(default_factory=FakeMail)


def letter(key: str = "a1", to: str = "anna@example.ru", subject: str = "Код подтверждения 123456") -> Letter:
    return Letter(key, to, subject, TEXT, HTML)


def read(message: EmailMessage) -> Arrived:
    body = message.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    text = body.get_content().replace("\r\n", "\n")
    return Arrived(message["Message-ID"], message["To"], message["Subject"], text)


def files(tmp_path: Path) -> Iterator[Provider]:
    folder = tmp_path / "mail"

    def arrived() -> list[Arrived]:
        parsed = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in folder.glob("*.eml")]
        return [read(one) for one in parsed]

    def go_down() -> None:
        folder.touch()

    def come_up() -> None:
        folder.unlink()

    yield Provider(OutboxMail(folder, SENDER, FakeClock()), arrived, go_down, come_up)
    shutil.rmtree(folder, ignore_errors=True)


def fake(tmp_path: Path) -> Iterator[Provider]:
    mail = FakeMail()

    def arrived() -> list[Arrived]:
        return [Arrived(x.key, x.to, x.subject, x.text) for x in mail.letters]

    def go_down() -> None:
        mail.failing = True

    def come_up() -> None:
        mail.failing = False

    yield Provider(mail, arrived, go_down, come_up)


def smtp(tmp_path: Path) -> Iterator[Provider]:
    with smtp_server.SmtpServerHere().serving() as server:
        target = SmtpServer.parse(server.url)

        def arrived() -> list[Arrived]:
            return list({one.name: one for one in map(read, server.post.letters())}.values())

        def hang() -> None:
            server.post.hanging = True

        yield Provider(
            SmtpMail(target, SENDER, FakeClock()),
            arrived,
            server.go_down,
            server.come_up,
            smtp_server.REFUSED,
            hang,
            SmtpMail(target, SENDER, FakeClock(), seconds=0.3, patience=0),
        )


def resend(tmp_path: Path) -> Iterator[Provider]:
    with resend_api.ResendApi().serving() as api:

        def arrived() -> list[Arrived]:
            return [
                Arrived(x["tags"][0]["value"], x["to"][0], x["subject"], x["text"])  # type: ignore[index, arg-type]
                for x in api.letters
            ]

        def hang() -> None:
            api.hanging = True

        yield Provider(
            ResendMail(resend_api.KEY, SENDER, api.url),
            arrived,
            api.go_down,
            api.come_up,
            resend_api.REFUSED,
            hang,
            ResendMail(resend_api.KEY, SENDER, api.url, seconds=0.3),
        )


@pytest.fixture(params=[files, fake, smtp, resend], ids=lambda make: make.__name__)
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Provider]:
    yield from request.param(tmp_path)


@pytest.fixture(params=[smtp, resend], ids=lambda make: make.__name__)
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Provider]:
    """Somebody else's, who may refuse and hang."""
    yield from request.param(tmp_path)


def test_a_letter_arrives_whole(provider: Provider) -> None:
    provider.sender.send(letter())
    (one,) = provider.arrived()
    assert (one.to, one.subject, one.text) == ("anna@example.ru", "Код подтверждения 123456", TEXT)


def test_a_letter_arrives_also_while_the_portal_is_stopping(provider: Provider) -> None:
    provider.sender.send(letter(), lambda: True)
    assert len(provider.arrived()) == 1


def test_the_same_key_is_one_letter_to_its_reader(provider: Provider) -> None:
    for _ in range(3):
        provider.sender.send(letter())
    provider.sender.send(letter("b2"))
    assert len(provider.arrived()) == 2


def test_a_provider_that_is_down_is_worth_another_try_and_then_takes_the_letter(provider: Provider) -> None:
    provider.go_down()
    with bounded(5), pytest.raises(Undelivered) as problem:
        provider.sender.send(letter())
    assert problem.value.retryable
    provider.come_up()
    provider.sender.send(letter())
    assert len(provider.arrived()) == 1


def test_a_refused_recipient_is_not_worth_another_try(remote: Provider) -> None:
    with pytest.raises(Undelivered) as problem:
        remote.sender.send(letter(to=remote.refused))
    assert not problem.value.retryable
    assert remote.arrived() == []


def test_a_provider_that_hangs_is_left_in_time(remote: Provider) -> None:
    remote.hang()
    with bounded(5), pytest.raises(Undelivered) as problem:
        remote.hurried.send(letter())
    assert problem.value.retryable


@pytest.mark.parametrize(
    "to",
    [
        "",
        "anna",
        "@example.ru",
        "anna@",
        "anna@example.ru\r\nBcc: boris@example.ru",
        "anna@example.ru> SIZE=1\r\nRCPT TO:<boris@example.ru",
        "anna@example.ru, boris@example.ru",
        "an na@example.ru",
        "anna@exam\x00ple.ru",
        f"anna@{'x' * 64}.ru",
    ],
)
def test_what_is_no_address_goes_nowhere(provider: Provider, to: str) -> None:
    with pytest.raises(Undelivered) as problem:
        provider.sender.send(letter(to=to))
    assert not problem.value.retryable
    provider.sender.send(letter("b2"))
    assert {one.to for one in provider.arrived()} == {"anna@example.ru"}


def test_a_subject_cannot_add_a_header(provider: Provider) -> None:
    provider.sender.send(letter(subject="Код\r\nBcc: boris@example.ru\r\n\r\nтело"))
    (one,) = provider.arrived()
    assert " ".join(one.subject.split()) == "Код Bcc: boris@example.ru тело"
    assert one.text == TEXT


def test_a_cyrillic_domain_is_written_in_idna(provider: Provider) -> None:
    provider.sender.send(letter(to="anna@почта.рф"))
    assert provider.arrived()[0].to in {"anna@xn--80a1acny.xn--p1ai", "anna@почта.рф"}


def test_eight_threads_send_at_once(provider: Provider) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: provider.sender.send(letter(f"k{n}", f"user{n}@example.ru")), range(24)))
    assert sorted(one.to for one in provider.arrived()) == sorted(f"user{n}@example.ru" for n in range(24))
