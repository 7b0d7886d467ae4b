"""SMTP beside the contract: TLS, passwords, codes, headers; against a real server."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.headerregistry import DateHeader
from email.message import EmailMessage

import pytest
import trustme

from cabinet.adapters.mail_smtp import SmtpMail, SmtpServer, Tls
from cabinet.ports import Letter, Undelivered
from tests.adapters.local_api import bounded
from tests.adapters.smtp_server import (
    PASSWORD,
    USER,
    SmtpServerHere,
    authenticate,
    server_context,
)
from tests.fakes import NOON, FakeClock

SENDER = "Газ дома <kabinet@example.ru>"
AUTHORITY = trustme.CA()
LETTER = Letter("a1b2", "anna@example.ru", "Код 123456", "Код: 123456\n", "<p>Код: 123456</p>")


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    return context


def sender(server: SmtpServerHere, tls: Tls, *, password: bool = False, seconds: float = 10.0) -> SmtpMail:
    user, secret = (USER, PASSWORD) if password else ("", "")
    target = SmtpServer("localhost", server.port, tls, user, secret)
    return SmtpMail(target, SENDER, FakeClock(), trusting(), seconds)


@contextmanager
def starttls_server(**more: object) -> Iterator[SmtpServerHere]:
    certificate = AUTHORITY.issue_cert("localhost")
    with SmtpServerHere(tls_context=server_context(certificate), **more).serving() as server:
        yield server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtps://u:p%3A%40@mail.example.ru", SmtpServer("mail.example.ru", 465, Tls.AT_ONCE, "u", "p:@")),
        ("smtp+starttls://mail.example.ru", SmtpServer("mail.example.ru", 587, Tls.REQUIRED)),
        ("smtp://mail.example.ru:2525", SmtpServer("mail.example.ru", 2525, Tls.OFFERED)),
        ("smtp://u:p@mail.example.ru", SmtpServer("mail.example.ru", 25, Tls.REQUIRED, "u", "p")),
        ("smtp://u:p@127.0.0.1", SmtpServer("127.0.0.1", 25, Tls.NEVER, "u", "p")),
        ("smtp://[::1]:25", SmtpServer("::1", 25, Tls.NEVER)),
    ],
)
def test_a_url_says_how_to_connect(url: str, expected: SmtpServer) -> None:
    found = SmtpServer.parse(url)
    assert found == expected
    assert "p:@" not in repr(found)


@pytest.mark.parametrize(
    "url", ["", "smtp://", "http://mail.example.ru", "never://host", "smtp://host:99999"]
)
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own words
        SmtpServer.parse(url)


def test_a_letter_has_the_headers_of_a_letter() -> None:
    with SmtpServerHere().serving() as server:
        SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock()).send(LETTER)
        (one,) = server.post.letters()
    assert str(one["From"]) == SENDER
    assert one["Message-ID"] == "<a1b2@example.ru>"
    assert one["Auto-Submitted"] == "auto-generated"
    date = one["Date"]
    assert isinstance(date, DateHeader)
    assert date.datetime == NOON
    assert [part.get_content_type() for part in one.walk()][1:] == ["text/plain", "text/html"]
    assert one["Bcc"] is None


def test_every_try_is_a_connection_of_its_own_that_says_goodbye() -> None:
    goodbyes: list[int] = []
    with SmtpServerHere().serving() as server:
        server.post.on_quit = lambda: goodbyes.append(1)
        mail = SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock())
        mail.send(LETTER)
        mail.send(LETTER)
    assert len(goodbyes) == 2


def test_starttls_and_a_password() -> None:
    with starttls_server(authenticator=authenticate, auth_required=True) as server:
        sender(server, Tls.REQUIRED, password=True).send(LETTER)
        assert server.post.secret_sessions == [True]


def test_starttls_is_taken_where_it_is_offered() -> None:
    with starttls_server() as server:
        sender(server, Tls.OFFERED).send(LETTER)
        assert server.post.secret_sessions == [True]
    with SmtpServerHere().serving() as plain:
        sender(plain, Tls.OFFERED).send(LETTER)
        assert plain.post.secret_sessions == [False]


def test_tls_from_the_first_byte() -> None:
    context = server_context(AUTHORITY.issue_cert("localhost"))
    with SmtpServerHere(ssl_context=context, server_hostname="localhost").serving() as server:
        sender(server, Tls.AT_ONCE).send(LETTER)
        assert len(server.post.envelopes) == 1


def test_a_password_is_never_sent_where_starttls_is_not_offered() -> None:
    heard: list[object] = []

    def hear(*said: object) -> object:
        heard.append(said)
        return authenticate(*said)  # type: ignore[arg-type]

    with SmtpServerHere(authenticator=hear, auth_require_tls=False).serving() as server:
        with pytest.raises(Undelivered) as problem:
            sender(server, Tls.REQUIRED, password=True).send(LETTER)
        assert (problem.value.retryable, heard, server.post.envelopes) == (True, [], [])
        sender(server, Tls.NEVER, password=True).send(LETTER)
        assert (len(heard), len(server.post.envelopes)) == (1, 1)


def test_a_certificate_that_nobody_vouches_for_gets_nothing() -> None:
    stranger = server_context(trustme.CA().issue_cert("localhost"))
    with SmtpServerHere(tls_context=stranger).serving() as server:
        for tls in (Tls.REQUIRED, Tls.OFFERED):
            with pytest.raises(Undelivered) as problem:
                sender(server, tls).send(LETTER)
            assert problem.value.retryable
        assert server.post.envelopes == []


def test_a_wrong_password_waits_for_the_operator() -> None:
    with starttls_server(authenticator=authenticate, auth_required=True) as server:
        target = SmtpServer("localhost", server.port, Tls.REQUIRED, USER, "wrong")
        with pytest.raises(Undelivered) as problem:
            SmtpMail(target, SENDER, FakeClock(), trusting()).send(LETTER)
    assert problem.value.retryable
    assert "wrong" not in str(problem.value.facts["reason"])


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        ("451 4.3.0 later", True),
        ("452 4.2.2 full", True),
        ("550 5.7.1 spam", False),
        ("554 5.6.0 broken", False),
    ],
)
def test_5xx_is_for_good_and_4xx_for_now(answer: str, retryable: bool) -> None:
    with SmtpServerHere().serving() as server:
        server.post.data_answer = answer
        with pytest.raises(Undelivered) as problem:
            SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock()).send(LETTER)
    assert problem.value.retryable is retryable
    assert str(problem.value.facts["reason"]).startswith(answer[:3])


def test_a_cyrillic_mailbox_needs_a_server_that_knows_them() -> None:
    letter = Letter("a1", "анна@почта.рф", "Код", "Код\n", "<p>Код</p>")
    with SmtpServerHere().serving() as server:
        SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock()).send(letter)
        assert server.post.envelopes[0][0] == "анна@xn--80a1acny.xn--p1ai"
    with SmtpServerHere(enable_SMTPUTF8=False).serving() as server:
        with pytest.raises(Undelivered) as problem:
            SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock()).send(letter)
        assert not problem.value.retryable


@contextmanager
def conversing(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[SmtpServer]:
    """A server that talks so to its one client; the event is set when the block is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                talk(connection, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield SmtpServer("127.0.0.1", listener.getsockname()[1], Tls.NEVER)
        finally:
            over.set()
            thread.join()


def test_a_server_that_drips_is_left_in_time() -> None:
    """A byte a time would begin the time-out of a single read anew for ever."""

    def drip(connection: socket.socket, over: threading.Event) -> None:
        with suppress(OSError):
            while not over.wait(0.02):
                connection.send(b"2")

    with conversing(drip) as target, bounded(5), pytest.raises(Undelivered) as problem:
        SmtpMail(target, SENDER, FakeClock(), seconds=0.5).send(LETTER)
    assert (problem.value.retryable, problem.value.unclear) == (True, False)


def test_a_server_that_hangs_before_it_has_the_letter_is_left_in_time() -> None:
    """It answers everything up to DATA, to which a minute more is not given."""

    def answer(connection: socket.socket, over: threading.Event) -> None:
        with connection.makefile("rb") as lines:
            connection.send(b"220 here\r\n")
            while not next(lines).startswith(b"DATA"):
                connection.send(b"250 yes\r\n")
            over.wait(60)

    with conversing(answer) as target, bounded(30), pytest.raises(Undelivered) as problem:
        SmtpMail(target, SENDER, FakeClock(), seconds=3).send(LETTER)
    assert (problem.value.retryable, problem.value.unclear) == (True, False)


def test_a_letter_that_is_looked_through_for_long_goes_out_once() -> None:
    """The server answers when the conversation's own time is over, which it learns by being waited for."""
    with SmtpServerHere().serving() as server:
        server.post.hanging = True
        answers_at = time.monotonic() + 2.5

        def stopping() -> bool:
            server.post.hanging = time.monotonic() < answers_at
            return False

        SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock(), seconds=2).send(LETTER, stopping)
        assert len(server.post.envelopes) == 1


def unanswered(server: SmtpServerHere) -> Undelivered:
    """What is said of a letter that the server has whole."""
    mail = SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock(), seconds=3, patience=0)
    with pytest.raises(Undelivered) as problem:
        mail.send(LETTER)
    return problem.value


def test_without_an_answer_to_the_whole_letter_nobody_knows_whether_it_was_taken() -> None:
    with SmtpServerHere().serving() as server:
        server.post.hanging = True
        problem = unanswered(server)
    assert (problem.retryable, problem.unclear, problem.retry_in) == (True, True, 1800)
    assert problem.facts["reason"] == "perhaps taken: no answer to the whole letter"


def test_a_connection_that_breaks_over_the_whole_letter_leaves_it_unclear() -> None:
    def break_off() -> None:
        raise ConnectionResetError

    with SmtpServerHere().serving() as server:
        server.post.on_data = break_off
        problem = unanswered(server)
    assert (problem.retryable, problem.unclear, problem.retry_in) == (True, True, 0)


def test_garbage_for_an_answer_to_the_whole_letter_leaves_it_unclear() -> None:
    with SmtpServerHere().serving() as server:
        server.post.data_answer = "yes"
        problem = unanswered(server)
    assert (problem.retryable, problem.unclear) == (True, True)


def test_a_refusal_of_the_whole_letter_is_clear() -> None:
    with SmtpServerHere().serving() as server:
        server.post.data_answer = "451 4.3.0 later"
        assert not unanswered(server).unclear


def test_a_portal_that_stops_gives_nobody_a_minute_more() -> None:
    with SmtpServerHere().serving() as server:
        server.post.hanging = True
        mail = SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock(), seconds=3)
        with bounded(30), pytest.raises(Undelivered) as problem:
            mail.send(LETTER, lambda: True)
    assert (problem.value.retryable, problem.value.unclear, problem.value.retry_in) == (True, True, 0)


def test_lines_that_begin_with_a_dot_arrive_as_they_are() -> None:
    text = ".\n..\n.Код: 123456\nКод.\n"
    with SmtpServerHere().serving() as server:
        SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock()).send(replace(LETTER, text=text))
        body = server.post.letters()[0].get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert body.get_content().replace("\r\n", "\n") == text


def test_a_letter_that_was_taken_is_sent_though_nobody_says_goodbye() -> None:
    over = threading.Event()
    with SmtpServerHere().serving() as server:
        server.post.on_quit = lambda: over.wait(30)
        SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock(), seconds=3).send(LETTER)
        over.set()
        assert len(server.post.envelopes) == 1


def test_a_letter_that_was_taken_is_sent_though_the_goodbye_fails() -> None:
    with SmtpServerHere().serving() as server:

        def break_off() -> None:
            raise ConnectionResetError

        server.post.on_quit = break_off
        SmtpMail(SmtpServer.parse(server.url), SENDER, FakeClock()).send(LETTER)
        assert len(server.post.envelopes) == 1
